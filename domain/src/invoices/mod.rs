//! Invoices: what a client is asked to pay, and what was paid on it.
//!
//! A slice of the shared room. Invoices are records: the server writes them and gives each its number; devices hold them whole. Pure.
//! An invoice holds no identity: its client is an id, so a client can be forgotten while the books stay. Its state is no word that
//! somebody sets: it follows from what was paid, given back, sent and withdrawn. Nothing edits or removes an invoice once it has
//! its number.

mod act;
mod list;
mod new;
mod paper;
#[cfg(test)]
mod tests;

pub use act::{InvoiceError, Refund};
pub use list::LIST;
pub use new::{Context, ItemDraft, NewInvoice, of_visit};
pub use paper::{Paper, letter};

use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::errors::wire_enum;
use crate::ids::{AppointmentId, ClientId, InvoiceId, PaymentId, ServiceId};
use crate::money::{Currency, Money, MoneyError};

/// The most items of an invoice.
pub const MAX_ITEMS: usize = 100;

wire_enum! {
    /// Where an invoice stands.
    pub enum InvoiceStatus {
        /// Written, and nobody was asked to pay yet.
        Draft = "draft",
        /// The client was asked.
        Sent = "sent",
        /// A part of it was paid.
        PartlyPaid = "partly_paid",
        /// All of it was paid.
        Paid = "paid",
        /// All that was paid was given back.
        Refunded = "refunded",
        /// Withdrawn before anything was paid; the number stays taken.
        Void = "void",
    }
}

impl InvoiceStatus {
    /// Whether the client owes it, or has owed it.
    #[must_use]
    pub const fn is_owed(self) -> bool {
        !matches!(self, Self::Draft | Self::Void)
    }
}

wire_enum! {
    /// What an item of an invoice is.
    pub enum ItemKind {
        /// Work.
        Service = "service",
        /// A thing that was sold.
        Product = "product",
        /// What is given on top.
        Tip = "tip",
        /// What is taken off the services and products.
        Discount = "discount",
    }
}

/// An item of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InvoiceItem {
    /// What it is.
    pub kind: ItemKind,
    /// As it stands on the paper.
    pub name: String,
    /// The entry of the price list that it is.
    pub service_id: Option<ServiceId>,
    /// Pieces.
    pub quantity: u32,
    /// Of one piece, currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub price: Number,
    /// Of all pieces, currency units; of a discount what is taken off, above zero.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub amount: Number,
}

/// A payment or refund on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InvoicePayment {
    /// The payment's id.
    pub id: PaymentId,
    /// The day.
    pub date: String,
    /// Currency units; below zero for a refund.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub amount: Number,
    /// `cash`, `transfer`, or a provider.
    pub provider: String,
}

/// An invoice as stored, sent and shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b8",
    "number": 17,
    "status": "partly_paid",
    "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1",
    "appointmentId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b3",
    "items": [
        { "kind": "service", "name": "Маникюр", "serviceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b2", "quantity": 1, "price": 2500, "amount": 2500 },
        { "kind": "discount", "name": "Постоянному клиенту", "serviceId": null, "quantity": 1, "price": 250.5, "amount": 250.5 },
    ],
    "total": 2500,
    "discount": 250.5,
    "payable": 2249.5,
    "paid": 1000,
    "refunded": 0,
    "due": 1249.5,
    "currency": "RUB",
    "date": "2026-12-01",
    "dueDate": "2026-12-08",
    "payments": [{ "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b6", "date": "2026-12-01", "amount": 1000, "provider": "cash" }],
    "sentAt": "2026-12-01T09:00:00Z",
    "voidedOn": null,
    "createdAt": "2026-12-01T08:59:00Z",
    "updatedAt": "2026-12-01T09:30:00Z",
})))]
#[serde(rename_all = "camelCase")]
pub struct Invoice {
    /// The invoice's id.
    pub id: InvoiceId,
    /// 1, 2, 3: no number of a business is left out.
    pub number: u64,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// Who is to pay.
    pub client_id: Option<ClientId>,
    /// For which visit.
    pub appointment_id: Option<AppointmentId>,
    /// What for.
    pub items: Vec<InvoiceItem>,
    /// All items but discounts, currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub total: Number,
    /// What is taken off.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub discount: Number,
    /// What is to be paid.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub payable: Number,
    /// What was paid, refunds not taken off.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub paid: Number,
    /// What was given back.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub refunded: Number,
    /// What is still to be paid: nothing of a void invoice, or of one that was refunded.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub due: Number,
    /// ISO 4217.
    pub currency: String,
    /// The day it was written, by the wall of the business.
    pub date: String,
    /// Until when it is to be paid.
    pub due_date: Option<String>,
    /// What was paid and given back, in order.
    pub payments: Vec<InvoicePayment>,
    /// When the client was last asked, RFC 3339.
    pub sent_at: Option<String>,
    /// The day it was withdrawn.
    pub voided_on: Option<String>,
    /// RFC 3339, the server's clock.
    pub created_at: String,
    /// RFC 3339, the server's clock.
    pub updated_at: String,
}

