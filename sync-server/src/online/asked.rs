//! What a call says beside its sum: kept sealed with its row before the call is made, because the same key wants the same body, and
//! because a receipt names who paid.

use std::collections::BTreeMap;

use domain::ids::TenantId;
use domain::lang::{self, Lang};
use domain::money::Money;
use domain::online::{Fiscal, OURS, ReceiptLine};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rows::{RefundRow, Row};
use crate::db::StoreError;
use crate::sealed::Sealer;
use crate::yookassa::{NewPayment, NewRefund, Receipt, ReceiptItem};

/// The longest description of a payment that the provider takes, in characters.
const LONGEST: usize = 128;
/// The longest of a refund.
const LONGEST_REASON: usize = 250;

/// See the module.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Asked {
    return_url: String,
    description: String,
    receipt: Option<AskedReceipt>,
}

domain::masked_debug!(Asked {});

/// A receipt that goes along with a call.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AskedReceipt {
    email: Option<String>,
    phone: Option<String>,
    fiscal: Fiscal,
    lines: Vec<(String, i64)>,
    is_prepayment: bool,
}

domain::masked_debug!(AskedReceipt {});

/// Where a receipt goes to.
#[derive(Clone, Default)]
pub(super) struct Contact {
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
}

domain::masked_debug!(Contact {});

impl Contact {
    pub(super) const fn is_nowhere(&self) -> bool {
        self.email.is_none() && self.phone.is_none()
    }
}

impl AskedReceipt {
    pub(super) fn new(
        contact: Contact,
        fiscal: Fiscal,
        lines: Vec<ReceiptLine>,
        is_prepayment: bool,
    ) -> Self {
        let lines = lines.into_iter().map(|line| (line.name, line.amount.minor())).collect();
        // One way is enough, and by letter it costs nobody anything.
        let phone = contact.phone.filter(|_| contact.email.is_none());
        Self { email: contact.email, phone, fiscal, lines, is_prepayment }
    }

    fn receipt(self, of: Money) -> Receipt {
        let items = self.lines.into_iter().map(|(description, minor)| ReceiptItem {
            description,
            quantity: 1,
            price: Money::new(minor, of.currency()),
            vat: self.fiscal.vat,
            subject: "service",
            mode: if self.is_prepayment { "partial_prepayment" } else { "full_payment" },
        });
        Receipt {
            email: self.email,
            phone: self.phone,
            tax_system: self.fiscal.tax_system,
            items: items.collect(),
        }
    }
}

impl Asked {
    /// A payment for an invoice of this number, after which the client comes back to its page.
    pub(super) fn payment(
        (lang, business): (Lang, &str),
        number: u64,
        return_url: String,
        receipt: Option<AskedReceipt>,
    ) -> Self {
        let values = [("number", &*number.to_string()), ("business", business)];
        let description = lang::fill(lang, "invoice.letter.subject", &values);
        Self { return_url, description: cut(&description, LONGEST), receipt }
    }

    /// A refund, and why.
    pub(super) fn refund(reason: Option<&str>, receipt: Option<AskedReceipt>) -> Self {
        let description = cut(reason.unwrap_or_default(), LONGEST_REASON);
        Self { return_url: String::new(), description, receipt }
    }

    /// A hold that is taken.
    pub(super) fn capture(receipt: Option<AskedReceipt>) -> Self {
        Self { receipt, ..Self::default() }
    }

    pub(super) fn seal(
        &self,
        sealer: &Sealer,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let plain = serde_json::to_vec(self).map_err(StoreError::damaged)?;
        Ok(Some(sealer.seal(&place(tenant, id), &plain)))
    }

    pub(super) fn open(
        sealer: &Sealer,
        tenant: TenantId,
        id: Uuid,
        asked: Option<&[u8]>,
    ) -> Result<Self, StoreError> {
        let Some(asked) = asked else { return Ok(Self::default()) };
        let plain = sealer.open(&place(tenant, id), asked).map_err(StoreError::damaged)?;
        serde_json::from_slice(plain.expose_secret()).map_err(StoreError::damaged)
    }

    /// The payment that is asked for.
    pub(super) fn new_payment(self, row: &Row) -> NewPayment {
        let ours = [(OURS, row.id.to_string()), ("invoice_id", row.invoice.to_string())];
        NewPayment {
            amount: row.amount,
            is_taken_at_once: !row.is_hold,
            return_url: self.return_url,
            description: self.description,
            metadata: ours.into_iter().map(|(name, id)| (name.to_owned(), id)).collect::<BTreeMap<_, _>>(),
            receipt: self.receipt.map(|receipt| receipt.receipt(row.amount)),
            is_method_saved: false,
            method: None,
        }
    }

    /// The refund that is asked for, of a payment by its provider's id.
    pub(super) fn new_refund(self, refund: &RefundRow, payment: &str) -> NewRefund {
        NewRefund {
            payment: payment.to_owned(),
            amount: refund.amount,
            description: Some(self.description).filter(|reason| !reason.is_empty()),
            receipt: self.receipt.map(|receipt| receipt.receipt(refund.amount)),
        }
    }

    /// The receipt of what is taken.
    pub(super) fn receipt_of(self, taken: Money) -> Option<Receipt> {
        self.receipt.map(|receipt| receipt.receipt(taken))
    }
}

fn place(tenant: TenantId, id: Uuid) -> String {
    format!("what was asked for {id} of {tenant}")
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
