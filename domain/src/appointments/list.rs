//! What lists of appointments can be asked for.

use crate::api::{Field, Kind, ListSpec, Use};

/// What appointments can be filtered and sorted by.
pub static LIST: ListSpec = ListSpec {
    list: "appointments",
    fields: &[
        // One without a known time comes last, and is in no span.
        Field::new("startsAt", Kind::Moment, Use::Both),
        Field::new("endsAt", Kind::Moment, Use::Filter),
        Field::new("kind", Kind::Word(&["visit", "block"]), Use::Filter),
        Field::new("status", Kind::Word(&STATUSES), Use::Filter),
        Field::new("clientId", Kind::Id, Use::Filter),
        Field::new("serviceId", Kind::Id, Use::Filter),
        Field::new("source", Kind::Line, Use::Filter),
        Field::new("createdAt", Kind::Seconds, Use::Both),
        Field::new("updatedAt", Kind::Seconds, Use::Both),
    ],
    sort: "startsAt",
};

const STATUSES: [&str; 6] = ["requested", "booked", "confirmed", "cancelled", "no_show", "completed"];
