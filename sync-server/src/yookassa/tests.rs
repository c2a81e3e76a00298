//! Against the emulator: every state, every mood, and nothing in the log that must not be there.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::money::Money;
use domain::yookassa::{PaymentStatus, RefundStatus};
use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::config::LogFormat;
use crate::emulators::testing::Stage;
use crate::logging::tests::Recorded;

const SECRET: &str = "test_verysecret";

fn client(stage: &Stage) -> Yookassa {
    Yookassa::new(&stage.api(), PATIENCE).unwrap()
}

fn who() -> Credentials {
    Credentials { shop: "100500".to_owned(), key: SECRET.into() }
}

fn key(text: &str) -> IdempotenceKey {
    IdempotenceKey::new(text).unwrap()
}

fn wanted(minor: i64, is_taken_at_once: bool) -> NewPayment {
    NewPayment {
        amount: Money::rub(minor),
        is_taken_at_once,
        return_url: "https://crm.example/back".to_owned(),
        description: "Залог, Ольга".to_owned(),
        metadata: BTreeMap::from([("payment_id".to_owned(), "p_1".to_owned())]),
        receipt: Some(Receipt {
            email: None,
            phone: Some("+79161234567".to_owned()),
            tax_system: Some(2),
            items: vec![ReceiptItem {
                description: "Маникюр".to_owned(),
                quantity: 1,
                price: Money::rub(minor),
                vat: 1,
                subject: "service",
                mode: "partial_prepayment",
            }],
        }),
        is_method_saved: false,
        method: None,
    }
}

async fn act(stage: &Stage, id: &str, act: &str) {
    stage.steer(&format!("yookassa/payments/{id}/{act}"), &json!({})).await;
}

async fn mood(stage: &Stage, mode: &str) {
    stage.steer("yookassa/mode", &json!({ "mode": mode, "seconds": 3600 })).await;
}

#[tokio::test]
async fn a_payment_is_made_paid_and_given_back_in_parts() {
    let stage = Stage::start().await;
    let (client, who) = (client(&stage), who());
    let made = client.create(&who, &key("k1"), &wanted(150_050, true)).await.unwrap();
    assert_eq!((made.status, made.amount), (PaymentStatus::Pending, Money::rub(150_050)));
    assert!(made.confirmation_url.as_ref().unwrap().starts_with(&stage.address));
    assert_eq!(made.seen("payment_id").ours.as_deref(), Some("p_1"));
    assert_eq!(made.shop.as_deref(), Some("100500"));
    act(&stage, &made.id, "pay").await;
    let paid = client.payment(&who, &made.id).await.unwrap();
    assert_eq!((paid.status, paid.is_refundable, paid.is_test), (PaymentStatus::Succeeded, true, true));
    let refund = |minor| NewRefund {
        payment: made.id.clone(),
        amount: Money::rub(minor),
        description: None,
        receipt: None,
    };
    let first = client.give_back(&who, &key("r1"), &refund(50)).await.unwrap();
    assert_eq!((first.status, first.amount), (RefundStatus::Succeeded, Money::rub(50)));
    client.give_back(&who, &key("r2"), &refund(150_000)).await.unwrap();
    let over = client.give_back(&who, &key("r3"), &refund(1)).await.unwrap_err();
    assert_eq!(over.outcome(), Outcome::Refused);
    let paid = client.payment(&who, &made.id).await.unwrap();
    assert_eq!((paid.refunded, paid.is_refundable), (paid.amount, false));
    assert_eq!(client.refund(&who, &first.id).await.unwrap(), first);
    let all = client.refunds(&who, &Wish { payment: Some(made.id), ..Wish::default() }).await.unwrap();
    assert_eq!(all.items.len(), 2);
}

#[tokio::test]
async fn a_hold_is_taken_in_part_given_back_or_lost() {
    let stage = Stage::start().await;
    let (client, who) = (client(&stage), who());
    let mut held = Vec::new();
    for name in ["k1", "k2", "k3"] {
        let mut wanted = wanted(100_000, false);
        wanted.receipt = None;
        let made = client.create(&who, &key(name), &wanted).await.unwrap();
        act(&stage, &made.id, "pay").await;
        let paid = client.payment(&who, &made.id).await.unwrap();
        assert_eq!(paid.status, PaymentStatus::WaitingForCapture);
        assert!(paid.expires.unwrap() > paid.created);
        held.push(made.id);
    }
    let part = Some(Money::rub(40_000));
    let taken = client.capture(&who, &key("c1"), &held[0], part, None).await.unwrap();
    assert_eq!((taken.status, taken.amount), (PaymentStatus::Succeeded, Money::rub(40_000)));
    let again = client.capture(&who, &key("c1"), &held[0], part, None).await.unwrap();
    assert_eq!(again, taken);
    let gone = client.cancel(&who, &key("c2"), &held[1]).await.unwrap();
    assert_eq!(gone.cancellation.unwrap().reason, "canceled_by_merchant");
    stage.clock.advance(SignedDuration::from_hours(8 * 24));
    let lost = client.payment(&who, &held[2]).await.unwrap();
    assert_eq!(lost.cancellation.unwrap().reason, "expired_on_capture");
    let declined = client.create(&who, &key("k4"), &wanted(100, true)).await.unwrap();
    act(&stage, &declined.id, "decline").await;
    let declined = client.payment(&who, &declined.id).await.unwrap();
    assert_eq!(
        (declined.status, declined.cancellation.unwrap().party),
        (PaymentStatus::Canceled, "payment_network".to_owned())
    );
}

