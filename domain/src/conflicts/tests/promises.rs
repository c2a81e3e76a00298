//! A visit that is another than was promised: by example.

use std::collections::BTreeMap;

use serde_json::{Map, json};
use uuid::Uuid;

use super::calendars::visit;
use crate::Projection;
use crate::appointments::{AppointmentRow, CONFIRMATION, DEPOSIT, Promise, Promises, REMINDER};
use crate::conflicts::{Conflict, Detail, Kind, Names, Offer, tell, whole};
use crate::ids::AppointmentId;
use crate::lang::Lang;
use crate::money::{Currency, Money};

const VISIT: Uuid = Uuid::from_u128(1);

fn row(hour: &str, status: &str) -> AppointmentRow {
    visit(&json!({
        "time": format!("2026-12-01T{hour}[Europe/Moscow]/PT60M"),
        "events": [{ "id": "1", "type": status, "at": 0, "after": [] }],
    }))
}

fn sent(kind: &str, hour: &str) -> Promise {
    Promise {
        cause: Uuid::new_v5(&Uuid::nil(), format!("{kind}{hour}").as_bytes()),
        kind: kind.to_owned(),
        at: "2026-11-22T10:00:00Z".to_owned(),
        time: Some(format!("2026-12-01T{hour}[Europe/Moscow]/PT60M")),
        off: false,
        amount: (kind == DEPOSIT).then(|| "100000 RUB".to_owned()),
    }
}

fn found(row: AppointmentRow, sent: Vec<Promise>) -> Option<Conflict> {
    let all = sent
        .into_iter()
        .fold(None, |all: Option<Promises>, promise| Promises::with(all, AppointmentId(VISIT), promise));
    let promises: BTreeMap<Uuid, Promises> = all.into_iter().map(|all| (VISIT, all)).collect();
    let rows = BTreeMap::from([(VISIT, Projection::Appointments(Box::new(row)))]);
    let all = whole(rows.iter().map(|(id, row)| (*id, row)), &BTreeMap::new(), &promises);
    let found: Vec<Conflict> = all.into_values().collect();
    assert!(found.len() < 2, "{found:?}");
    found.into_iter().next().inspect(|conflict| assert_eq!(conflict.kind, Kind::ChangedAfterPromise))
}

fn words(row: AppointmentRow, sent: Vec<Promise>) -> [String; 2] {
    let conflict = found(row.clone(), sent).expect("a conflict");
    let rows = BTreeMap::from([(VISIT, Projection::Appointments(Box::new(row)))]);
    let offer = Offer { rows, free: BTreeMap::new() };
    [Lang::Ru, Lang::En].map(|lang| tell(&conflict, &offer, &Names::default(), lang).title)
}

#[test]
fn a_visit_that_is_as_it_was_promised_is_no_conflict() {
    assert_eq!(found(row("10:00", "booked"), vec![]), None);
    assert_eq!(found(row("10:00", "confirmed"), vec![sent(DEPOSIT, "10:00"), sent(REMINDER, "10:00")]), None);
    // It may take longer than was thought.
    let mut longer = row("10:00", "booked");
    longer.time = Some("2026-12-01T10:00[Europe/Moscow]/PT120M".to_owned());
    assert_eq!(found(longer, vec![sent(REMINDER, "10:00")]), None);
    // What is over is over.
    assert_eq!(found(row("12:00", "completed"), vec![sent(DEPOSIT, "10:00")]), None);
}

#[test]
fn moved_after_a_deposit_a_reminder_or_a_confirmation_it_is_one_until_the_client_was_told_anew() {
    for kind in [DEPOSIT, REMINDER, CONFIRMATION] {
        let conflict = found(row("12:00", "booked"), vec![sent(kind, "10:00")]).expect("a conflict");
        assert!(matches!(conflict.detail, Detail::Promised { time: Some(_), .. }), "{conflict:?}");
        let told_anew = vec![sent(kind, "10:00"), sent(REMINDER, "12:00")];
        assert_eq!(found(row("12:00", "booked"), told_anew), None);
    }
    let [russian, english] =
        words(row("12:00", "booked"), vec![sent(DEPOSIT, "10:00"), sent(REMINDER, "10:00")]);
    assert!(
        russian.contains("перенесён") && russian.contains("1\u{a0}000") && russian.contains("напоминание"),
        "{russian}"
    );
    assert!(
        english.contains("10:00") && english.contains("deposit") && english.contains("reminder"),
        "{english}"
    );
}

#[test]
fn off_after_a_deposit_it_is_one_until_the_money_is_given_back() {
    let paid = sent(DEPOSIT, "10:00");
    let conflict = found(row("10:00", "cancelled"), vec![paid.clone()]).expect("a conflict");
    assert!(matches!(conflict.detail, Detail::Promised { time: None, deposit: Some(_), .. }), "{conflict:?}");
    // A message that it is off is no money.
    let told = Promise { off: true, ..sent(CONFIRMATION, "10:00") };
    assert!(found(row("10:00", "cancelled"), vec![paid.clone(), told.clone()]).is_some());
    assert_eq!(found(row("10:00", "cancelled"), vec![sent(REMINDER, "10:00"), told]), None);
    let back = Promise { amount: Some("-100000 RUB".to_owned()), off: true, ..sent(DEPOSIT, "09:00") };
    assert_eq!(found(row("10:00", "cancelled"), vec![paid, back]), None);
    let [russian, english] = words(row("10:00", "cancelled"), vec![sent(DEPOSIT, "10:00")]);
    assert!(russian.contains("отменён") && english.contains("is off"), "{russian} {english}");
}

#[test]
fn what_she_saw_when_she_took_the_money_counts_and_not_what_the_server_knows_by_then() {
    let amount = Money::from_stored("50000 RUB").expect("money");
    let of = |row: &AppointmentRow, metadata: serde_json::Value| {
        let metadata: Map<_, _> = metadata.as_object().expect("an object").clone();
        Promise::of_payment(row, (Uuid::from_u128(5), amount, "2026-11-22T10:00:00Z"), &metadata)
    };
    let moved = row("12:00", "booked");
    let seen = json!({ "visitTime": "2026-12-01T10:00[Europe/Moscow]/PT60M", "visitOff": false });
    assert_eq!(
        of(&moved, seen).expect("a promise").time.as_deref(),
        Some("2026-12-01T10:00[Europe/Moscow]/PT60M")
    );
    for unsaid in [json!({}), json!({ "visitTime": "soon" })] {
        assert_eq!(of(&moved, unsaid).expect("a promise").time, moved.time);
    }
    assert_eq!(of(&moved, json!({ "importHash": "a1" })), None, "the past of another program");
    assert_eq!(of(&row("12:00", "completed"), json!({})), None);
    assert_eq!(amount.currency(), Currency::RUB);
}
