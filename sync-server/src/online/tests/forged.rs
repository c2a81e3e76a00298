//! Notifications that come twice, out of order, late, or from somebody else (RELIABILITY S4): one effect or none.

use std::collections::BTreeMap;

use domain::ids::OnlinePaymentId;
use domain::money::Money;

use super::*;
use crate::yookassa::{IdempotenceKey, NewPayment};

#[tokio::test]
async fn twice_backwards_and_a_year_late_have_one_effect() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Imperium, SHOP).await;
    let _working = bench.work().await;
    let told = json!({ "held": true, "doubled": true, "reversed": true });
    bench.stage.steer("yookassa/notify", &told).await;
    let mut links = Vec::new();
    for at in 1..=6 {
        let invoice = anna.invoice(f64::from(at) * 100.0).await;
        let path = format!("/invoices/{}/payment-link", text(&invoice["id"]));
        let link = anna.caller.post(&path, json!({ "hold": at % 2 == 0 })).await.expect(201);
        anna.payer(&link, "pay").await;
        links.push(link);
    }
    // Holds are taken in the provider's cabinet, so both events wait there.
    let client = Yookassa::new(&bench.stage.api(), PATIENCE).unwrap();
    let who = Credentials { shop: SHOP.to_owned(), key: KEY.into() };
    for link in links.iter().filter(|link| link["hold"] == true) {
        let key = IdempotenceKey::new(&format!("c-{}", text(&link["id"]))).unwrap();
        client.capture(&who, &key, text(&link["providerPaymentId"]), None, None).await.unwrap();
    }
    bench.stage.steer("yookassa/notify", &json!({ "held": false })).await;
    for link in &links {
        anna.until_status(link, "succeeded").await;
    }
    bench.server.clock().advance(SignedDuration::from_hours(24 * 365));
    let notices = bench.stage.client.get(format!("{}/control/yookassa/notifications", bench.stage.address));
    let notices: Json = notices.send().await.unwrap().json().await.unwrap();
    let notices = notices.as_array().unwrap();
    assert_eq!(notices.len(), 18, "nine events, each twice");
    let hook = anna.hook().await;
    for notice in notices {
        let body = &notice["body"];
        anna.tell(&hook, text(&body["event"]), body["object"].clone()).await.expect(200);
    }
    while bench.jobs("online.look").await > 0 {
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(bench.server.count("records where kind = 'payment'").await, 6);
    assert_eq!(bench.server.count("online_events").await, 9, "each is kept once");
    assert_eq!((anna.books().await, anna.provider().await), (210_000, 210_000));
    assert_eq!(bench.server.count("online_payments where trouble is not null").await, 0);
}

#[tokio::test]
async fn what_nobody_paid_is_paid_by_no_notification() {
    let bench = Bench::start().await;
    let [anna, olga] =
        [bench.master("anna", Plan::Ivory, SHOP).await, bench.master("olga", Plan::Ivory, "200700").await];
    let _working = bench.work().await;
    let [link, other] = [anna.link(100.0).await, olga.link(100.0).await];
    let [hook, others] = [anna.hook().await, olga.hook().await];
    let claim = |link: &Json, id: &Json| {
        json!({ "id": id, "status": "succeeded", "paid": true, "amount": { "value": "100.00", "currency": "RUB" },
                "recipient": { "account_id": SHOP }, "metadata": { "payment_id": link["id"] } })
    };
    // She has paid Olga, and Olga's payment is shown to Anna, and the other way round.
    olga.payer(&other, "pay").await;
    olga.until_status(&other, "succeeded").await;
    let forged = [
        (&hook, "payment.succeeded", claim(&link, &link["providerPaymentId"])),
        (&hook, "payment.canceled", claim(&link, &link["providerPaymentId"])),
        (&hook, "payment.succeeded", claim(&link, &json!("2f1c7a10-000f-5001-8000-1b2c3d4e5f60"))),
        (&hook, "payment.succeeded", claim(&link, &other["providerPaymentId"])),
        (&others, "payment.succeeded", claim(&link, &link["providerPaymentId"])),
        (&hook, "refund.succeeded", json!({ "id": "r-1", "payment_id": link["providerPaymentId"] })),
        (&hook, "refund.succeeded", json!({ "id": "r-2", "payment_id": other["providerPaymentId"] })),
        (&hook, "deal.closed", json!({ "id": "d-1" })),
    ];
    for (hook, event, object) in forged {
        anna.tell(hook, event, object).await.expect(200);
    }
    while bench.jobs("online.look").await > 0 {
        sleep(Duration::from_millis(20)).await;
    }
    let now = anna.read(&link).await;
    assert_eq!((&now["status"], &now["trouble"]), (&json!("pending"), &Json::Null));
    assert_eq!((anna.books().await, olga.books().await), (0, 10_000));

    // Somewhere else, under another name, of something else, or not at all.
    let path = hook.split_once("/api/v1").unwrap().1.to_owned();
    let wrong = format!("{}0", &path[..path.len() - 1]);
    let wrong = if wrong == path { format!("{}1", &path[..path.len() - 1]) } else { wrong };
    let nobody = bench.server.anonymous();
    let body = json!({ "type": "notification", "event": "payment.succeeded", "object": { "id": "x" } });
    for (path, status) in [
        (wrong.as_str(), 404),
        ("/payments/yookassa/webhook", 404),
        ("/payments/yookassa/webhook/short", 404),
        (path.as_str(), 200),
    ] {
        assert_eq!(nobody.post(path, body.clone()).await.status, status, "{path}");
    }
    for bad in
        [json!({}), json!([]), json!({ "type": "x", "event": "payment.succeeded", "object": { "id": "x" } })]
    {
        assert_eq!(nobody.post(&path, bad).await.status, 400);
    }
    let long =
        json!({ "type": "notification", "event": "payment.succeeded", "object": { "id": "x".repeat(101) } });
    assert_eq!(nobody.post(&path, long).await.status, 400);
    let stored = bench.server.everything_stored().await;
    assert!(!stored.contains("account_id"), "what they told us is sealed");
}

