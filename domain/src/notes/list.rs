//! What lists of notes can be asked for.

use crate::api::{Field, Kind, ListSpec, Use};

/// What notes can be filtered and sorted by.
pub static LIST: ListSpec = ListSpec {
    list: "notes",
    fields: &[
        Field::new("id", Kind::Id, Use::Sort),
        Field::new("clientId", Kind::Id, Use::Filter),
        Field::new("appointmentId", Kind::Id, Use::Filter),
        Field::new("kind", Kind::Word(&["general", "formula"]), Use::Filter),
        Field::new("createdAt", Kind::Seconds, Use::Both),
        Field::new("updatedAt", Kind::Seconds, Use::Both),
    ],
    sort: "id",
};
