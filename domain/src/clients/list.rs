//! What lists of clients can be asked for.

use crate::api::{Field, Kind, ListSpec, Use};

/// What clients can be filtered and sorted by.
pub static LIST: ListSpec = ListSpec {
    list: "clients",
    fields: &[
        Field::new("id", Kind::Id, Use::Filter),
        Field::new("name", Kind::Folded, Use::Both),
        Field::new("phone", Kind::Phone, Use::Filter),
        Field::new("email", Kind::Email, Use::Filter),
        Field::new("tags", Kind::Member, Use::Filter),
        Field::new("allergies", Kind::Member, Use::Filter),
        Field::new("source", Kind::Line, Use::Filter),
        Field::new("loyaltyLevel", Kind::Line, Use::Filter),
        Field::new("locale", Kind::Word(&["ru", "en"]), Use::Filter),
        Field::new("createdAt", Kind::Seconds, Use::Both),
        Field::new("updatedAt", Kind::Seconds, Use::Both),
    ],
    sort: "name",
};