#[tokio::test]
async fn every_mood_has_its_outcome_and_one_key_makes_one_payment_through_all_of_them() {
    let stage = Stage::start().await;
    let (client, who) = (client(&stage), who());
    let hasty = Yookassa::new(&stage.api(), Duration::from_millis(200)).unwrap();
    let wanted = wanted(150_000, true);
    for (mode, outcome) in [
        ("429", Outcome::Retry),
        ("500", Outcome::Unknown),
        ("html", Outcome::Unknown),
        ("down", Outcome::Unknown),
        ("slow", Outcome::Unknown),
        ("lost", Outcome::Unknown),
    ] {
        mood(&stage, mode).await;
        let client = if mode == "slow" { &hasty } else { &client };
        let error = client.create(&who, &key("k1"), &wanted).await.unwrap_err();
        assert_eq!(error.outcome(), outcome, "{mode}: {error}");
        assert_eq!(error.after().is_some(), mode == "429");
    }
    mood(&stage, "ok").await;
    let made = client.create(&who, &key("k1"), &wanted).await.unwrap();
    let all = client.payments(&who, &Wish::default()).await.unwrap();
    assert_eq!(
        all.items.iter().map(|one| &one.id).collect::<Vec<_>>(),
        [&made.id],
        "the lost one is the one"
    );
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_happens_once() {
    let stage = Stage::start().await;
    let (client, who) = (client(&stage), who());
    let made = client.create(&who, &key("k1"), &wanted(150_000, true)).await.unwrap();
    act(&stage, &made.id, "pay").await;
    mood(&stage, "lost").await;
    let refund =
        NewRefund { payment: made.id.clone(), amount: Money::rub(50_000), description: None, receipt: None };
    for _ in 0..3 {
        assert_eq!(
            client.give_back(&who, &key("r1"), &refund).await.unwrap_err().outcome(),
            Outcome::Unknown
        );
    }
    mood(&stage, "ok").await;
    client.give_back(&who, &key("r1"), &refund).await.unwrap();
    assert_eq!(client.payment(&who, &made.id).await.unwrap().refunded, Money::rub(50_000));
}

#[tokio::test]
async fn refusals_say_what_is_wrong_and_nobody_there_is_no_refusal() {
    let stage = Stage::start().await;
    let (client, who) = (client(&stage), who());
    let refusal = |error| match error {
        CallError::Refused(refusal) => (refusal.kind, refusal.status, refusal.parameter),
        other => panic!("{other}"),
    };
    let mut dollars = wanted(100, true);
    dollars.amount = Money::new(100, "USD".parse().unwrap());
    let wrong = client.create(&who, &key("k1"), &dollars).await.unwrap_err();
    assert_eq!(refusal(wrong), (RefusalKind::Invalid, 400, Some("amount.currency".to_owned())));
    let other_body = {
        client.create(&who, &key("k2"), &wanted(100, true)).await.unwrap();
        client.create(&who, &key("k2"), &wanted(200, true)).await.unwrap_err()
    };
    assert_eq!(refusal(other_body), (RefusalKind::Invalid, 400, Some("Idempotence-Key".to_owned())));
    // An id is a part of a path, whatever it contains.
    let odd = client.payment(&who, "../../control/?x=#y").await.unwrap_err();
    assert_eq!(refusal(odd).0, RefusalKind::NotFound);
    let nobody = Credentials { key: "".into(), ..who.clone() };
    assert_eq!(refusal(client.shop(&nobody).await.unwrap_err()).0, RefusalKind::Credentials);
    assert!(client.shop(&who).await.unwrap().test);
    // Port 1 of this machine: nobody listens.
    let away = Yookassa::new("http://127.0.0.1:1/v3", PATIENCE).unwrap();
    assert_eq!(away.shop(&who).await.unwrap_err().outcome(), Outcome::Retry);
    for address in ["http://api.yookassa.ru/v3", "ftp://127.0.0.1", "mailto:a@b", "nothing"] {
        assert!(matches!(Yookassa::new(address, PATIENCE), Err(ClientError::Address)), "{address}");
    }
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let stage = Stage::start().await;
    let (client, who) = (client(&stage), who());
    for number in 1..=5 {
        client.create(&who, &key(&format!("k{number}")), &wanted(number * 100, true)).await.unwrap();
    }
    let (mut sum, mut cursor) = (0, None);
    loop {
        let wish = Wish { cursor, limit: Some(2), ..Wish::default() };
        let page = client.payments(&who, &wish).await.unwrap();
        sum += page.items.iter().map(|one| one.amount.minor()).sum::<i64>();
        let Some(next) = page.next else { break };
        cursor = Some(next);
    }
    assert_eq!(sum, 1500);
}

#[tokio::test]
async fn the_log_says_what_was_asked_and_nothing_that_was_in_it() {
    let stage = Stage::start().await;
    let (client, who) = (client(&stage), who());
    let said = Recorded::default();
    let listening = said.listen(LogFormat::Json);
    let wanted = wanted(150_000, true);
    let made = client.create(&who, &key("secret-key-1"), &wanted).await.unwrap();
    act(&stage, &made.id, "pay").await;
    let paid = client.payment(&who, &made.id).await.unwrap();
    for mode in ["429", "500", "html", "down"] {
        mood(&stage, mode).await;
        let error = client.create(&who, &key("secret-key-1"), &wanted).await.unwrap_err();
        tracing::warn!(?error, "and what a caller says");
    }
    tracing::info!(error = ?(&wanted, &paid, &who, &key("secret-key-1")), "even all of it");
    drop(listening);
    let said = said.text();
    assert!(said.contains("\"route\":\"/payments/{id}\""), "{said}");
    for secret in [SECRET, "secret-key-1", "9161234567", "Ольга", "Маникюр", "555555", "*4444", "Basic "]
    {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
}
