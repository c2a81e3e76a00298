//! What went out about visits: kept beside the payment or message that it was, in the same transaction.
//!
//! Whoever sends reminders and confirmations later calls [`keep`] with what was sent.

use domain::appointments::{AppointmentRow, Promise, Promises};
use domain::documents::Collection;
use domain::ids::AppointmentId;
use domain::money::{Currency, Money};
use domain::payments::Payment;
use domain::sync::RecordKind;
use serde_json::Value as Json;

use super::session::Session;
use super::tx::Tx;
use crate::db::StoreError;

/// A payment for a visit that is not over holds the visit to its hour.
pub(super) async fn note_payment<T: Tx>(
    session: &mut Session<'_, T>,
    payment: &Payment,
) -> Result<(), StoreError> {
    let Some(visit) = payment.appointment_id else { return Ok(()) };
    let Some(mut document) = session.open(visit.0).await? else { return Ok(()) };
    if document.collection() != Collection::Appointments {
        return Ok(());
    }
    let row = AppointmentRow::read(&mut document);
    let currency: Currency = payment.currency.parse().map_err(StoreError::damaged)?;
    let amount = Money::parse_decimal(&payment.amount.to_string(), currency).map_err(StoreError::damaged)?;
    let went = (payment.id.0, amount, payment.created_at.as_str());
    match Promise::of_payment(&row, went, &payment.metadata) {
        Some(promise) => keep(session, visit, promise).await,
        None => Ok(()),
    }
}

/// What stands with the entries that only a device still knows; `None` if nothing stands or nothing is new.
pub(super) async fn united<T: Tx>(
    session: &mut Session<'_, T>,
    offered: Promises,
) -> Result<Option<Json>, StoreError> {
    let Some(standing) = session.record_body(RecordKind::Promises.as_str(), offered.id).await? else {
        return Ok(None);
    };
    let mut all: Promises = serde_json::from_value(standing).map_err(StoreError::damaged)?;
    let known = all.sent.len();
    for promise in offered.sent {
        let more = Promises::with(Some(all.clone()), offered.appointment_id, promise);
        all = more.unwrap_or(all);
    }
    let is_new = all.sent.len() > known;
    is_new.then(|| serde_json::to_value(&all)).transpose().map_err(StoreError::damaged)
}

/// Keeps what went out, once for each cause.
pub(super) async fn keep<T: Tx>(
    session: &mut Session<'_, T>,
    visit: AppointmentId,
    promise: Promise,
) -> Result<(), StoreError> {
    let (kind, id) = (RecordKind::Promises.as_str(), Promises::id_of(visit));
    let standing = session.record_body(kind, id).await?;
    let standing = standing.map(serde_json::from_value).transpose().map_err(StoreError::damaged)?;
    match Promises::with(standing, visit, promise) {
        Some(all) => {
            let body = serde_json::to_value(&all).map_err(StoreError::damaged)?;
            session.keep_record(kind, id, Some(&body)).await
        }
        None => Ok(()),
    }
}
