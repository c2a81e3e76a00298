//! What she asks for, and whether it can be: a link on an invoice, a deposit for a visit, a hold taken or let go, money back.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};

use crate::api::Refusal;
use crate::appointments::{AppointmentRow, Status};
use crate::email::Email;
use crate::errors::{ErrorCode, FieldErrors, FieldProblem};
use crate::input::{Fields, Sign};
use crate::invoices::{Invoice, InvoiceStatus};
use crate::money::{Currency, Money};
use crate::settings::{CancelRule, DepositMode, DepositRule};

/// How long the provider holds money at most. The client has not paid yet when this is asked, so the hold ends later than this from
/// now, never earlier.
pub const HOLD_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What `POST /invoices/{id}/payment-link` says.
#[derive(Clone, PartialEq, Eq)]
pub struct Ask {
    /// How much; all that is due if none.
    pub amount: Option<Money>,
    /// Whether the money is held first.
    pub is_hold: bool,
    /// Where the receipt goes, if it is not where the client is reached.
    pub email: Option<String>,
}

crate::masked_debug!(Ask { amount, is_hold });

impl Ask {
    /// Reads a request.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>, currency: Currency) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let amount = above_zero(&mut fields, currency);
        let hold = fields.flag("hold");
        let email = fields.email("email").map(|email: Email| email.to_string());
        fields.finish(Self {
            amount,
            is_hold: hold.into_option().unwrap_or_default(),
            email: email.into_option(),
        })
    }
}

/// What `POST /appointments/{id}/deposit` says.
#[derive(Clone, PartialEq, Eq)]
pub struct DepositAsk {
    /// How much; what the policy says if none.
    pub amount: Option<Money>,
    /// Whether the money is held first; if nobody says so, where a hold lasts until the visit.
    pub is_hold: Option<bool>,
    /// Where the receipt goes, if it is not where the client is reached.
    pub email: Option<String>,
}

crate::masked_debug!(DepositAsk { amount, is_hold });

impl DepositAsk {
    /// Reads a request.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>, currency: Currency) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let amount = above_zero(&mut fields, currency);
        let hold = fields.flag("hold");
        let email = fields.email("email").map(|email: Email| email.to_string());
        fields.finish(Self { amount, is_hold: hold.into_option(), email: email.into_option() })
    }
}

/// What `POST /online-payments/{id}/capture` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// How much; all that is held if none. The rest goes back at once.
    pub amount: Option<Money>,
}

impl Take {
    /// Reads a request about a payment that holds `held`.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>, held: Money) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let amount = above_zero(&mut fields, held.currency());
        if amount.is_some_and(|amount| amount.minor() > held.minor()) {
            fields.mistake("amount", FieldProblem::OutOfRange);
        }
        fields.finish(Self { amount })
    }
}

/// What `POST /online-payments/{id}/refund` says.
#[derive(Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// How much; all that is left if none.
    pub amount: Option<Money>,
    /// Why, as the client reads it.
    pub reason: Option<String>,
}

crate::masked_debug!(GiveBack { amount });

impl GiveBack {
    /// Reads a request.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>, currency: Currency) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let amount = above_zero(&mut fields, currency);
        let reason = fields.line("reason");
        fields.finish(Self { amount, reason: reason.into_option() })
    }
}

fn above_zero(fields: &mut Fields<'_>, currency: Currency) -> Option<Money> {
    let amount = fields.money("amount", currency, Sign::NotNegative);
    if amount.value().is_some_and(|amount| amount.minor() == 0) {
        fields.mistake("amount", FieldProblem::OutOfRange);
    }
    amount.into_option()
}

/// Why nothing can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusing {
    /// The invoice is void, paid or refunded.
    #[error("the invoice is {0}")]
    Closed(InvoiceStatus),
    /// More than is due.
    #[error("the amount is too large")]
    TooMuch,
    /// Links that are open ask for all that is due, or for so much of it that this would be too much.
    #[error("links are open that ask for it")]
    Asked,
    /// The provider takes roubles alone.
    #[error("the currency is not one that the provider takes")]
    OtherCurrency,
    /// The figures of the invoice cannot be read.
    #[error("the figures of the invoice cannot be read")]
    Unreadable,
    /// The visit is off or over.
    #[error("the visit is {}", .0.as_str())]
    VisitClosed(Status),
    /// It is no visit.
    #[error("it is no visit")]
    NoVisit,
}

impl From<Refusing> for Refusal {
    fn from(refusing: Refusing) -> Self {
        let field = |name: &str, problem| FieldErrors::one(name, problem).into();
        match refusing {
            Refusing::Closed(status) => {
                Self::new(ErrorCode::InvoiceClosed).details(json!({ "status": status }))
            }
            Refusing::TooMuch => field("amount", FieldProblem::OutOfRange),
            Refusing::Asked => Self::new(ErrorCode::PaymentPending),
            Refusing::OtherCurrency => field("currency", FieldProblem::OtherCurrency),
            Refusing::Unreadable => Self::new(ErrorCode::Internal),
            Refusing::VisitClosed(status) => {
                Self::new(ErrorCode::VisitClosed).details(json!({ "status": status }))
            }
            Refusing::NoVisit => Self::new(ErrorCode::VisitClosed).details(json!({ "status": null })),
        }
    }
}

