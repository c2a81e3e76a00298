//! Laws of the books: whatever happens in whatever order, they balance, and each invoice is what they say of it.

use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

use super::*;
use crate::ids::{InvoiceId, PaymentId, TenantId};
use crate::invoices::{Context, InvoiceStatus, NewInvoice, Refund};
use crate::lang::Lang;
use crate::money::Currency;
use crate::till::{Count, Figures};

const NOW: &str = "2026-12-01T09:00:00Z";

/// Something that somebody does, or tries to.
#[derive(Clone, Copy, Debug)]
enum Step {
    Write { price: i64, tip: i64, discount: i64 },
    Send(usize),
    Pay { invoice: usize, minor: i64, is_cash: bool },
    PayWithout { minor: i64, is_cash: bool },
    Refund { invoice: usize, minor: i64 },
    RefundTwiceAtOnce { invoice: usize },
    Void(usize),
    Undo(usize),
    Close { counted: i64 },
    Again(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let minor = 1_i64..200_000;
    prop_oneof![
        (minor.clone(), 0_i64..20_000, 0_i64..250_000).prop_map(|(price, tip, discount)| Step::Write {
            price,
            tip,
            discount
        }),
        (0_usize..4).prop_map(Step::Send),
        (0_usize..4, minor.clone(), any::<bool>()).prop_map(|(invoice, minor, is_cash)| Step::Pay {
            invoice,
            minor,
            is_cash
        }),
        (-100_000_i64..100_000, any::<bool>())
            .prop_map(|(minor, is_cash)| Step::PayWithout { minor, is_cash }),
        (0_usize..4, minor).prop_map(|(invoice, minor)| Step::Refund { invoice, minor }),
        (0_usize..4).prop_map(|invoice| Step::RefundTwiceAtOnce { invoice }),
        (0_usize..4).prop_map(Step::Void),
        (0_usize..6).prop_map(Step::Undo),
        (0_i64..300_000).prop_map(|counted| Step::Close { counted }),
        (0_usize..8).prop_map(Step::Again),
    ]
}

/// A business: its records, and the books that followed from them.
#[derive(Default)]
struct Books {
    records: BTreeMap<(&'static str, Uuid), Json>,
    invoices: Vec<InvoiceId>,
    loose: Vec<Uuid>,
    ledger: Vec<Posting>,
    next: u128,
}

impl Books {
    fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    /// A record is written, and posted as the server does it: by what stands about it so far.
    fn keep(&mut self, kind: RecordKind, id: Uuid, body: Option<Json>) {
        let standing: Vec<Posting> =
            self.ledger.iter().filter(|posting| posting.source_id == id).cloned().collect();
        let wanted = of_record(kind.as_str(), id, body.as_ref());
        let on = taken_back_on(kind.as_str(), body.as_ref());
        self.ledger.extend(corrections(&standing, &wanted, on.as_deref()));
        match body {
            Some(body) => self.records.insert((kind.as_str(), id), body),
            None => self.records.remove(&(kind.as_str(), id)),
        };
    }

    fn invoice(&self, at: usize) -> Option<Invoice> {
        let id = *self.invoices.get(at)?;
        let body = self.records.get(&("invoice", id.0))?;
        Some(serde_json::from_value(body.clone()).unwrap())
    }

    fn put(&mut self, invoice: &Invoice) {
        assert!(invoice.is_sound(), "{invoice:?}");
        self.keep(RecordKind::Invoice, invoice.id.0, Some(serde_json::to_value(invoice).unwrap()));
    }

    fn payment(&mut self, body: &Json) -> Option<Payment> {
        let id = PaymentId(self.id());
        Payment::new_from_json(id, body.as_object().unwrap(), Currency::RUB, NOW).ok()
    }

    fn take(&mut self, at: usize, payment: &Payment) -> bool {
        let Some(invoice) = self.invoice(at) else { return false };
        let Ok(invoice) = invoice.take(payment, NOW) else { return false };
        self.keep(RecordKind::Payment, payment.id.0, Some(serde_json::to_value(payment).unwrap()));
        self.put(&invoice);
        true
    }

    fn refund(&mut self, at: usize, body: &Json) -> Option<Payment> {
        let invoice = self.invoice(at)?;
        let refund = Refund::from_json(body.as_object().unwrap(), Currency::RUB).ok()?;
        let body = refund.as_payment(&invoice, "2026-12-02".parse().unwrap()).ok()?;
        self.payment(&Json::Object(body))
    }

