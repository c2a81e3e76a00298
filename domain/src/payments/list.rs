//! What lists of payments can be asked for.

use crate::api::{Field, Kind, ListSpec, Use};

/// What payments can be filtered and sorted by.
pub static LIST: ListSpec = ListSpec {
    list: "payments",
    fields: &[
        Field::new("id", Kind::Id, Use::Sort),
        Field::new("clientId", Kind::Id, Use::Filter),
        Field::new("appointmentId", Kind::Id, Use::Filter),
        Field::new("invoiceId", Kind::Id, Use::Filter),
        Field::new("provider", Kind::Line, Use::Filter),
        Field::new("date", Kind::Line, Use::Both),
        Field::new("createdAt", Kind::Moment, Use::Both),
    ],
    sort: "id",
};
