//! What bodies look like, for the API description alone: the bodies themselves are read by `domain::invoices`.
#![expect(dead_code, reason = "only their derived descriptions are used")]

use domain::ids::{AppointmentId, ClientId, ServiceId};
use domain::invoices::ItemKind;
use utoipa::ToSchema;

/// A new invoice: for a visit, or with items.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({
    "items": [
        { "name": "Маникюр", "price": 2500 },
        { "kind": "discount", "name": "Постоянному клиенту", "price": 250.5 },
    ],
    "dueDate": "2099-12-31",
}))]
pub(super) struct InvoiceBody {
    /// Who is to pay; the client of the visit if absent.
    client_id: Option<ClientId>,
    /// For which visit. Without items it is its services, at the prices they were booked for.
    appointment_id: Option<AppointmentId>,
    /// What for: 1 to 100.
    items: Option<Vec<InvoiceItemBody>>,
    /// Until when it is to be paid; not before today.
    #[schema(example = "2099-12-31")]
    due_date: Option<String>,
    /// ISO 4217; that of the business, or left out.
    currency: Option<String>,
}

/// An item of a new invoice.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct InvoiceItemBody {
    /// `service` if absent.
    kind: Option<ItemKind>,
    /// As it stands on the paper; the name in the price list if absent.
    name: Option<String>,
    /// The entry of the price list that it is.
    service_id: Option<ServiceId>,
    /// 1 to 1000; 1 if absent.
    quantity: Option<u32>,
    /// Of one piece, currency units, above zero; that of the price list if absent.
    price: Option<f64>,
}

/// What is given back.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "amount": 500, "provider": "cash" }))]
pub(super) struct InvoiceRefund {
    /// Currency units; all that was taken that way if absent.
    amount: Option<f64>,
    /// `cash` or `transfer`, or `yookassa` over the provider; as it was paid if absent.
    provider: Option<String>,
    /// The day; today if absent.
    #[schema(example = "2026-12-01")]
    date: Option<String>,
    /// Why.
    reason: Option<String>,
    /// Whether cash may be taken from a day of the till that was closed.
    correction: Option<bool>,
}

/// How the client is told.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "email": "olga@example.ru" }))]
pub(super) struct InvoiceSending {
    /// Where the letter goes; the address of the client if absent.
    email: Option<String>,
    /// Whether a letter is sent; `false` gives the link alone.
    mail: Option<bool>,
}
