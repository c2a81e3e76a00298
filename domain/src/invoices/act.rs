//! What happens to an invoice: it is sent, paid, given back, withdrawn. Each is a new version of the record, or a reason why not.

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use super::{Invoice, InvoicePayment, InvoiceStatus};
use crate::api::Refusal;
use crate::errors::{ErrorCode, FieldErrors, FieldProblem};
use crate::input::{Fields, Sign};
use crate::money::{Currency, Money};
use crate::payments::{CASH, Payment, TRANSFER, YOOKASSA};

/// Why something cannot be done with an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceError {
    /// It is void, paid or refunded, and takes no more of this.
    #[error("the invoice is {0}")]
    Closed(InvoiceStatus),
    /// Money was taken on it: that is given back, and not withdrawn.
    #[error("money was taken on the invoice")]
    HasPayments,
    /// More than is due, or more than was taken.
    #[error("the amount is too large")]
    TooMuch,
    /// In another currency.
    #[error("the amount is in another currency")]
    OtherCurrency,
    /// A refund by hand of what came over a provider.
    #[error("what a provider took, it gives back")]
    OfProvider,
    /// Its figures cannot be read.
    #[error("the figures of the invoice cannot be read")]
    Unreadable,
}

impl From<InvoiceError> for Refusal {
    fn from(error: InvoiceError) -> Self {
        let field = |name: &str, problem| FieldErrors::one(name, problem).into();
        match error {
            InvoiceError::Closed(status) => {
                Self::new(ErrorCode::InvoiceClosed).details(json!({ "status": status }))
            }
            InvoiceError::HasPayments => Self::new(ErrorCode::Conflict),
            InvoiceError::TooMuch => field("amount", FieldProblem::OutOfRange),
            InvoiceError::OtherCurrency => field("currency", FieldProblem::OtherCurrency),
            InvoiceError::OfProvider => field("provider", FieldProblem::NotAllowed),
            InvoiceError::Unreadable => Self::new(ErrorCode::Internal),
        }
    }
}

/// Whether she took it herself, so that she may give it back herself.
fn is_by_hand(provider: &str) -> bool {
    provider == CASH || provider == TRANSFER
}

impl Invoice {
    /// The client was asked to pay. `now` is RFC 3339.
    pub fn send(mut self, now: &str) -> Result<Self, InvoiceError> {
        if self.status == InvoiceStatus::Void {
            return Err(InvoiceError::Closed(self.status));
        }
        self.sent_at = Some(now.to_owned());
        self.renewed(now)
    }

    /// A payment or refund on it. The same payment again changes nothing. `now` is RFC 3339.
    pub fn take(mut self, payment: &Payment, now: &str) -> Result<Self, InvoiceError> {
        if self.payments.iter().any(|known| known.id == payment.id) {
            return Ok(self);
        }
        if payment.currency != self.currency {
            return Err(InvoiceError::OtherCurrency);
        }
        let amount = payment.money().ok_or(InvoiceError::Unreadable)?;
        if amount.minor() < 0 {
            self.may_give_back(amount.minor().unsigned_abs(), &payment.provider)?;
        } else if matches!(self.status, InvoiceStatus::Void | InvoiceStatus::Paid | InvoiceStatus::Refunded) {
            return Err(InvoiceError::Closed(self.status));
        } else if amount.minor() > self.money(&self.due).ok_or(InvoiceError::Unreadable)?.minor() {
            return Err(InvoiceError::TooMuch);
        }
        self.payments.push(InvoicePayment {
            id: payment.id,
            date: payment.date.clone(),
            amount: payment.amount.clone(),
            provider: payment.provider.clone(),
        });
        self.renewed(now)
    }

    /// Given back is at most what was taken: by hand what came by hand, over a provider what came over it.
    fn may_give_back(&self, minor: u64, provider: &str) -> Result<(), InvoiceError> {
        let unreadable = InvoiceError::Unreadable;
        let kept = self.kept(|_| true).ok_or(unreadable)?.minor().unsigned_abs();
        if kept == 0 {
            return Err(InvoiceError::Closed(self.status));
        }
        let comes = |of: &str| if is_by_hand(provider) { is_by_hand(of) } else { of == provider };
        let this_way = self.kept(comes).ok_or(unreadable)?.minor().unsigned_abs();
        match minor {
            _ if minor <= this_way => Ok(()),
            _ if minor <= kept => Err(InvoiceError::OfProvider),
            _ => Err(InvoiceError::TooMuch),
        }
    }

