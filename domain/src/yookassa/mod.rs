//! What YooKassa's words mean to us: the states of payments and refunds, which only move forward, and when what the provider says
//! is about the very thing that was asked for.
//!
//! Pure. Knows no HTTP and no books: the server re-reads an object and asks [`follow_payment`] or [`follow_refund`] what it changes.

#[cfg(test)]
mod tests;

use crate::errors::wire_enum;
use crate::money::Money;

wire_enum! {
    /// The state of a payment, as the provider and we say it.
    pub enum PaymentStatus {
        /// Nobody has paid yet.
        Pending = "pending",
        /// The money is held and not taken.
        WaitingForCapture = "waiting_for_capture",
        /// The money is taken.
        Succeeded = "succeeded",
        /// It will never be paid, or the hold was given back.
        Canceled = "canceled",
    }
}

wire_enum! {
    /// The state of a refund.
    pub enum RefundStatus {
        /// On its way.
        Pending = "pending",
        /// The payer has the money.
        Succeeded = "succeeded",
        /// It did not happen.
        Canceled = "canceled",
    }
}

impl PaymentStatus {
    /// Whether nothing comes after it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Canceled)
    }

    /// Whether a payment in this state may be in `next` later. Steps that were not seen are skipped.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Pending => !matches!(next, Self::Pending),
            Self::WaitingForCapture => next.is_final(),
            Self::Succeeded | Self::Canceled => false,
        }
    }
}

impl RefundStatus {
    /// Whether a refund in this state may be in `next` later.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!((self, next), (Self::Pending, Self::Succeeded | Self::Canceled))
    }
}

/// A payment as our books have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPayment {
    /// Our id, sent along as metadata.
    pub ours: String,
    /// The provider's id; none until an answer to the creation was read.
    pub theirs: Option<String>,
    /// The shop that was asked.
    pub shop: String,
    /// What was asked for.
    pub asked: Money,
    /// Whether it is held first: of a hold a part may be taken, and the rest goes back.
    pub is_hold: bool,
    /// How far it is.
    pub status: PaymentStatus,
}

/// A payment as the provider's API tells it (never as a notification does).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenPayment {
    /// The provider's id.
    pub theirs: String,
    /// Our id, from the metadata.
    pub ours: Option<String>,
    /// The shop that is paid, where the provider says it.
    pub shop: Option<String>,
    /// The sum: what is asked for, and what was captured once it succeeded.
    pub amount: Money,
    /// How far it is.
    pub status: PaymentStatus,
}

/// A refund as our books have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRefund {
    /// The provider's id; none until an answer to the creation was read.
    pub theirs: Option<String>,
    /// The provider's id of the payment.
    pub payment: String,
    /// The sum.
    pub amount: Money,
    /// How far it is.
    pub status: RefundStatus,
}

/// A refund as the provider's API tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRefund {
    /// The provider's id.
    pub theirs: String,
    /// The provider's id of the payment.
    pub payment: String,
    /// The sum.
    pub amount: Money,
    /// How far it is.
    pub status: RefundStatus,
}

/// What a look at the provider's object changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step<S> {
    /// Nothing: we know it, or know what came after it.
    Stay,
    /// It went on to this state.
    Advance(S),
}

/// Why what the provider says cannot be about what we asked for. Nothing may be written; somebody has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Another object of the provider.
    #[error("the provider's id is another one")]
    Theirs,
    /// Made for another payment of ours, or not by us.
    #[error("the payment was not made for this one of ours")]
    Ours,
    /// Another shop.
    #[error("another shop was paid")]
    Shop,
    /// Another sum, or another currency.
    #[error("the sum or the currency is another one")]
    Amount,
    /// Two ends that exclude each other.
    #[error("it ended in one way and is now said to have ended in the other")]
    Ends,
}

/// What the provider's payment means for ours. A late or repeated look changes nothing.
pub fn follow_payment(known: &KnownPayment, seen: &SeenPayment) -> Result<Step<PaymentStatus>, Mismatch> {
    if known.theirs.as_ref().is_some_and(|theirs| *theirs != seen.theirs) {
        return Err(Mismatch::Theirs);
    }
    if seen.ours.as_ref() != Some(&known.ours) {
        return Err(Mismatch::Ours);
    }
    if seen.shop.as_ref().is_some_and(|shop| *shop != known.shop) {
        return Err(Mismatch::Shop);
    }
    let is_sum = if seen.status == PaymentStatus::Succeeded && known.is_hold {
        // Less was captured than was held: the rest went back.
        (1..=known.asked.minor()).contains(&seen.amount.minor())
    } else {
        seen.amount.minor() == known.asked.minor()
    };
    if !is_sum || seen.amount.currency() != known.asked.currency() {
        return Err(Mismatch::Amount);
    }
    if known.status.may_become(seen.status) {
        return Ok(Step::Advance(seen.status));
    }
    let is_contradiction = known.status.is_final() && seen.status.is_final() && known.status != seen.status;
    if is_contradiction { Err(Mismatch::Ends) } else { Ok(Step::Stay) }
}

/// What the provider's refund means for ours.
pub fn follow_refund(known: &KnownRefund, seen: &SeenRefund) -> Result<Step<RefundStatus>, Mismatch> {
    let is_other = known.theirs.as_ref().is_some_and(|theirs| *theirs != seen.theirs);
    if is_other || known.payment != seen.payment {
        return Err(Mismatch::Theirs);
    }
    if known.amount != seen.amount {
        return Err(Mismatch::Amount);
    }
    if known.status.may_become(seen.status) {
        return Ok(Step::Advance(seen.status));
    }
    match (known.status, seen.status) {
        (RefundStatus::Succeeded, RefundStatus::Canceled)
        | (RefundStatus::Canceled, RefundStatus::Succeeded) => Err(Mismatch::Ends),
        _ => Ok(Step::Stay),
    }
}
