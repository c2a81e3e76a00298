//! What lists of payments over the internet can be asked for.

use super::{Purpose, Trouble};
use crate::api::{Field, Kind, ListSpec, Use};
use crate::yookassa::PaymentStatus;

/// What they can be filtered and sorted by.
pub static LIST: ListSpec = ListSpec {
    list: "online-payments",
    fields: &[
        Field::new("id", Kind::Id, Use::Sort),
        Field::new("invoiceId", Kind::Id, Use::Filter),
        Field::new("appointmentId", Kind::Id, Use::Filter),
        Field::new("purpose", Kind::Word(Purpose::NAMES), Use::Filter),
        Field::new("status", Kind::Word(PaymentStatus::NAMES), Use::Filter),
        Field::new("trouble", Kind::Word(Trouble::NAMES), Use::Filter),
        Field::new("createdAt", Kind::Moment, Use::Both),
        Field::new("updatedAt", Kind::Moment, Use::Both),
    ],
    sort: "-createdAt",
};
