//! What may be asked for, and sums that neither lose nor make a kopeck.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::appointments::Status;
use crate::errors::FieldProblem;
use crate::invoices::Invoice;
use crate::money::{Currency, Money};
use crate::settings::{CancelRule, DepositMode, DepositRule};

fn invoice(items: &[(&str, i64)], status: &str, due: i64) -> Invoice {
    let number = |minor: i64| Money::rub(minor).to_json_number();
    let items: Vec<_> = items
        .iter()
        .map(|(kind, minor)| {
            json!({ "kind": kind, "name": "А", "serviceId": null, "quantity": 1, "price": number(*minor), "amount": number(*minor) })
        })
        .collect();
    serde_json::from_value(json!({
        "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b8", "number": 17, "status": status, "clientId": null, "appointmentId": null,
        "items": items, "total": 0, "discount": 0, "payable": number(due), "paid": 0, "refunded": 0, "due": number(due),
        "currency": "RUB", "date": "2026-12-01", "dueDate": null, "payments": [], "sentAt": null, "voidedOn": null,
        "createdAt": "2026-12-01T08:59:00Z", "updatedAt": "2026-12-01T09:30:00Z",
    }))
    .unwrap()
}

#[test]
fn a_link_asks_for_what_no_other_link_asks_for() {
    let owed = invoice(&[("service", 250_000)], "sent", 250_000);
    let ask = |open, amount: Option<i64>| may_ask(&owed, Money::rub(open), amount.map(Money::rub));
    assert_eq!(ask(0, None), Ok(Money::rub(250_000)));
    assert_eq!(ask(100_000, None), Ok(Money::rub(150_000)));
    assert_eq!(ask(0, Some(100_050)), Ok(Money::rub(100_050)));
    assert_eq!(ask(0, Some(250_001)), Err(Refusing::TooMuch));
    assert_eq!(ask(100_000, Some(150_001)), Err(Refusing::Asked));
    assert_eq!(ask(250_000, None), Err(Refusing::Asked));
    for status in ["void", "paid", "refunded"] {
        let closed = may_ask(&invoice(&[("service", 100)], status, 0), Money::rub(0), None);
        assert!(matches!(closed, Err(Refusing::Closed(_))), "{status}");
    }
    let mut foreign = owed.clone();
    foreign.currency = "EUR".to_owned();
    assert_eq!(may_ask(&foreign, Money::rub(0), None), Err(Refusing::OtherCurrency));
}

#[test]
fn a_hold_lasts_a_week_and_no_longer() {
    let now: jiff::Timestamp = "2026-12-01T09:00:00Z".parse().unwrap();
    let hold = |asked, days: i64| {
        let starts = now + jiff::SignedDuration::from_hours(24 * days);
        may_hold(asked, Some(starts), now).map_err(|errors| errors.get("hold"))
    };
    assert_eq!((hold(None, 7), hold(None, 8)), (Ok(true), Ok(false)));
    assert_eq!((hold(Some(true), 7), hold(Some(false), 1)), (Ok(true), Ok(false)));
    assert_eq!(hold(Some(true), 21), Err(Some(FieldProblem::OutOfRange)));
    assert_eq!(may_hold(None, None, now), Ok(false));
}

#[test]
fn a_deposit_is_what_she_says_or_what_the_rule_says_and_never_more_than_the_visit() {
    let rule = |mode, amount: Option<i64>, percent, new_clients_only| DepositRule {
        effective_from: "2026-01-01".parse().unwrap(),
        mode,
        amount: amount.map(|minor| Money::rub(minor).to_json_number()),
        percent,
        new_clients_only,
    };
    let fixed = rule(DepositMode::Fixed, Some(50_000), None, false);
    let third = rule(DepositMode::Percent, None, Some(33), true);
    let ask = |asked: Option<i64>, rule: Option<&DepositRule>, price: Option<i64>, is_new| {
        deposit(asked.map(Money::rub), rule, price.map(Money::rub), is_new, Currency::RUB)
            .map(Money::minor)
            .map_err(|errors| errors.get("amount"))
    };
    assert_eq!(ask(None, Some(&fixed), Some(250_000), false), Ok(50_000));
    assert_eq!(ask(None, Some(&fixed), Some(40_000), false), Ok(40_000));
    assert_eq!(ask(None, Some(&third), Some(250_050), true), Ok(82_517));
    assert_eq!(ask(None, Some(&third), Some(250_050), false), Err(Some(FieldProblem::Required)));
    assert_eq!(ask(None, Some(&third), None, true), Err(Some(FieldProblem::Required)));
    assert_eq!(ask(None, None, Some(250_000), true), Err(Some(FieldProblem::Required)));
    assert_eq!(ask(Some(100), None, None, true), Ok(100));
    assert_eq!(ask(Some(250_001), Some(&fixed), Some(250_000), true), Err(Some(FieldProblem::OutOfRange)));
}

