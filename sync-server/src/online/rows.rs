//! What is known of a payment and of a refund, and what that is for everybody else.

use domain::ids::{AppointmentId, InvoiceId, OnlinePaymentId};
use domain::money::{Money, MoneyError};
use domain::online::{OnlinePayment, OnlineRefund, Purpose, Trouble, record_of};
use domain::yookassa::{KnownPayment, KnownRefund, PaymentStatus, RefundStatus};
use jiff::Timestamp;
use uuid::Uuid;

use crate::http::now_text;

/// A payment as it is kept.
#[expect(clippy::struct_excessive_bools, reason = "a row of the table, column by column")]
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: OnlinePaymentId,
    pub(super) purpose: Purpose,
    pub(super) invoice: InvoiceId,
    pub(super) visit: Option<AppointmentId>,
    pub(super) shop: String,
    /// Whether it is the shop of the installation and not one of hers.
    pub(super) is_installation: bool,
    pub(super) key: String,
    /// Sealed: what else the call says that creates it.
    pub(super) asked: Option<Vec<u8>>,
    pub(super) amount: Money,
    pub(super) is_hold: bool,
    pub(super) has_receipt: bool,
    pub(super) status: PaymentStatus,
    pub(super) theirs: Option<String>,
    pub(super) url: Option<String>,
    pub(super) is_test: bool,
    pub(super) captured: Option<Money>,
    pub(super) expires: Option<Timestamp>,
    pub(super) reason: Option<String>,
    pub(super) trouble: Option<Trouble>,
    pub(super) is_on_invoice: bool,
    pub(super) act: Option<Act>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

domain::masked_debug!(Row { id, status, trouble });

/// What is to happen to a hold.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) kind: ActKind,
    pub(super) key: String,
    /// Less than is held.
    pub(super) part: Option<Money>,
    /// Sealed: its receipt.
    pub(super) asked: Option<Vec<u8>>,
}

domain::masked_debug!(Act { kind });

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActKind {
    /// The money is taken.
    Capture,
    /// It is let go.
    Cancel,
}

impl ActKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Cancel => "cancel",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        [Self::Capture, Self::Cancel].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A refund as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RefundRow {
    pub(super) id: Uuid,
    pub(super) payment: OnlinePaymentId,
    pub(super) key: String,
    /// Sealed: what else the call says that creates it.
    pub(super) asked: Option<Vec<u8>>,
    pub(super) amount: Money,
    pub(super) status: RefundStatus,
    pub(super) theirs: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) trouble: Option<Trouble>,
    pub(super) created: Timestamp,
}

domain::masked_debug!(RefundRow { id, status, trouble });

impl Row {
    /// As the rules compare it.
    pub(super) fn known(&self) -> KnownPayment {
        KnownPayment {
            ours: self.id.to_string(),
            theirs: self.theirs.clone(),
            shop: self.shop.clone(),
            asked: self.amount,
            is_hold: self.is_hold,
            status: self.status,
        }
    }

    /// Whether somebody may still pay it, or it may still be taken.
    pub(super) const fn is_open(&self) -> bool {
        !self.status.is_final()
    }

    /// Whether nothing is to be waited for: the client can pay, or it is over.
    pub(super) const fn is_answered(&self) -> bool {
        self.theirs.is_some() || self.trouble.is_some() || self.status.is_final()
    }

    /// What can still be given back, with these refunds of it.
    pub(super) fn left(&self, refunds: &[RefundRow]) -> Result<Money, MoneyError> {
        let zero = Money::new(0, self.amount.currency());
        let taken =
            if self.status == PaymentStatus::Succeeded { self.captured.unwrap_or(zero) } else { zero };
        let gone = self.sum(refunds, |status| status != RefundStatus::Canceled)?;
        taken.checked_add(gone.checked_neg()?)
    }

    fn sum(&self, refunds: &[RefundRow], counts: fn(RefundStatus) -> bool) -> Result<Money, MoneyError> {
        let mine = refunds.iter().filter(|refund| refund.payment == self.id && counts(refund.status));
        Money::sum(mine.map(|refund| refund.amount), self.amount.currency())
    }

    /// As everybody sees it.
    pub(super) fn shown(&self, refunds: &[RefundRow]) -> Result<OnlinePayment, MoneyError> {
        let refunded = self.sum(refunds, |status| status == RefundStatus::Succeeded)?;
        let refunding = self.sum(refunds, |status| status == RefundStatus::Pending)?;
        let mine = refunds.iter().filter(|refund| refund.payment == self.id);
        Ok(OnlinePayment {
            id: self.id,
            purpose: self.purpose,
            invoice_id: self.invoice,
            appointment_id: self.visit,
            status: self.status,
            hold: self.is_hold,
            amount: self.amount.to_json_number(),
            currency: self.amount.currency().to_string(),
            captured: self.captured.map(Money::to_json_number),
            refunded: refunded.to_json_number(),
            refunding: refunding.to_json_number(),
            url: self.url.clone().filter(|_| self.status == PaymentStatus::Pending),
            qr_code: None,
            expires_at: self.expires.filter(|_| self.is_open()).map(now_text),
            reason: self.reason.clone(),
            trouble: self.trouble,
            test: self.is_test,
            payment_id: (self.status == PaymentStatus::Succeeded).then(|| record_of(self.id.0)),
            provider_payment_id: self.theirs.clone(),
            refunds: mine.map(RefundRow::shown).collect(),
            created_at: now_text(self.created),
            updated_at: now_text(self.updated),
        })
    }
}

impl RefundRow {
    /// As the rules compare it; `payment` is the provider's id of what is given back.
    pub(super) fn known(&self, payment: &str) -> KnownRefund {
        KnownRefund {
            theirs: self.theirs.clone(),
            payment: payment.to_owned(),
            amount: self.amount,
            status: self.status,
        }
    }

    fn shown(&self) -> OnlineRefund {
        OnlineRefund {
            id: self.id,
            status: self.status,
            amount: self.amount.to_json_number(),
            reason: self.reason.clone(),
            trouble: self.trouble,
            created_at: now_text(self.created),
        }
    }
}
