//! Examples of invoices. The laws of what is posted about them are in `ledger`.

use serde_json::json;

use super::*;
use crate::api::Refusal;
use crate::errors::{ErrorCode, FieldErrors};
use crate::lang::Lang;
use crate::payments::Payment;
use std::collections::BTreeMap;
use uuid::Uuid;

const NOW: &str = "2026-12-01T09:00:00Z";

fn context(services: &BTreeMap<ServiceId, crate::services::Service>) -> Context<'_> {
    Context {
        id: InvoiceId(Uuid::from_u128(17)),
        number: 17,
        currency: Currency::RUB,
        lang: Lang::Ru,
        today: "2026-12-01".parse().unwrap(),
        now: NOW,
        services,
        visit: None,
        deposits: &[],
    }
}

fn written(body: &serde_json::Value) -> Result<Invoice, FieldErrors> {
    let none = BTreeMap::new();
    NewInvoice::from_json(body.as_object().unwrap(), Currency::RUB)?.write(&context(&none))
}

fn invoice(price: f64) -> Invoice {
    written(&json!({ "items": [{ "name": "Маникюр", "price": price }] })).unwrap()
}

fn paid(id: u128, amount: f64, provider: &str) -> Payment {
    let body = json!({ "date": "2026-12-01", "amount": amount, "provider": provider });
    let id = PaymentId(Uuid::from_u128(id));
    Payment::new_from_json(id, body.as_object().unwrap(), Currency::RUB, NOW).unwrap()
}

fn problems(errors: &FieldErrors) -> serde_json::Value {
    serde_json::to_value(errors).unwrap()
}

#[test]
fn total_discount_and_payable_follow_from_the_items() {
    let invoice = written(&json!({ "dueDate": "2026-12-01", "items": [
        { "name": "Маникюр", "price": 2500, "quantity": 2 },
        { "kind": "product", "name": "Крем", "price": 450.5 },
        { "kind": "tip", "name": "Чаевые", "price": 300 },
        { "kind": "discount", "name": "Скидка", "price": 0.5 },
    ] }))
    .unwrap();
    let figures =
        [&invoice.total, &invoice.discount, &invoice.payable, &invoice.due].map(ToString::to_string);
    assert_eq!(figures, ["5750.5", "0.5", "5750", "5750"]);
    assert_eq!((invoice.status, invoice.tips().unwrap().minor()), (InvoiceStatus::Draft, 30_000));
    assert!(invoice.is_sound());
    assert!(!Invoice { payable: 1.into(), ..invoice }.is_sound());
}

#[test]
fn what_cannot_be_is_told_all_at_once() {
    let errors = written(&json!({ "dueDate": "soon", "currency": "EUR", "extra": 1, "items": [
        { "price": 1.005 }, { "name": "Б", "price": 0 }, { "kind": "gift", "name": "В", "price": -1, "quantity": 0 },
    ] }))
    .unwrap_err();
    assert_eq!(
        problems(&errors),
        json!({
            "currency": "other_currency", "dueDate": "invalid", "extra": "unknown",
            "items.0.name": "required", "items.0.price": "too_precise", "items.1.price": "out_of_range",
            "items.2.kind": "invalid", "items.2.price": "out_of_range", "items.2.quantity": "out_of_range",
        })
    );
    assert_eq!(problems(&written(&json!({})).unwrap_err()), json!({ "items": "required" }));
    let late = json!({ "dueDate": "2026-11-30", "items": [{ "name": "А", "price": 1 }] });
    assert_eq!(problems(&written(&late).unwrap_err()), json!({ "dueDate": "out_of_range" }));
    let unknown = json!({ "items": [{ "serviceId": Uuid::from_u128(3), "price": 5 }] });
    assert_eq!(problems(&written(&unknown).unwrap_err()), json!({ "items.0.serviceId": "unknown" }));
}

#[test]
fn a_discount_takes_off_at_most_the_work_and_never_all_and_never_the_tip() {
    for (discount, tip) in [(100.01, 0.0), (100.0, 0.0), (100.01, 500.0)] {
        let mut items = vec![
            json!({ "name": "А", "price": 100 }),
            json!({ "kind": "discount", "name": "Скидка", "price": discount }),
        ];
        if tip > 0.0 {
            items.push(json!({ "kind": "tip", "name": "Чаевые", "price": tip }));
        }
        let errors = written(&json!({ "items": items })).unwrap_err();
        assert_eq!(problems(&errors), json!({ "items": "out_of_range" }), "{discount} {tip}");
    }
    let huge = json!({ "items": [{ "name": "А", "price": 900_000_000_000_i64, "quantity": 1000 }] });
    assert_eq!(problems(&written(&huge).unwrap_err())["items.0.price"], "out_of_range");
}