crate::masked_debug!(Invoice { id, number, status });

impl Invoice {
    /// What is to be paid.
    #[must_use]
    pub fn payable(&self) -> Option<Money> {
        self.money(&self.payable)
    }

    /// What of that is given on top.
    #[must_use]
    pub fn tips(&self) -> Option<Money> {
        self.sum_of(|kind| kind == ItemKind::Tip).ok()
    }

    /// What was paid and not given back, of payments that came this way; of all if none is named.
    #[must_use]
    pub fn kept(&self, comes: impl Fn(&str) -> bool) -> Option<Money> {
        let amounts = self.payments.iter().filter(|payment| comes(&payment.provider));
        let amounts: Option<Vec<Money>> = amounts.map(|payment| self.money(&payment.amount)).collect();
        Money::sum(amounts?, self.currency()?).ok()
    }

    /// Its currency; `None` if a later version wrote it in a way that this one does not read.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.currency.parse().ok()
    }

    /// An amount of it.
    #[must_use]
    pub fn money(&self, number: &Number) -> Option<Money> {
        Money::from_json_number(number, self.currency()?).ok()
    }

    /// Whether a record that a device offers back to a restored server can be one that this server once wrote: its figures are what
    /// follows from its items and payments.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let is_moment = |text: &str| text.parse::<jiff::Timestamp>().is_ok();
        let is_day = |text: &str| text.parse().is_ok_and(crate::dates::is_day_of_ours);
        let days = [Some(&self.date), self.due_date.as_ref(), self.voided_on.as_ref()];
        let again = self.clone().settled();
        (1..=u64::from(u32::MAX)).contains(&self.number)
            && days.into_iter().flatten().all(|day| is_day(day))
            && self.payments.iter().all(|payment| is_day(&payment.date))
            && self.items.len() <= MAX_ITEMS
            && is_moment(&self.created_at)
            && is_moment(&self.updated_at)
            && self.sent_at.as_deref().is_none_or(is_moment)
            && again.is_ok_and(|again| again == *self)
    }

    fn sum_of(&self, is_meant: impl Fn(ItemKind) -> bool) -> Result<Money, MoneyError> {
        let currency = self.currency.parse()?;
        let amounts = self.items.iter().filter(|item| is_meant(item.kind));
        let amounts: Result<Vec<Money>, _> =
            amounts.map(|item| Money::from_json_number(&item.amount, currency)).collect();
        Money::sum(amounts?, currency)
    }

    /// The figures and the state that follow from items and payments. The only place that writes them.
    fn settled(mut self) -> Result<Self, MoneyError> {
        let currency: Currency = self.currency.parse()?;
        let total = self.sum_of(|kind| kind != ItemKind::Discount)?;
        let discount = self.sum_of(|kind| kind == ItemKind::Discount)?;
        let payable = total.checked_add(discount.checked_neg()?)?;
        let amounts: Result<Vec<Money>, _> =
            self.payments.iter().map(|payment| Money::from_json_number(&payment.amount, currency)).collect();
        let amounts = amounts?;
        let paid = Money::sum(amounts.iter().copied().filter(|amount| amount.minor() > 0), currency)?;
        let given = Money::sum(amounts.into_iter().filter(|amount| amount.minor() < 0), currency)?;
        let refunded = given.checked_neg()?;
        self.status = if self.voided_on.is_some() {
            InvoiceStatus::Void
        } else if refunded.minor() > 0 && refunded.minor() >= paid.minor() {
            InvoiceStatus::Refunded
        } else if paid.minor() >= payable.minor() {
            InvoiceStatus::Paid
        } else if paid.minor() > 0 {
            InvoiceStatus::PartlyPaid
        } else if self.sent_at.is_some() {
            InvoiceStatus::Sent
        } else {
            InvoiceStatus::Draft
        };
        let due = match self.status {
            InvoiceStatus::Void | InvoiceStatus::Refunded | InvoiceStatus::Paid => Money::new(0, currency),
            InvoiceStatus::Draft | InvoiceStatus::Sent | InvoiceStatus::PartlyPaid => {
                payable.checked_add(paid.checked_neg()?)?
            }
        };
        self.total = total.to_json_number();
        self.discount = discount.to_json_number();
        self.payable = payable.to_json_number();
        self.paid = paid.to_json_number();
        self.refunded = refunded.to_json_number();
        self.due = due.to_json_number();
        Ok(self)
    }
}
