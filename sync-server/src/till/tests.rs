//! The till: through the front door.

use serde_json::{Value as Json, json};

use crate::testing::{Answer, Caller, TestServer};

async fn take(anna: &Caller<'_>, date: &str, amount: f64, more: Json) -> Answer {
    let mut body = json!({ "date": date, "amount": amount });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    anna.post("/payments", body).await
}

/// The day by her wall, and others beside it.
async fn days(anna: &Caller<'_>) -> [String; 3] {
    let today: jiff::civil::Date =
        anna.get("/till").await.expect(200)["date"].as_str().unwrap().parse().unwrap();
    let day = |days: i64| today.checked_add(jiff::Span::new().days(days)).unwrap().to_string();
    [day(-1), day(0), day(1)]
}

#[tokio::test]
async fn a_day_is_counted_closed_and_the_next_begins_where_it_ended() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let [yesterday, today, tomorrow] = days(&anna).await;
    take(&anna, &yesterday, 3000.0, json!({})).await.expect(201);
    take(&anna, &yesterday, 2500.0, json!({ "provider": "transfer" })).await.expect(201);
    take(&anna, &yesterday, -500.5, json!({})).await.expect(201);
    let till = anna.get(&format!("/till?date={yesterday}")).await.expect(200);
    assert_eq!(
        [&till["cashIn"], &till["cashOut"], &till["expected"]],
        [&json!(3000), &json!(500.5), &json!(2499.5)]
    );
    assert_eq!(till["byProvider"], json!({ "cash": 2499.5, "transfer": 2500 }));
    assert_eq!(till["closing"], Json::Null);

    let close = json!({ "date": yesterday, "counted": 2400 });
    assert_eq!(anna.post("/till/close", close.clone()).await.field("reason"), "required");
    let mut told = close;
    told["reason"] = json!("Сдача");
    let closed = anna.post("/till/close", told.clone()).await.expect(200);
    assert_eq!((&closed["closing"]["difference"], &closed["corrected"]), (&json!(-99.5), &json!(0)));
    let again = anna.post("/till/close", told).await;
    assert_eq!((again.status, again.code()), (409, "day_closed"));

    let till = anna.get("/till").await.expect(200);
    assert_eq!(
        (&till["opening"], &till["expected"]),
        (&json!(2400), &json!(2400)),
        "what was counted lies there"
    );
    let late = take(&anna, &yesterday, 100.0, json!({})).await;
    assert_eq!((late.status, late.code(), late.field("date")), (409, "day_closed", "not_allowed"));
    take(&anna, &yesterday, 100.0, json!({ "provider": "transfer" })).await.expect(201);
    let corrected = take(&anna, &yesterday, 100.0, json!({ "correction": true })).await.expect(201);
    assert_eq!(corrected["correction"], true);
    let till = anna.get(&format!("/till?date={yesterday}")).await.expect(200);
    assert_eq!((&till["corrected"], &till["closing"]["counted"]), (&json!(100), &json!(2400)));
    assert_eq!(anna.get(&format!("/till?date={today}")).await.expect(200)["opening"], 2500);

    let early = anna.post("/till/close", json!({ "date": tomorrow, "counted": 1 })).await;
    assert_eq!((early.status, early.field("date")), (422, "out_of_range"));
    anna.post("/till/close", json!({ "date": today, "counted": 2500 })).await.expect(200);
}

#[tokio::test]
async fn what_was_taken_offline_is_in_the_till_whatever_was_counted_meanwhile() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let [yesterday, ..] = days(&anna).await;
    anna.post("/till/close", json!({ "date": yesterday, "counted": 0 })).await.expect(200);
    let intent = json!({ "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa001", "action": "payment.add",
                         "target": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa101", "body": { "date": yesterday, "amount": 700 } });
    let answer =
        anna.post("/sync", json!({ "protocol": 1, "intents": [intent], "push": [] })).await.expect(200);
    assert_eq!(answer["intents"][0]["result"], "done");
    assert_eq!(anna.get(&format!("/till?date={yesterday}")).await.expect(200)["corrected"], 700);
    let bad = anna.get("/till?date=yesterday").await;
    assert_eq!((bad.status, bad.code()), (400, "bad_request"));
}

#[tokio::test]
async fn a_closed_day_is_closed_for_what_is_given_back_too() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let [yesterday, today, _] = days(&anna).await;
    let invoice = json!({ "items": [{ "name": "Маникюр", "price": 100 }] });
    let invoice = anna.post("/invoices", invoice).await.expect(201)["id"].as_str().unwrap().to_owned();
    take(&anna, &yesterday, 100.0, json!({ "invoiceId": invoice })).await.expect(201);
    anna.post("/till/close", json!({ "date": yesterday, "counted": 100 })).await.expect(200);
    let path = format!("/invoices/{invoice}/refund");
    let refused = anna.post(&path, json!({ "date": yesterday, "amount": 10 })).await;
    assert_eq!((refused.status, refused.code()), (409, "day_closed"));
    anna.post(&path, json!({ "date": yesterday, "amount": 10, "correction": true })).await.expect(200);
    anna.post(&path, json!({ "amount": 20 })).await.expect(200);
    let till = anna.get(&format!("/till?date={today}")).await.expect(200);
    assert_eq!((&till["opening"], &till["cashOut"], &till["expected"]), (&json!(90), &json!(20), &json!(70)));
}