#[test]
fn it_goes_from_draft_over_sent_and_partly_paid_to_paid_and_refunded() {
    let invoice = invoice(2500.0);
    let sent = invoice.send(NOW).unwrap();
    assert_eq!(sent.status, InvoiceStatus::Sent);
    let part = sent.take(&paid(1, 1000.0, "cash"), NOW).unwrap();
    assert_eq!((part.status, part.due.to_string()), (InvoiceStatus::PartlyPaid, "1500".into()));
    assert_eq!(part.clone().take(&paid(1, 1000.0, "cash"), NOW).unwrap(), part, "the same payment again");
    let all = part.take(&paid(2, 1500.0, "transfer"), NOW).unwrap();
    assert_eq!((all.status, all.due.to_string()), (InvoiceStatus::Paid, "0".into()));
    let some = all.take(&paid(3, -500.0, "cash"), NOW).unwrap();
    assert_eq!(
        (some.status, some.refunded.to_string(), some.due.to_string()),
        (InvoiceStatus::Paid, "500".into(), "0".into())
    );
    let none = some.take(&paid(4, -2000.0, "transfer"), NOW).unwrap();
    assert_eq!(none.status, InvoiceStatus::Refunded);
    assert!(none.is_sound());
    assert_eq!(none.take(&paid(5, 1.0, "cash"), NOW), Err(InvoiceError::Closed(InvoiceStatus::Refunded)));
}

#[test]
fn nobody_pays_too_much_in_another_currency_or_on_what_is_closed() {
    let open = invoice(100.0);
    assert_eq!(open.clone().take(&paid(1, 100.01, "cash"), NOW), Err(InvoiceError::TooMuch));
    let mut euro = paid(1, 1.0, "cash");
    euro.currency = "EUR".to_owned();
    assert_eq!(open.clone().take(&euro, NOW), Err(InvoiceError::OtherCurrency));
    let void = open.clone().void("2026-12-02".parse().unwrap(), NOW).unwrap();
    assert_eq!((void.status, void.due.to_string()), (InvoiceStatus::Void, "0".into()));
    assert_eq!(void.clone().void("2026-12-03".parse().unwrap(), NOW).unwrap(), void, "once is enough");
    assert_eq!(void.clone().take(&paid(1, 1.0, "cash"), NOW), Err(InvoiceError::Closed(InvoiceStatus::Void)));
    assert_eq!(void.send(NOW), Err(InvoiceError::Closed(InvoiceStatus::Void)));
    let full = open.take(&paid(1, 100.0, "cash"), NOW).unwrap();
    assert_eq!(full.clone().take(&paid(2, 1.0, "cash"), NOW), Err(InvoiceError::Closed(InvoiceStatus::Paid)));
    assert_eq!(full.void("2026-12-02".parse().unwrap(), NOW), Err(InvoiceError::HasPayments));
    let refusal = Refusal::from(InvoiceError::Closed(InvoiceStatus::Void));
    assert_eq!(
        (refusal.code, refusal.details),
        (ErrorCode::InvoiceClosed, Some(json!({ "status": "void" })))
    );
}

#[test]
fn given_back_is_what_was_taken_and_by_the_way_it_came() {
    let today = "2026-12-05".parse().unwrap();
    let back = |body: &serde_json::Value| Refund::from_json(body.as_object().unwrap(), Currency::RUB);
    let open = invoice(1000.0);
    assert_eq!(
        back(&json!({})).unwrap().as_payment(&open, today),
        Err(InvoiceError::Closed(InvoiceStatus::Draft)),
        "nothing was taken"
    );
    let both =
        open.take(&paid(1, 400.0, "cash"), NOW).unwrap().take(&paid(2, 600.0, "yookassa"), NOW).unwrap();
    let all = back(&json!({ "reason": "Не понравилось" })).unwrap().as_payment(&both, today).unwrap();
    assert_eq!(
        (&all["amount"], &all["provider"], &all["date"]),
        (&json!(-400), &json!("cash"), &json!("2026-12-05"))
    );
    assert_eq!(both.clone().take(&paid(3, -400.01, "cash"), NOW), Err(InvoiceError::OfProvider));
    assert_eq!(both.clone().take(&paid(3, -1000.01, "cash"), NOW), Err(InvoiceError::TooMuch));
    assert_eq!(both.clone().take(&paid(3, -600.01, "yookassa"), NOW), Err(InvoiceError::OfProvider));
    let left = both.take(&paid(3, -400.0, "cash"), NOW).unwrap();
    assert_eq!(back(&json!({})).unwrap().as_payment(&left, today), Err(InvoiceError::OfProvider));
    assert_eq!(left.take(&paid(4, -600.0, "yookassa"), NOW).unwrap().status, InvoiceStatus::Refunded);
    let errors = back(&json!({ "amount": 0, "provider": "barter", "date": "x", "more": 1 })).unwrap_err();
    assert_eq!(
        problems(&errors),
        json!({ "amount": "out_of_range", "date": "invalid", "more": "unknown", "provider": "invalid" })
    );
}
