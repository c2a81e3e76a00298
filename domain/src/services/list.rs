//! What lists of services can be asked for.

use crate::api::{Field, Kind, ListSpec, Use};

/// What the price list can be filtered and sorted by.
pub static LIST: ListSpec = ListSpec {
    list: "services",
    fields: &[
        Field::new("id", Kind::Id, Use::Sort),
        Field::new("name", Kind::Line, Use::Both),
        Field::new("category", Kind::Line, Use::Both),
        Field::new("active", Kind::Flag, Use::Filter),
        Field::new("basePrice", Kind::Number, Use::Both),
        Field::new("durationMin", Kind::Number, Use::Both),
        Field::new("createdAt", Kind::Moment, Use::Both),
        Field::new("updatedAt", Kind::Moment, Use::Both),
    ],
    sort: "id",
};
