//! Whose shop it is, that its key never comes out, and what happens when it is accepted no more.

use super::*;
use crate::online::Installation;

#[tokio::test]
async fn a_key_goes_in_and_never_comes_out() {
    let bench = Bench::start().await;
    let anna = bench.server.register("anna").await;
    let none = anna.get("/integrations/yookassa").await.expect(200);
    assert_eq!(
        (&none["state"], &none["shop"], &none["webhookUrl"]),
        (&json!("none"), &Json::Null, &Json::Null)
    );
    let answer = anna.act("/integrations/yookassa/check").await;
    assert_eq!((answer.status, answer.code()), (409, "payments_not_connected"));
    let put = async |body: Json| anna.send(Method::PUT, "/integrations/yookassa", Some(body)).await;
    let answer = put(json!({ "shop": SHOP })).await;
    assert_eq!((answer.status, answer.field("secretKey")), (422, "required"));
    let shown = put(json!({ "shop": SHOP, "secretKey": KEY })).await.expect(200);
    assert_eq!(
        (&shown["state"], &shown["source"], &shown["shop"]),
        (&json!("unchecked"), &json!("own"), &json!(SHOP))
    );
    let check = anna.act("/integrations/yookassa/check").await.expect(200);
    assert_eq!((&check["outcome"], &check["test"]), (&json!("works"), &json!(true)));
    let shown = anna.get("/integrations/yookassa").await.expect(200);
    assert_eq!((&shown["state"], &shown["test"]), (&json!("works"), &json!(true)));
    for (mode, outcome) in
        [("401", "refused"), ("429", "busy"), ("500", "unclear"), ("html", "unclear"), ("down", "unclear")]
    {
        bench.mood_for(mode, 1).await;
        let check = anna.act("/integrations/yookassa/check").await.expect(200);
        assert_eq!(check["outcome"], outcome, "{mode}");
    }
    let shown = anna.get("/integrations/yookassa").await.expect(200);
    assert_eq!(shown["state"], "refused");
    // Without a key the one that stands is kept, with what is known of it.
    let shown = put(json!({ "shop": SHOP, "receipts": true, "vat": 1 })).await.expect(200);
    assert_eq!((&shown["state"], &shown["receipts"]), (&json!("refused"), &json!(true)));
    anna.act("/integrations/yookassa/check").await.expect(200);
    let stored = bench.server.everything_stored().await;
    assert!(stored.contains(SHOP) && !stored.contains(KEY) && !shown.to_string().contains(KEY));
    assert!(!stored.contains(&hex::encode(KEY)), "nor as bytes");

    anna.delete("/integrations/yookassa").await.expect(204);
    let none = anna.get("/integrations/yookassa").await.expect(200);
    assert_eq!(none["state"], "none");
    assert_eq!(bench.server.count("online_shops where key is not null").await, 0);
}

#[tokio::test]
async fn the_shop_of_the_installation_serves_one_business_and_no_other() {
    let named = |owner: Option<&str>| {
        let credentials = Credentials { shop: SHOP.to_owned(), key: KEY.into() };
        let owner = owner.map(str::to_owned);
        move |client| {
            Online::new(client, Some(Installation { credentials, owner }), "127.0.0.1".parse().unwrap())
        }
    };
    let bench = Bench::start_as(named(None)).await;
    let _working = bench.work().await;
    let anna = Master { bench: &bench, caller: bench.server.register("anna").await, shop: SHOP.to_owned() };
    let link = anna.link(100.0).await;
    let shown = anna.caller.get("/integrations/yookassa").await.expect(200);
    assert_eq!((&shown["source"], &shown["shop"]), (&json!("installation"), &json!(SHOP)));
    assert!(text(&shown["webhookUrl"]).ends_with("/payments/yookassa/webhook"));
    bench.stage.steer("yookassa/notify", &json!({ "shop": SHOP, "url": anna.hook().await })).await;
    anna.payer(&link, "pay").await;
    anna.until_status(&link, "succeeded").await;
    let late = anna.link(50.0).await;
    let olga = Master { bench: &bench, caller: bench.server.register("olga").await, shop: SHOP.to_owned() };
    for nobody in [&anna, &olga] {
        let invoice = nobody.invoice(100.0).await;
        let answer = nobody.link_on(&invoice).await;
        assert_eq!((answer.status, answer.code()), (409, "payments_not_connected"));
    }
    // What was asked for before comes to its end.
    anna.payer(&late, "pay").await;
    bench.later(SignedDuration::from_mins(10)).await;
    anna.until_status(&late, "succeeded").await;
    assert_eq!((anna.books().await, olga.books().await), (15_000, 0));

    let bench = Bench::start_as(named(Some("olga@example.ru"))).await;
    let _working = bench.work().await;
    let [anna, olga] = [bench.server.register("anna").await, bench.server.register("olga").await];
    assert_eq!(anna.get("/integrations/yookassa").await.expect(200)["state"], "none");
    assert_eq!(olga.get("/integrations/yookassa").await.expect(200)["source"], "installation");
}

#[tokio::test]
async fn a_key_that_is_accepted_no_more_ends_the_asking_and_she_is_told() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let [first, second] = [anna.invoice(100.0).await, anna.invoice(200.0).await];
    bench.mood("401").await;
    let link = anna.link_on(&first).await.expect(201);
    assert_eq!((&link["status"], &link["url"]), (&json!("pending"), &Json::Null));
    let shown = anna.caller.get("/integrations/yookassa").await.expect(200);
    assert_eq!(shown["state"], "refused");
    let answer = anna.link_on(&second).await;
    assert_eq!((answer.status, answer.code()), (409, "payments_not_connected"));
    let letter = bench.server.letter_to("anna@example.ru").await;
    assert!(letter.subject.contains("ЮКасса"), "{}", letter.subject);
    bench.later(SignedDuration::from_mins(5)).await;
    assert!(bench.server.has_no_more_letters().await, "she is told once");

    bench.mood("ok").await;
    anna.connect().await;
    bench.later(SignedDuration::from_mins(5)).await;
    let link = anna.until(&link, |now| !now["url"].is_null()).await;
    anna.payer(&link, "pay").await;
    bench.later(SignedDuration::from_mins(5)).await;
    anna.until_status(&link, "succeeded").await;
    assert_eq!((anna.books().await, anna.provider().await), (10_000, 10_000));
}

#[tokio::test]
async fn payments_of_a_shop_that_was_replaced_come_to_their_end_and_those_of_one_that_is_gone_wait() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let [old, waits] = [anna.link(100.0).await, anna.link(70.0).await];
    anna.put("/integrations/yookassa", json!({ "shop": "200700", "secretKey": KEY })).await.expect(200);
    let new = anna.link(10.0).await;
    anna.payer(&old, "pay").await;
    anna.until_status(&old, "succeeded").await;
    assert_eq!(anna.provider().await, 10_000, "into the shop in which it was asked for");
    anna.caller.delete("/integrations/yookassa").await.expect(204);
    anna.payer(&waits, "pay").await;
    bench.later(SignedDuration::from_mins(5)).await;
    for lost in [&waits, &new] {
        let lost = anna.until(lost, |now| now["trouble"] == "disconnected").await;
        assert_eq!(lost["status"], "pending");
    }
    anna.connect().await;
    bench.later(SignedDuration::from_mins(5)).await;
    let found = anna.until_status(&waits, "succeeded").await;
    assert_eq!(found["trouble"], Json::Null);
    assert_eq!((anna.books().await, anna.provider().await), (17_000, 17_000));
}