/// What a link on an invoice asks for, while other links on it are open over `open`. The whole of what is asked for nowhere else if
/// nobody says how much.
pub fn may_ask(invoice: &Invoice, open: Money, amount: Option<Money>) -> Result<Money, Refusing> {
    let status = invoice.status;
    if matches!(status, InvoiceStatus::Void | InvoiceStatus::Paid | InvoiceStatus::Refunded) {
        return Err(Refusing::Closed(status));
    }
    if invoice.currency() != Some(Currency::RUB) {
        return Err(Refusing::OtherCurrency);
    }
    let due = invoice.money(&invoice.due).ok_or(Refusing::Unreadable)?;
    let left = due.minor() - open.minor();
    match amount {
        None if left > 0 => Ok(Money::new(left, due.currency())),
        None => Err(Refusing::Asked),
        Some(amount) if amount.minor() <= left => Ok(amount),
        Some(amount) if amount.minor() <= due.minor() => Err(Refusing::Asked),
        Some(_) => Err(Refusing::TooMuch),
    }
}

/// Whether money can be asked for before this visit.
pub fn may_deposit(visit: &AppointmentRow) -> Result<(), Refusing> {
    if visit.kind == "block" {
        return Err(Refusing::NoVisit);
    }
    match visit.status() {
        Status::Requested | Status::Booked | Status::Confirmed => Ok(()),
        status => Err(Refusing::VisitClosed(status)),
    }
}

/// How much is asked for before a visit: what she says, else what the rule of the visit says.
///
/// # Errors
/// If nobody says how much, or it is more than the visit costs.
pub fn deposit(
    asked: Option<Money>,
    rule: Option<&DepositRule>,
    price: Option<Money>,
    is_new_client: bool,
    currency: Currency,
) -> Result<Money, FieldErrors> {
    let rule = rule.filter(|rule| !rule.new_clients_only || is_new_client);
    let by_rule = || match rule?.mode {
        DepositMode::None => None,
        DepositMode::Fixed => Money::from_json_number(rule?.amount.as_ref()?, currency).ok(),
        DepositMode::Percent => {
            // Half a kopeck is a kopeck.
            let minor = (i128::from(price?.minor()) * i128::from(rule?.percent?) + 50) / 100;
            Some(Money::new(i64::try_from(minor).ok()?, currency))
        }
    };
    // A fixed deposit is never more than the visit.
    let by_rule = || match (by_rule()?, price) {
        (amount, Some(price)) if price.minor() > 0 && amount.minor() > price.minor() => Some(price),
        (amount, _) => Some(amount),
    };
    let Some(amount) = asked.or_else(by_rule).filter(|amount| amount.minor() > 0) else {
        return Err(FieldErrors::one("amount", FieldProblem::Required));
    };
    if price.is_some_and(|price| price.minor() > 0 && amount.minor() > price.minor()) {
        return Err(FieldErrors::one("amount", FieldProblem::OutOfRange));
    }
    Ok(amount)
}

/// What becomes of money that was held or taken before a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nobody has decided yet.
    Nothing,
    /// So much of it is hers; the rest is not.
    Keep(Money),
    /// None of it is hers.
    LetGo,
}

/// What becomes of `held`, now that a visit came to a state: all of it is hers once she has done the work; of a visit that was called
/// off or missed, what the rule of its day leaves her. `called_off` is when that was said, `starts` when the visit was to begin.
#[must_use]
pub fn fate(
    status: Status,
    rule: Option<&CancelRule>,
    price: Option<Money>,
    held: Money,
    (called_off, starts): (Timestamp, Option<Timestamp>),
) -> Fate {
    let owed = |percent: u32| {
        // Without a price, of what was asked for.
        let of =
            price.filter(|price| price.minor() > 0 && price.currency() == held.currency()).unwrap_or(held);
        let minor = (i128::from(of.minor()) * i128::from(percent) + 50) / 100;
        match i64::try_from(minor).unwrap_or(i64::MAX).min(held.minor()) {
            0 => Fate::LetGo,
            minor => Fate::Keep(Money::new(minor, held.currency())),
        }
    };
    match (status, rule) {
        (Status::Completed, _) => Fate::Keep(held),
        (Status::Cancelled, None) => Fate::LetGo,
        (Status::Cancelled, Some(rule)) => {
            let free = SignedDuration::from_hours(i64::from(rule.free_until_hours));
            let is_in_time = starts.is_none_or(|starts| starts.duration_since(called_off) >= free);
            if is_in_time { Fate::LetGo } else { owed(rule.late_fee_percent) }
        }
        (Status::NoShow, Some(rule)) => owed(rule.no_show_fee_percent),
        // She says herself what she keeps where no rule does.
        (Status::NoShow, None) | (Status::Requested | Status::Booked | Status::Confirmed, _) => Fate::Nothing,
    }
}

/// Whether money for a visit is held first: if she wants it and a hold lasts until the visit begins; if nobody says so, where it does.
///
/// # Errors
/// If she wants a hold that would end before the visit.
pub fn may_hold(asked: Option<bool>, starts: Option<Timestamp>, now: Timestamp) -> Result<bool, FieldErrors> {
    let lasts = starts.is_some_and(|starts| starts.duration_since(now) <= HOLD_LASTS);
    match asked {
        Some(true) if !lasts => Err(FieldErrors::one("hold", FieldProblem::OutOfRange)),
        asked => Ok(asked.unwrap_or(lasts)),
    }
}
