//! What lists of invoices can be asked for.

use super::InvoiceStatus;
use crate::api::{Field, Kind, ListSpec, Use};

/// What invoices can be filtered and sorted by.
pub static LIST: ListSpec = ListSpec {
    list: "invoices",
    fields: &[
        Field::new("id", Kind::Id, Use::Sort),
        Field::new("number", Kind::Number, Use::Both),
        Field::new("status", Kind::Word(InvoiceStatus::NAMES), Use::Filter),
        Field::new("clientId", Kind::Id, Use::Filter),
        Field::new("appointmentId", Kind::Id, Use::Filter),
        Field::new("date", Kind::Line, Use::Both),
        Field::new("createdAt", Kind::Moment, Use::Both),
        Field::new("updatedAt", Kind::Moment, Use::Both),
    ],
    sort: "-number",
};
