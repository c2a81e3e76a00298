//! One line of the books, and what is to be written so that they say what is so.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::errors::wire_enum;
use crate::ids::InvoiceId;
use crate::money::{Currency, Money};
use crate::payments::CASH;

wire_enum! {
    /// The kind of record that a posting follows from.
    pub enum Source {
        /// Money that changed hands.
        Payment = "payment",
        /// Money that is asked for.
        Invoice = "invoice",
        /// A day of the till that was closed.
        Till = "till",
    }
}

/// Where money is, or why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Money that she has, by the way it came: in the till, on her account, with a provider.
    Money(String),
    /// What clients owe.
    Receivable,
    /// What was earned.
    Income,
    /// What was given on top.
    Tips,
    /// What was given back.
    Refunds,
    /// What the till had too much or too little.
    Difference,
}

/// Not the name of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of an account")]
pub struct UnknownAccountError;

/// What stands before the name of a way of payment, so that a provider may be called `income`.
const MONEY: &str = "money/";

impl Account {
    /// The till.
    #[must_use]
    pub fn cash() -> Self {
        Self::Money(CASH.to_owned())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Money(provider) => write!(f, "{MONEY}{provider}"),
            Self::Receivable => f.write_str("receivable"),
            Self::Income => f.write_str("income"),
            Self::Tips => f.write_str("tips"),
            Self::Refunds => f.write_str("refunds"),
            Self::Difference => f.write_str("difference"),
        }
    }
}

impl FromStr for Account {
    type Err = UnknownAccountError;

    fn from_str(text: &str) -> Result<Self, UnknownAccountError> {
        let plain = [Self::Receivable, Self::Income, Self::Tips, Self::Refunds, Self::Difference];
        match text.strip_prefix(MONEY) {
            Some(provider) => Ok(Self::Money(provider.to_owned())),
            None => plain.into_iter().find(|account| account.to_string() == text).ok_or(UnknownAccountError),
        }
    }
}

/// An amount that moves from one account to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The kind of record that it follows from.
    pub source: Source,
    /// Which one.
    pub source_id: Uuid,
    /// The invoice that it is about, if it is about one.
    pub invoice_id: Option<InvoiceId>,
    /// The day it counts for, `2026-12-01`.
    pub day: String,
    /// Where it goes to.
    pub debit: Account,
    /// Where it comes from.
    pub credit: Account,
    /// How much; above zero.
    pub amount: Money,
}

impl Posting {
    /// A posting from `credit` to `debit`; none of nothing.
    #[must_use]
    pub fn new(
        source: Source,
        source_id: Uuid,
        day: &str,
        (debit, credit): (Account, Account),
        amount: Money,
    ) -> Option<Self> {
        let day = day.to_owned();
        (amount.minor() > 0).then_some(Self {
            source,
            source_id,
            invoice_id: None,
            day,
            debit,
            credit,
            amount,
        })
    }

    /// The same, about an invoice.
    #[must_use]
    pub fn about(self, invoice_id: Option<InvoiceId>) -> Self {
        Self { invoice_id, ..self }
    }

    /// The one that takes it back, on a day.
    fn opposite(&self, day: &str) -> Self {
        let (debit, credit) = (self.credit.clone(), self.debit.clone());
        Self { debit, credit, day: day.to_owned(), ..self.clone() }
    }
}

/// What each account has by these postings. All of them together are zero in each currency, whatever was posted.
#[must_use]
pub fn balances<'a>(postings: impl IntoIterator<Item = &'a Posting>) -> BTreeMap<(Account, Currency), i128> {
    let mut balances = BTreeMap::new();
    for posting in postings {
        let minor = i128::from(posting.amount.minor());
        let currency = posting.amount.currency();
        *balances.entry((posting.debit.clone(), currency)).or_insert(0) += minor;
        *balances.entry((posting.credit.clone(), currency)).or_insert(0) -= minor;
    }
    balances.retain(|_, minor| *minor != 0);
    balances
}

/// What is to be posted about one record of which `standing` was posted so far, so that it comes to `wanted`: nothing if it does.
/// What is taken back counts for the day `on`, or for its own day if none is said.
#[must_use]
pub fn corrections(standing: &[Posting], wanted: &[Posting], on: Option<&str>) -> Vec<Posting> {
    let (has, should) = (balances(standing), balances(wanted));
    if has == should {
        return Vec::new();
    }
    let is_open = !has.is_empty();
    let taken_back = standing.iter().filter(|_| is_open);
    let taken_back = taken_back.map(|posting| posting.opposite(on.unwrap_or(&posting.day)));
    taken_back.chain(wanted.iter().cloned()).collect()
}
