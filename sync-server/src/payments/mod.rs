//! Payments: money that changed hands, written down. Records, so only the server writes them; devices ask for the same through
//! intents. Cash and transfers that she says she has had; invoices and providers build on this.
//!
//! May use `db`, `http`, `auth` (currency, zone), `clients` and `appointments` (does what a payment names exist?) and the door of
//! `sync`. The rules are `domain::payments`. Nothing edits or removes a payment: books are corrected by refunds.

mod create;
mod get;
mod list;
mod schemas;
mod store;
#[cfg(test)]
mod tests;

use domain::payments::Payment;
use domain::sync::{RecordKind, record_digest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::http::Problem;
use crate::writes::Tag;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_payment, list::list_payments))
        .routes(routes!(get::get_payment))
}

/// The version of a payment.
fn tag(payment: &Payment) -> Result<Tag, Problem> {
    let body = serde_json::to_value(payment).map_err(|error| Problem::internal(&error))?;
    Ok(Tag::of_record(record_digest(RecordKind::Payment.as_str(), payment.id.0, &body)))
}
