//! What the body looks like, for the API description alone: the body itself is read by `domain::payments`.
#![expect(dead_code, reason = "only its derived description is used")]

use domain::ids::{AppointmentId, ClientId, InvoiceId};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// A payment, or a refund if the amount is below zero.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "date": "2026-12-01", "amount": 2500, "provider": "cash", "description": "Маникюр" }))]
pub(super) struct NewPayment {
    /// The day of the receipt.
    #[schema(example = "2026-12-01")]
    date: String,
    /// Currency units: `2500`, `2500.50`; below zero for a refund.
    amount: f64,
    /// `cash` if absent, `transfer`, or a provider.
    provider: Option<String>,
    /// Who paid.
    client_id: Option<ClientId>,
    /// For which visit.
    appointment_id: Option<AppointmentId>,
    /// On which invoice; client and visit are those of the invoice unless others are named.
    invoice_id: Option<InvoiceId>,
    /// Whether cash may be written into a day of the till that was closed.
    correction: Option<bool>,
    /// ISO 4217; the business's own if absent.
    currency: Option<String>,
    /// Taxes by name, currency units.
    #[schema(value_type = Option<Object>)]
    taxes: Option<Map<String, Json>>,
    /// The receipt's number.
    receipt: Option<String>,
    /// What was paid for.
    description: Option<String>,
    /// Pieces.
    quantity: Option<f64>,
    /// Further data.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Json>>,
}
