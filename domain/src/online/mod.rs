//! Money over the internet: what may be asked of whom and when, what a look at the provider means for the books, and what stands on a
//! receipt.
//!
//! A slice of the shared room. Pure: knows no HTTP and no clock. The states of a provider's objects are `crate::yookassa`; here is what
//! they are for the master: a link on an invoice, a deposit for a visit, a refund, and a sum that nobody understands and that she has to
//! look at.

mod ask;
mod connection;
mod list;
mod receipt;
#[cfg(test)]
mod tests;

pub use ask::{
    Ask, DepositAsk, Fate, GiveBack, HOLD_LASTS, Refusing, Take, deposit, fate, may_ask, may_deposit,
    may_hold,
};
pub use connection::{ConnectionEdit, Fiscal};
pub use list::LIST;
pub use receipt::{ReceiptLine, receipt_lines, share_out};

use serde::{Deserialize, Serialize};
use serde_json::Number;
use uuid::Uuid;

use crate::errors::wire_enum;
use crate::ids::{AppointmentId, InvoiceId, OnlinePaymentId, PaymentId};
use crate::yookassa::{Mismatch, PaymentStatus, RefundStatus};

/// The name under which a payment of ours stands in the metadata of the provider's.
pub const OURS: &str = "payment_id";

/// The name space of the records that money over the internet becomes (fixed, arbitrary, never changed): one object of ours is at
/// most one record, whoever writes it and how often.
const RECORDS: Uuid = Uuid::from_u128(0x3d0a_86c1_52b7_4f6e_9e14_a1c7_0b5d_e283);

wire_enum! {
    /// What is paid for.
    pub enum Purpose {
        /// What an invoice asks for, or a part of it.
        Invoice = "invoice",
        /// A visit, before it.
        Deposit = "deposit",
    }
}

wire_enum! {
    /// Why somebody has to look at a payment or refund. Of the first five nothing was written into the books.
    pub enum Trouble {
        /// The provider shows another object under our id.
        OtherPayment = "other_payment",
        /// The provider's payment was not made for this one of ours.
        NotOurs = "not_ours",
        /// Another shop was paid.
        OtherShop = "other_shop",
        /// Another sum, or another currency.
        OtherAmount = "other_amount",
        /// It ended in one way and is now said to have ended in the other.
        OtherEnd = "other_end",
        /// The money came, and the invoice could take no more: it is in the books without the invoice.
        NotOnInvoice = "not_on_invoice",
        /// More went back than was given back here: somebody did it at the provider.
        RefundedElsewhere = "refunded_elsewhere",
        /// The provider said no to what was asked last.
        Refused = "refused",
        /// The shop's key is not here or is not accepted, so nobody can look.
        Disconnected = "disconnected",
        /// The provider knows no such thing.
        NotFound = "not_found",
    }
}

impl From<Mismatch> for Trouble {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::Theirs => Self::OtherPayment,
            Mismatch::Ours => Self::NotOurs,
            Mismatch::Shop => Self::OtherShop,
            Mismatch::Amount => Self::OtherAmount,
            Mismatch::Ends => Self::OtherEnd,
        }
    }
}

/// The payment record that a payment or refund over the internet becomes.
#[must_use]
pub fn record_of(id: Uuid) -> PaymentId {
    PaymentId(Uuid::new_v5(&RECORDS, id.as_bytes()))
}

/// A payment over the internet, from the link to its end.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0c1",
    "purpose": "invoice",
    "invoiceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b8",
    "appointmentId": null,
    "status": "pending",
    "hold": false,
    "amount": 2500,
    "currency": "RUB",
    "captured": null,
    "refunded": 0,
    "refunding": 0,
    "url": "https://yoomoney.ru/checkout/payments/v2/contract?orderId=2f1c7a10",
    "expiresAt": null,
    "reason": null,
    "trouble": null,
    "test": false,
    "paymentId": null,
    "providerPaymentId": "2f1c7a10-000f-5001-8000-1b2c3d4e5f60",
    "refunds": [],
    "createdAt": "2026-12-01T09:00:00Z",
    "updatedAt": "2026-12-01T09:00:01Z",
})))]
#[serde(rename_all = "camelCase")]
pub struct OnlinePayment {
    /// Its id.
    pub id: OnlinePaymentId,
    /// What is paid for.
    pub purpose: Purpose,
    /// The invoice that asks for it.
    pub invoice_id: InvoiceId,
    /// The visit that it is for.
    pub appointment_id: Option<AppointmentId>,
    /// How far it is, as the provider said when it was last looked at.
    pub status: PaymentStatus,
    /// Whether the money is held first and taken later.
    pub hold: bool,
    /// What is asked for, currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub amount: Number,
    /// ISO 4217.
    pub currency: String,
    /// What was taken: less than `amount` if a part of a hold was.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub captured: Option<Number>,
    /// What went back.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub refunded: Number,
    /// What is on its way back.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub refunding: Number,
    /// Where the client pays; `null` until the provider has answered, and once it is over.
    pub url: Option<String>,
    /// The same as a picture to be scanned: a `data:` URL with an SVG. Only where one payment is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr_code: Option<String>,
    /// Until when held money is held, RFC 3339.
    pub expires_at: Option<String>,
    /// Why it came to nothing, in the provider's word.
    pub reason: Option<String>,
    /// Why somebody has to look.
    pub trouble: Option<Trouble>,
    /// Whether no real money moves.
    pub test: bool,
    /// The payment that it became.
    pub payment_id: Option<PaymentId>,
    /// What the provider calls it.
    pub provider_payment_id: Option<String>,
    /// What went back or is on its way, in order.
    pub refunds: Vec<OnlineRefund>,
    /// RFC 3339, the server's clock.
    pub created_at: String,
    /// RFC 3339, the server's clock.
    pub updated_at: String,
}

crate::masked_debug!(OnlinePayment { id, status, trouble });

/// A refund over the internet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OnlineRefund {
    /// Its id.
    pub id: Uuid,
    /// How far it is.
    pub status: RefundStatus,
    /// How much, currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub amount: Number,
    /// Why it came to nothing, in the provider's word.
    pub reason: Option<String>,
    /// Why somebody has to look.
    pub trouble: Option<Trouble>,
    /// RFC 3339, the server's clock.
    pub created_at: String,
}

crate::masked_debug!(OnlineRefund { id, status, trouble });