#[test]
fn work_that_was_done_is_hers_and_of_a_visit_called_off_what_the_rule_leaves_her() {
    let starts: jiff::Timestamp = "2026-12-10T09:00:00Z".parse().unwrap();
    let rule = CancelRule {
        effective_from: "2026-01-01".parse().unwrap(),
        free_until_hours: 24,
        late_fee_percent: 10,
        no_show_fee_percent: 100,
    };
    let of = |status, rule: Option<&CancelRule>, hours: i64| {
        let off = starts - jiff::SignedDuration::from_hours(hours);
        fate(status, rule, Some(Money::rub(250_000)), Money::rub(50_000), (off, Some(starts)))
    };
    let all = Fate::Keep(Money::rub(50_000));
    assert_eq!(of(Status::Completed, None, 0), all);
    assert_eq!(
        (of(Status::Cancelled, None, 0), of(Status::Cancelled, Some(&rule), 24)),
        (Fate::LetGo, Fate::LetGo)
    );
    assert_eq!(of(Status::Cancelled, Some(&rule), 23), Fate::Keep(Money::rub(25_000)));
    assert_eq!((of(Status::NoShow, Some(&rule), -1), of(Status::NoShow, None, -1)), (all, Fate::Nothing));
    assert_eq!(of(Status::Confirmed, Some(&rule), 5), Fate::Nothing);
    let free = CancelRule { late_fee_percent: 0, ..rule };
    assert_eq!(of(Status::Cancelled, Some(&free), 1), Fate::LetGo);
}

#[test]
fn a_refund_takes_from_one_payment_after_the_other() {
    let left = [('a', Money::rub(100)), ('b', Money::rub(0)), ('c', Money::rub(50))];
    let share = |minor| share_out(&left, Money::rub(minor));
    assert_eq!(share(30), Some(vec![('a', Money::rub(30))]));
    assert_eq!(share(150), Some(vec![('a', Money::rub(100)), ('c', Money::rub(50))]));
    assert_eq!((share(151), share(0)), (None, None));
}

#[test]
fn a_connection_names_its_shop_and_shows_no_key() {
    let read = |value: serde_json::Value| ConnectionEdit::from_json(value.as_object().unwrap());
    let edit = read(json!({ "shop": "100500", "secretKey": "test_k", "receipts": true, "vat": 4 })).unwrap();
    assert_eq!(edit.fiscal, Some(Fiscal { tax_system: None, vat: 4 }));
    assert!(!format!("{edit:?}").contains("test_k"));
    let errors = read(json!({ "shop": "a/b", "secretKey": "с ключом", "vat": 13, "key": 1 })).err().unwrap();
    for (field, problem) in [
        ("shop", FieldProblem::Invalid),
        ("secretKey", FieldProblem::Invalid),
        ("vat", FieldProblem::OutOfRange),
        ("key", FieldProblem::Unknown),
    ] {
        assert_eq!(errors.get(field), Some(problem), "{field}");
    }
    assert_eq!(read(json!({})).err().unwrap().get("shop"), Some(FieldProblem::Required));
}

proptest! {
    #[test]
    fn the_lines_of_a_receipt_come_to_its_amount(
        items in prop::collection::vec(1_i64..1_000_000, 1..20), off in 0_i64..1_000_000, part in 1_i64..=100,
    ) {
        let total: i64 = items.iter().sum();
        let off = off.min(total - 1);
        let amount = ((total - off) * part / 100).max(1);
        let mut all: Vec<(&str, i64)> = items.iter().map(|minor| ("service", *minor)).collect();
        if off > 0 {
            all.push(("discount", off));
        }
        let lines = receipt_lines(&invoice(&all, "sent", total - off), Money::rub(amount));
        prop_assert_eq!(lines.iter().map(|line| line.amount.minor()).sum::<i64>(), amount);
        prop_assert!(lines.iter().all(|line| line.amount.minor() > 0));
    }
}
