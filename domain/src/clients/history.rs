//! What happened between a client and her, as one list.

use serde::Serialize;

use crate::appointments::Appointment;
use crate::payments::Payment;

/// One thing that happened. A payment stands at the end of its day (in UTC).
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum HistoryEntry {
    /// A visit, at its start.
    Visit {
        /// RFC 3339.
        at: Option<String>,
        /// The visit.
        appointment: Box<Appointment>,
    },
    /// Money that changed hands.
    Payment {
        /// The day of the receipt.
        at: String,
        /// The payment.
        payment: Box<Payment>,
    },
}

impl HistoryEntry {
    /// A visit.
    #[must_use]
    pub fn visit(appointment: Appointment) -> Self {
        Self::Visit { at: appointment.starts_at.clone(), appointment: Box::new(appointment) }
    }

    /// A payment.
    #[must_use]
    pub fn payment(payment: Payment) -> Self {
        Self::Payment { at: payment.date.clone(), payment: Box::new(payment) }
    }
}
