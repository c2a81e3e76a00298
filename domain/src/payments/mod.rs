//! Payments: money that changed hands, as a record.
//!
//! A slice of the shared room. Payments come in through imports and when she says that she was paid, on an invoice or without one; the
//! books (`crate::ledger`) follow from these records. Pure. A refund is a payment below zero; taxes stand apart and are never part of the amount.

mod list;

pub use list::LIST;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value as Json};

use crate::errors::{FieldErrors, FieldProblem};
use crate::ids::{AppointmentId, ClientId, InvoiceId, PaymentId};
use crate::input::{Fields, Sign};
use crate::money::{Currency, Money};

/// What was taken in hand, and lies in the till.
pub const CASH: &str = "cash";
/// What came to her account.
pub const TRANSFER: &str = "transfer";
/// What came over the internet.
pub const YOOKASSA: &str = "yookassa";

/// A payment as stored, sent and shown.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b6",
    "kind": "payment",
    "date": "2026-12-01",
    "amount": 2500,
    "currency": "RUB",
    "taxes": {},
    "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1",
    "appointmentId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b3",
    "invoiceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b8",
    "receipt": "000123",
    "description": "Маникюр",
    "quantity": 1,
    "provider": "cash",
    "metadata": {},
    "createdAt": "2026-12-01T09:00:00Z",
})))]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// The payment's id.
    pub id: PaymentId,
    /// `payment`, or `refund` when the amount is below zero.
    pub kind: String,
    /// The day of the receipt, `2018-06-09`.
    pub date: String,
    /// Currency units, without taxes; below zero for a refund.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub amount: Number,
    /// ISO 4217.
    pub currency: String,
    /// Taxes by name, currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub taxes: BTreeMap<String, Number>,
    /// Who paid.
    pub client_id: Option<ClientId>,
    /// For which visit.
    pub appointment_id: Option<AppointmentId>,
    /// On which invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<InvoiceId>,
    /// Whether it was meant to be written into a day of the till that was closed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub correction: bool,
    /// The receipt's number.
    pub receipt: Option<String>,
    /// What was paid for.
    pub description: Option<String>,
    /// Pieces.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub quantity: Option<Number>,
    /// `cash`, `transfer`, `import`, or a provider.
    pub provider: String,
    /// Further data.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metadata: Map<String, Json>,
    /// RFC 3339, the server's clock.
    pub created_at: String,
}

crate::masked_debug!(Payment { id });

impl Payment {
    /// Reads a request that records a payment: it needs `date` and `amount`. `now` is RFC 3339.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn new_from_json(
        id: PaymentId,
        object: &Map<String, Json>,
        currency: Currency,
        now: &str,
    ) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let date = fields.date("date");
        let currency = fields.currency("currency", currency);
        let amount = fields.money("amount", currency, Sign::Any);
        let taxes = fields.amounts("taxes", currency);
        let client_id = fields.id("clientId");
        let appointment_id = fields.id("appointmentId");
        let invoice_id = fields.id("invoiceId");
        let correction = fields.flag("correction");
        let receipt = fields.line("receipt");
        let description = fields.line("description");
        let quantity = fields.number("quantity");
        let provider = fields.line("provider");
        let metadata = fields.object("metadata");
        fields.require("date", &date);
        fields.require("amount", &amount);
        let cents = amount.value().map_or(0, |money| money.minor());
        if invoice_id.value().is_some() && amount.value().is_some_and(|money| money.minor() == 0) {
            fields.mistake("amount", FieldProblem::OutOfRange);
        }
        fields.finish(())?;
        let metadata = metadata.into_option().unwrap_or_default();
        Ok(Self {
            id,
            kind: if cents < 0 { "refund" } else { "payment" }.to_owned(),
            date: date.into_option().unwrap_or_default(),
            amount: amount.value().map_or_else(|| Number::from(0), |money| money.to_json_number()),
            currency: currency.to_string(),
            taxes: taxes.into_option().unwrap_or_default(),
            client_id: client_id.into_option(),
            appointment_id: appointment_id.into_option(),
            invoice_id: invoice_id.into_option(),
            correction: correction.into_option().unwrap_or_default(),
            receipt: receipt.into_option(),
            description: description.into_option(),
            quantity: quantity.into_option(),
            provider: provider.into_option().unwrap_or_else(|| default_provider(&metadata).to_owned()),
            metadata,
            created_at: now.to_owned(),
        })
    }

    /// The amount; `None` if a later version wrote it in a way that this one does not read.
    #[must_use]
    pub fn money(&self) -> Option<Money> {
        Money::from_json_number(&self.amount, self.currency.parse().ok()?).ok()
    }
}

/// Through whom money came of which nobody said so: taken in hand, unless it stands in the books of another program.
fn default_provider(metadata: &Map<String, Json>) -> &'static str {
    let is_imported = ["importId", "importHash"].iter().any(|mark| metadata.contains_key(*mark));
    if is_imported { "import" } else { CASH }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Json) -> Result<Payment, FieldErrors> {
        let id = PaymentId(uuid::Uuid::from_u128(1));
        Payment::new_from_json(id, value.as_object().unwrap(), Currency::RUB, "2026-11-22T10:00:00Z")
    }

    #[test]
    fn below_zero_is_a_refund() {
        let refund =
            read(&json!({ "date": "2018-06-09", "amount": -65.5, "taxes": { "GST": -3.25 } })).unwrap();
        assert_eq!((refund.kind.as_str(), refund.amount.to_string()), ("refund", "-65.5".to_owned()));
        assert_eq!(refund.taxes["GST"].to_string(), "-3.25");
    }

    #[test]
    fn what_nobody_says_more_about_was_taken_in_hand_and_what_an_import_brought_was_not() {
        let provider = |value: Json| read(&value).unwrap().provider;
        let paid = json!({ "date": "2018-06-09", "amount": 10 });
        assert_eq!(provider(paid.clone()), "cash");
        let mut imported = paid.clone();
        imported["metadata"] = json!({ "importHash": "a1" });
        assert_eq!(provider(imported), "import");
        let mut told = paid;
        told["provider"] = json!("transfer");
        assert_eq!(provider(told), "transfer");
    }

    #[test]
    fn a_payment_needs_a_day_and_an_amount() {
        let errors = read(&json!({ "date": "09.06.2018" })).unwrap_err();
        assert_eq!(
            serde_json::to_value(&errors).unwrap(),
            json!({ "amount": "required", "date": "invalid" })
        );
    }
}
