//! What happened between a client and her, as one list.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use uuid::Uuid;

use crate::api::{After, Cursor, Limit, QueryFields, Refusal, moment_key};
use crate::appointments::Appointment;
use crate::errors::{ErrorCode, FieldProblem};
use crate::ids::ClientId;
use crate::payments::Payment;

/// Where something stands in a history: its moment, and its id between equals.
pub type Place = (Timestamp, Uuid);

/// How a history is asked for.
#[derive(Clone, Debug)]
pub struct HistoryAsked {
    /// The newest first.
    pub is_descending: bool,
    /// How much of it.
    pub limit: Limit,
    /// Where the last page ended.
    pub after: Option<Place>,
    /// Where the next one goes on.
    pub cursor: Cursor,
}

impl HistoryAsked {
    /// Reads order, limit and cursor, and ends: whatever is left is unknown.
    pub fn read(mut query: QueryFields, client: ClientId) -> Result<Self, Refusal> {
        let is_descending = match query.word("sort").as_deref() {
            None | Some("at") => false,
            Some("-at") => true,
            Some(_) => {
                query.mistake("sort", FieldProblem::Unknown);
                false
            }
        };
        let (limit, cursor) = query.page("client_history", &[&client, &is_descending])?;
        let after = match cursor.after() {
            None => None,
            Some(After(key, id)) => {
                let at = key.as_deref().and_then(moment_key).ok_or(Refusal::new(ErrorCode::BadCursor))?;
                Some((at, *id))
            }
        };
        Ok(Self { is_descending, limit, after, cursor })
    }
}

/// The cursor after something.
#[must_use]
pub fn after((at, id): Place) -> After {
    After(Some(at.to_string()), id)
}

/// The moment of a payment: the end of its day in UTC, because only the day is known.
#[must_use]
pub fn moment_of(payment: &Payment) -> Option<Timestamp> {
    let day: jiff::civil::Date = payment.date.parse().ok()?;
    TimeZone::UTC.to_timestamp(day.at(23, 59, 59, 0)).ok()
}

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