    fn cash(&self) -> i64 {
        let balances = balances(&self.ledger);
        i64::try_from(balances.get(&(Account::cash(), Currency::RUB)).copied().unwrap_or(0)).unwrap()
    }

    fn run(&mut self, step: Step) {
        let amount = |minor| serde_json::to_value(Money::rub(minor)).unwrap();
        let way = |is_cash| if is_cash { "cash" } else { "transfer" };
        match step {
            Step::Write { price, tip, discount } => {
                let mut items = vec![json!({ "name": "А", "price": amount(price) })];
                for (kind, minor) in
                    [("tip", tip), ("discount", discount)].into_iter().filter(|(_, m)| *m > 0)
                {
                    items.push(json!({ "kind": kind, "name": "Б", "price": amount(minor) }));
                }
                let body = json!({ "items": items });
                let new = NewInvoice::from_json(body.as_object().unwrap(), Currency::RUB).unwrap();
                let (id, none) = (InvoiceId(self.id()), BTreeMap::new());
                let (number, today) = (self.invoices.len() as u64 + 1, "2026-12-01".parse().unwrap());
                let (currency, lang) = (Currency::RUB, Lang::Ru);
                let context = Context {
                    id,
                    number,
                    currency,
                    lang,
                    today,
                    now: NOW,
                    services: &none,
                    visit: None,
                    deposits: &[],
                };
                if let Ok(invoice) = new.write(&context) {
                    self.invoices.push(id);
                    self.put(&invoice);
                }
            }
            Step::Send(at) => {
                if let Some(Ok(invoice)) = self.invoice(at).map(|invoice| invoice.send(NOW)) {
                    self.put(&invoice);
                }
            }
            Step::Pay { invoice, minor, is_cash } => {
                let id = self.invoices.get(invoice).copied();
                let body = json!({ "date": "2026-12-01", "amount": amount(minor), "provider": way(is_cash), "invoiceId": id });
                let payment = self.payment(&body).unwrap();
                self.take(invoice, &payment);
            }
            Step::PayWithout { minor, is_cash } => {
                let body = json!({ "date": "2026-12-01", "amount": amount(minor), "provider": way(is_cash) });
                let payment = self.payment(&body).unwrap();
                self.loose.push(payment.id.0);
                self.keep(RecordKind::Payment, payment.id.0, Some(serde_json::to_value(&payment).unwrap()));
            }
            Step::Refund { invoice, minor } => {
                if let Some(refund) = self.refund(invoice, &json!({ "amount": amount(minor) })) {
                    self.take(invoice, &refund);
                }
            }
            Step::RefundTwiceAtOnce { invoice } => {
                // Both are decided on the same state; the second finds what the first has left.
                let body = json!({});
                let both = [self.refund(invoice, &body), self.refund(invoice, &body)];
                let done = both.into_iter().flatten().filter(|refund| self.take(invoice, refund)).count();
                assert!(done <= 1, "{done}");
            }
            Step::Void(at) => {
                let day = "2026-12-03".parse().unwrap();
                if let Some(Ok(invoice)) = self.invoice(at).map(|invoice| invoice.void(day, NOW)) {
                    self.put(&invoice);
                }
            }
            Step::Undo(at) => {
                if let Some(id) = self.loose.get(at).copied() {
                    self.keep(RecordKind::Payment, id, None);
                }
            }
            Step::Close { counted } => {
                let tenant = TenantId(Uuid::from_u128(1));
                let day = "2026-12-04".parse().unwrap();
                if self.records.contains_key(&("till", Closing::id_of(tenant, day))) || self.cash() < 0 {
                    return;
                }
                let body = json!({ "date": "2026-12-04", "counted": amount(counted), "reason": "Сдача" });
                let count = Count::from_json(body.as_object().unwrap(), Currency::RUB, day).unwrap();
                let zero = Money::rub(0);
                let figures = Figures { opening: Money::rub(self.cash()), came: zero, went: zero };
                let closing = count.close(tenant, figures, NOW).unwrap();
                self.keep(RecordKind::Till, closing.id, Some(serde_json::to_value(&closing).unwrap()));
                assert_eq!(self.cash(), counted, "after the closing lies there what was counted");
            }
            Step::Again(at) => {
                // Written once more as it is: by a repeated message, or by the catching up of a new version.
                let record = self.records.iter().nth(at).map(|((kind, id), body)| (*kind, *id, body.clone()));
                if let Some((kind, id, body)) = record {
                    let before = self.ledger.len();
                    let kind = KINDS.into_iter().find(|known| known.as_str() == kind).unwrap();
                    self.keep(kind, id, Some(body));
                    assert_eq!(self.ledger.len(), before, "nothing is posted twice");
                }
            }
        }
    }