#[tokio::test]
async fn nobody_else_s_address_is_listened_to() {
    let bench = Bench::start_as(|client| Online::new(client, None, "185.71.76.0/27".parse().unwrap())).await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let link = anna.link(100.0).await;
    let answer = anna.tell(&anna.hook().await, "payment.succeeded", json!({ "id": "x" })).await;
    assert_eq!((answer.status, answer.code()), (404, "not_found"));
    // A proxy of ours may say from where it came.
    let path = anna.hook().await.split_once("/api/v1").unwrap().1.to_owned();
    let body = json!({ "type": "notification", "event": "payment.succeeded", "object": { "id": "x" } });
    let told = |from| bench.server.anonymous().header("x-forwarded-for", from);
    assert_eq!(told("185.71.76.5").post(&path, body.clone()).await.status, 200);
    assert_eq!(told("185.71.76.32").post(&path, body).await.status, 404);
    // Without a notification the sweep finds out.
    anna.payer(&link, "pay").await;
    bench.later(SignedDuration::from_mins(5)).await;
    anna.until_status(&link, "succeeded").await;
}

#[tokio::test]
async fn another_sum_or_another_payment_under_our_name_writes_nothing_and_somebody_looks() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    bench.mood("500").await;
    let link = anna.link(100.0).await;
    assert_eq!(link["providerPaymentId"], Json::Null);
    bench.mood("ok").await;
    // Whoever has the key of her shop makes a payment of one rouble there that says it is ours.
    let client = Yookassa::new(&bench.stage.api(), PATIENCE).unwrap();
    let who = Credentials { shop: SHOP.to_owned(), key: KEY.into() };
    let cheap = NewPayment {
        amount: Money::rub(100),
        is_taken_at_once: true,
        return_url: "https://crm.example".to_owned(),
        description: String::new(),
        metadata: BTreeMap::from([("payment_id".to_owned(), text(&link["id"]).to_owned())]),
        receipt: None,
        is_method_saved: false,
        method: None,
    };
    let made = client.create(&who, &IdempotenceKey::new("cheap").unwrap(), &cheap).await.unwrap();
    bench.stage.steer(&format!("yookassa/payments/{}/pay", made.id), &json!({})).await;
    let now = anna.until(&link, |now| now["trouble"] == "other_amount").await;
    assert_eq!((&now["status"], anna.books().await), (&json!("pending"), 0));
    assert_eq!(bench.server.count("records where kind = 'payment'").await, 0);
    let id: OnlinePaymentId = text(&link["id"]).parse().unwrap();
    assert_eq!(anna.caller.get("/integrations/yookassa").await.expect(200)["attention"], 1, "{id}");
}

#[tokio::test]
async fn what_was_given_back_in_the_cabinet_is_shown() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let link = anna.link(100.0).await;
    anna.payer(&link, "pay").await;
    anna.until_status(&link, "succeeded").await;
    let client = Yookassa::new(&bench.stage.api(), PATIENCE).unwrap();
    let who = Credentials { shop: SHOP.to_owned(), key: KEY.into() };
    let refund = crate::yookassa::NewRefund {
        payment: text(&link["providerPaymentId"]).to_owned(),
        amount: Money::rub(4_000),
        description: None,
        receipt: None,
    };
    client.give_back(&who, &IdempotenceKey::new("cabinet").unwrap(), &refund).await.unwrap();
    anna.until(&link, |now| now["trouble"] == "refunded_elsewhere").await;
}