    /// Withdraws it; one that was withdrawn stays as it is. `today` is a day, `now` RFC 3339.
    pub fn void(mut self, today: Date, now: &str) -> Result<Self, InvoiceError> {
        match self.status {
            InvoiceStatus::Void => return Ok(self),
            InvoiceStatus::Refunded => return Err(InvoiceError::Closed(self.status)),
            _ if !self.payments.is_empty() => return Err(InvoiceError::HasPayments),
            _ => {}
        }
        self.voided_on = Some(today.to_string());
        self.renewed(now)
    }

    fn renewed(mut self, now: &str) -> Result<Self, InvoiceError> {
        now.clone_into(&mut self.updated_at);
        self.settled().map_err(|_| InvoiceError::Unreadable)
    }
}

/// What `POST /invoices/{id}/refund` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    amount: Option<Money>,
    provider: Option<&'static str>,
    date: Option<String>,
    reason: Option<String>,
    correction: bool,
}

impl Refund {
    /// Reads a request that gives money back. Without an amount it is all that was taken in the way in which it goes back.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>, currency: Currency) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let amount = fields.money("amount", currency, Sign::NotNegative);
        let provider = fields.word("provider", &[CASH, TRANSFER, YOOKASSA]);
        let date = fields.date("date");
        let reason = fields.line("reason");
        let correction = fields.flag("correction");
        if amount.value().is_some_and(|amount| amount.minor() == 0) {
            fields.mistake("amount", FieldProblem::OutOfRange);
        }
        fields.finish(Self {
            amount: amount.into_option(),
            provider: provider.into_option(),
            date: date.into_option(),
            reason: reason.into_option(),
            correction: correction.into_option().unwrap_or_default(),
        })
    }

    /// Whether it goes back over the provider: if she says so, or if all that is there came that way.
    #[must_use]
    pub fn is_over_provider(&self, invoice: &Invoice) -> bool {
        let has = |comes: fn(&str) -> bool| invoice.kept(comes).is_some_and(|kept| kept.minor() > 0);
        match self.provider {
            Some(provider) => provider == YOOKASSA,
            None => !has(is_by_hand) && has(|provider| provider == YOOKASSA),
        }
    }

    /// How much, if she says so.
    #[must_use]
    pub const fn amount(&self) -> Option<Money> {
        self.amount
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The payment below zero that it is, by hand, as [`Payment::new_from_json`] reads one.
    ///
    /// # Errors
    /// If nothing is left to be given back by hand.
    pub fn as_payment(self, invoice: &Invoice, today: Date) -> Result<Map<String, Json>, InvoiceError> {
        let left = invoice.kept(is_by_hand).ok_or(InvoiceError::Unreadable)?;
        if left.minor() == 0 {
            let kept = invoice.kept(|_| true).ok_or(InvoiceError::Unreadable)?;
            let of_provider = kept.minor() > 0;
            return Err(if of_provider {
                InvoiceError::OfProvider
            } else {
                InvoiceError::Closed(invoice.status)
            });
        }
        let amount = self.amount.unwrap_or(left).checked_neg().map_err(|_| InvoiceError::TooMuch)?;
        let taken = invoice.payments.iter().rev().find(|payment| is_by_hand(&payment.provider));
        let provider = self.provider.or(taken.map(|payment| payment.provider.as_str())).unwrap_or(CASH);
        let mut body = Map::new();
        body.insert("invoiceId".to_owned(), json!(invoice.id));
        body.insert("clientId".to_owned(), json!(invoice.client_id));
        body.insert("appointmentId".to_owned(), json!(invoice.appointment_id));
        body.insert("date".to_owned(), json!(self.date.unwrap_or_else(|| today.to_string())));
        body.insert("amount".to_owned(), json!(amount));
        body.insert("currency".to_owned(), json!(invoice.currency));
        body.insert("provider".to_owned(), json!(provider));
        body.insert("description".to_owned(), json!(self.reason));
        body.insert("correction".to_owned(), json!(self.correction));
        Ok(body)
    }
}

impl Payment {
    /// The same on an invoice: client and visit are those of the invoice where none are named.
    #[must_use]
    pub fn on(mut self, invoice: &Invoice) -> Self {
        self.client_id = self.client_id.or(invoice.client_id);
        self.appointment_id = self.appointment_id.or(invoice.appointment_id);
        self
    }
}
