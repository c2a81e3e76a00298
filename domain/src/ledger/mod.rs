//! The books: double entry in minor units. What is posted follows from the records that money is written down in (payments,
//! invoices, closings of the till), so every figure opens to its records, whichever door they came through.
//!
//! Part of the shared room. Pure. A [`Posting`] moves an amount from one account to another: the books cannot be out of balance,
//! because no posting has one side. Postings are never changed; what became wrong is taken back by the opposite one.

mod posting;
#[cfg(test)]
mod tests;

pub use posting::{Account, Posting, Source, balances, corrections};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::invoices::Invoice;
use crate::money::Money;
use crate::payments::Payment;
use crate::sync::RecordKind;
use crate::till::Closing;

/// The kinds of records that the books follow.
pub const KINDS: [RecordKind; 3] = [RecordKind::Payment, RecordKind::Invoice, RecordKind::Till];

/// What the books say of a record as it is now; nothing of one that was removed. Of a body that this version cannot read they
/// say nothing, either: it stays, and is posted by a version that can.
#[must_use]
pub fn of_record(kind: &str, id: Uuid, body: Option<&Json>) -> Vec<Posting> {
    let Some(body) = body else { return Vec::new() };
    let read = |kind: RecordKind| match kind {
        RecordKind::Payment => of_payment(&serde_json::from_value(body.clone()).ok()?),
        RecordKind::Invoice => of_invoice(&serde_json::from_value(body.clone()).ok()?),
        RecordKind::Till => of_closing(id, &serde_json::from_value(body.clone()).ok()?),
        _ => None,
    };
    KINDS.into_iter().find(|known| known.as_str() == kind).and_then(read).unwrap_or_default()
}

/// The day for which what a record no longer says is taken back; its own if the record names none.
#[must_use]
pub fn taken_back_on(kind: &str, body: Option<&Json>) -> Option<String> {
    let day = body.filter(|_| kind == RecordKind::Invoice.as_str())?.get("voidedOn")?.as_str()?;
    Some(day.to_owned())
}

/// Money in: from the client who owes it by an invoice, or earned at once. Money back is no income lost but a cost of its own, so
/// both figures stay.
fn of_payment(payment: &Payment) -> Option<Vec<Posting>> {
    let amount = payment.money()?;
    let (money, entry) = (Account::Money(payment.provider.clone()), entry_of_payment(payment));
    let from = if payment.invoice_id.is_some() { Account::Receivable } else { Account::Income };
    let posting = if amount.minor() < 0 {
        entry(Account::Refunds, money, amount.checked_neg().ok()?)
    } else {
        entry(money, from, amount)
    };
    Some(posting.into_iter().collect())
}

fn entry_of_payment(payment: &Payment) -> impl Fn(Account, Account, Money) -> Option<Posting> {
    let (id, day, invoice) = (payment.id.0, payment.date.clone(), payment.invoice_id);
    move |debit, credit, amount| {
        Posting::new(Source::Payment, id, &day, (debit, credit), amount).map(|posting| posting.about(invoice))
    }
}

/// What a client owes is earned once it is asked for, tips apart. A draft asks for nothing, and a void invoice no longer.
fn of_invoice(invoice: &Invoice) -> Option<Vec<Posting>> {
    if !invoice.status.is_owed() {
        return Some(Vec::new());
    }
    let (payable, tips) = (invoice.payable()?, invoice.tips()?);
    let earned = payable.checked_add(tips.checked_neg().ok()?).ok()?;
    let entry = |credit, amount| {
        let accounts = (Account::Receivable, credit);
        let posting = Posting::new(Source::Invoice, invoice.id.0, &invoice.date, accounts, amount)?;
        Some(posting.about(Some(invoice.id)))
    };
    Some([entry(Account::Income, earned), entry(Account::Tips, tips)].into_iter().flatten().collect())
}

/// What lay in the till beside what the books said.
fn of_closing(id: Uuid, closing: &Closing) -> Option<Vec<Posting>> {
    let difference = closing.difference()?;
    let (till, beside) = (Account::cash(), Account::Difference);
    let posting = if difference.minor() < 0 {
        Posting::new(Source::Till, id, &closing.date, (beside, till), difference.checked_neg().ok()?)
    } else {
        Posting::new(Source::Till, id, &closing.date, (till, beside), difference)
    };
    Some(posting.into_iter().collect())
}