    fn check(&self) {
        let balances = balances(&self.ledger);
        assert_eq!(balances.values().sum::<i128>(), 0, "the books balance");
        assert!(
            self.ledger.iter().all(|posting| posting.amount.minor() > 0 && posting.debit != posting.credit)
        );
        let of = |account| balances.get(&(account, Currency::RUB)).copied().unwrap_or(0);
        let (mut owed, mut refunded) = (0, 0);
        for at in 0..self.invoices.len() {
            let invoice = self.invoice(at).unwrap();
            let minor = |number| i128::from(invoice.money(number).unwrap().minor());
            assert!(minor(&invoice.refunded) <= minor(&invoice.paid), "more was given back than was taken");
            assert!(minor(&invoice.paid) <= minor(&invoice.payable));
            let about: Vec<&Posting> =
                self.ledger.iter().filter(|posting| posting.invoice_id == Some(invoice.id)).collect();
            let mine = super::balances(about);
            let receivable = mine.get(&(Account::Receivable, Currency::RUB)).copied().unwrap_or(0);
            let should =
                if invoice.status.is_owed() { minor(&invoice.payable) - minor(&invoice.paid) } else { 0 };
            assert_eq!(receivable, should, "{:?}", invoice.status);
            if matches!(
                invoice.status,
                InvoiceStatus::Draft | InvoiceStatus::Sent | InvoiceStatus::PartlyPaid
            ) {
                assert_eq!(minor(&invoice.due), minor(&invoice.payable) - minor(&invoice.paid));
            }
            owed += should;
            refunded += minor(&invoice.refunded);
        }
        assert_eq!(of(Account::Receivable), owed);
        let payments: Vec<Payment> = self
            .records
            .iter()
            .filter(|((kind, _), _)| *kind == "payment")
            .map(|(_, body)| serde_json::from_value(body.clone()).unwrap())
            .collect();
        let sum = |is_meant: &dyn Fn(&Payment) -> bool| -> i128 {
            let meant = payments.iter().filter(|payment| is_meant(payment));
            meant.map(|payment| i128::from(payment.money().unwrap().minor())).sum()
        };
        assert_eq!(of(Account::Money("transfer".into())), sum(&|payment| payment.provider == "transfer"));
        assert_eq!(of(Account::cash()) + of(Account::Difference), sum(&|payment| payment.provider == "cash"));
        let back = sum(&|payment| payment.kind == "refund");
        assert_eq!(of(Account::Refunds), -back);
        let back_on_invoices = sum(&|payment| payment.kind == "refund" && payment.invoice_id.is_some());
        assert_eq!(refunded, -back_on_invoices);
    }
}

proptest! {
    #[test]
    fn the_books_balance_after_any_sequence(steps in prop::collection::vec(step(), 1..40)) {
        let mut books = Books::default();
        for step in steps {
            books.run(step);
            books.check();
        }
    }

    #[test]
    fn an_account_reads_back_as_written(provider in "[a-z/]{1,12}") {
        let plain = [Account::Receivable, Account::Income, Account::Tips, Account::Refunds, Account::Difference];
        for account in plain.into_iter().chain([Account::Money(provider)]) {
            prop_assert_eq!(account.to_string().parse(), Ok(account));
        }
    }
}

#[test]
fn a_withdrawn_invoice_is_taken_back_on_the_day_it_was_withdrawn() {
    let mut books = Books::default();
    books.run(Step::Write { price: 1_000, tip: 200, discount: 0 });
    books.run(Step::Send(0));
    books.run(Step::Void(0));
    let lines: Vec<String> = books
        .ledger
        .iter()
        .map(|line| format!("{} {} < {} {}", line.day, line.debit, line.credit, line.amount))
        .collect();
    assert_eq!(
        lines,
        [
            "2026-12-01 receivable < income 10.00 RUB",
            "2026-12-01 receivable < tips 2.00 RUB",
            "2026-12-03 income < receivable 10.00 RUB",
            "2026-12-03 tips < receivable 2.00 RUB",
        ]
    );
}

#[test]
fn what_cannot_be_read_is_posted_by_nobody() {
    let id = Uuid::from_u128(1);
    let body = json!({ "amount": "much" });
    assert_eq!(of_record("payment", id, Some(&body)), []);
    assert_eq!(of_record("service", id, Some(&body)), []);
    assert_eq!(of_record("payment", id, None), []);
}
