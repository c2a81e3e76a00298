//! Through the front door, as a shop asks and as a payer pays.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::testing::Stage;

struct Till<'a> {
    stage: &'a Stage,
    shop: &'a str,
    keys: Mutex<u32>,
}

impl<'a> Till<'a> {
    fn new(stage: &'a Stage, shop: &'a str) -> Self {
        Self { stage, shop, keys: Mutex::new(0) }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.basic_auth(self.shop, Some("test_key")).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send(self.stage.client.get(format!("{}{path}", self.stage.api()))).await
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let key = {
            let mut keys = self.keys.lock().unwrap();
            *keys += 1;
            format!("key-{keys}")
        };
        self.post_under(&key, path, body).await
    }

    async fn post_under(&self, key: &str, path: &str, body: &Value) -> (u16, Value) {
        let request =
            self.stage.client.post(format!("{}{path}", self.stage.api())).header("Idempotence-Key", key);
        self.send(if body.is_null() { request.header("content-length", 0) } else { request.json(body) }).await
    }

    async fn create(&self, value: &str, capture: bool) -> String {
        let (status, payment) = self.post("/payments", &asked(value, capture)).await;
        assert_eq!(status, 200, "{payment}");
        payment["id"].as_str().unwrap().to_owned()
    }

    async fn act(&self, id: &str, act: &str) {
        self.stage.steer(&format!("yookassa/payments/{id}/{act}"), &json!({})).await;
    }

    async fn status(&self, id: &str) -> String {
        self.get(&format!("/payments/{id}")).await.1["status"].as_str().unwrap().to_owned()
    }
}

fn asked(value: &str, capture: bool) -> Value {
    json!({
        "amount": { "value": value, "currency": "RUB" },
        "capture": capture,
        "confirmation": { "type": "redirect", "return_url": "https://crm.example/back?a=1&b=<2>" },
        "description": "Deposit <b>",
        "metadata": { "payment_id": "p_1" },
        "transfers": [],
    })
}

fn rub(value: &str) -> Value {
    json!({ "amount": { "value": value, "currency": "RUB" } })
}

#[tokio::test]
async fn a_payer_opens_the_page_and_pays() {
    let stage = Stage::start().await;
    let till = Till::new(&stage, "100500");
    let (status, payment) = till.post("/payments", &asked("1500.00", true)).await;
    assert_eq!((status, &payment["status"], &payment["paid"]), (200, &json!("pending"), &json!(false)));
    assert_eq!(payment["metadata"], json!({ "payment_id": "p_1" }));
    let url = payment["confirmation"]["confirmation_url"].as_str().unwrap();
    let page =
        stage.client.get(url).header("accept-language", "en").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Deposit &lt;b&gt;") && page.contains("emulator"), "{page}");
    let pressed = stage.client.post(format!("{url}/pay")).send().await.unwrap();
    assert_eq!(pressed.status(), 303);
    let page =
        stage.client.get(url).header("accept-language", "en").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("href=\"https://crm.example/back?a=1&amp;b=&lt;2&gt;\""), "{page}");
    let (_, paid) = till.get(&format!("/payments/{}", payment["id"].as_str().unwrap())).await;
    assert_eq!(
        (&paid["status"], &paid["paid"], &paid["refundable"]),
        (&json!("succeeded"), &json!(true), &json!(true))
    );
    assert_eq!(paid["income_amount"]["value"], "1447.50");
    assert!(paid["captured_at"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn a_hold_is_captured_in_part_once_given_back_or_runs_out() {
    let stage = Stage::start().await;
    let till = Till::new(&stage, "100500");
    let id = till.create("1500.00", false).await;
    assert_eq!(till.post(&format!("/payments/{id}/cancel"), &Value::Null).await.0, 400, "nobody has paid");
    till.act(&id, "pay").await;
    assert_eq!(till.status(&id).await, "waiting_for_capture");
    let (status, no) = till.post(&format!("/payments/{id}/capture"), &rub("1500.01")).await;
    assert_eq!(
        (status, &no["type"], &no["code"], &no["parameter"]),
        (400, &json!("error"), &json!("invalid_request"), &json!("amount.value"))
    );
    let (_, taken) = till.post(&format!("/payments/{id}/capture"), &rub("1000.00")).await;
    assert_eq!((&taken["status"], &taken["amount"]["value"]), (&json!("succeeded"), &json!("1000.00")));
    assert_eq!(till.post(&format!("/payments/{id}/capture"), &Value::Null).await.0, 400);

    let given_back = till.create("1.00", false).await;
    till.act(&given_back, "pay").await;
    let (_, gone) = till.post(&format!("/payments/{given_back}/cancel"), &Value::Null).await;
    assert_eq!(
        gone["cancellation_details"],
        json!({ "party": "merchant", "reason": "canceled_by_merchant" })
    );

    let forgotten = till.create("2.00", false).await;
    till.act(&forgotten, "pay").await;
    let unpaid = till.create("3.00", false).await;
    stage.clock.advance(SignedDuration::from_hours(2));
    let (_, link) = till.get(&format!("/payments/{unpaid}")).await;
    assert_eq!(link["cancellation_details"]["reason"], "expired_on_confirmation");
    assert_eq!(till.status(&forgotten).await, "waiting_for_capture");
    stage.clock.advance(SignedDuration::from_hours(7 * 24));
    let (_, hold) = till.get(&format!("/payments/{forgotten}")).await;
    assert_eq!(hold["cancellation_details"]["reason"], "expired_on_capture");
}

#[tokio::test]
async fn refunds_never_exceed_what_was_paid_and_one_that_fails_gives_its_sum_back() {
    let stage = Stage::start().await;
    let till = Till::new(&stage, "100500");
    let id = till.create("100.00", true).await;
    let refund = |value: &str| json!({ "payment_id": id, "amount": { "value": value, "currency": "RUB" } });
    assert_eq!(till.post("/refunds", &refund("1.00")).await.0, 400, "nobody has paid");
    till.act(&id, "pay").await;
    let (status, first) = till.post("/refunds", &refund("30.00")).await;
    assert_eq!((status, &first["status"]), (200, &json!("succeeded")));
    stage.steer("yookassa/refunds", &json!({ "pending": true })).await;
    let (_, second) = till.post("/refunds", &refund("70.00")).await;
    assert_eq!(second["status"], "pending");
    assert_eq!(till.post("/refunds", &refund("0.01")).await.0, 400);
    let second = second["id"].as_str().unwrap();
    stage.steer(&format!("yookassa/refunds/{second}/cancel"), &json!({})).await;
    assert_eq!(till.get(&format!("/refunds/{second}")).await.1["status"], "canceled");
    let (_, third) = till.post("/refunds", &refund("70.00")).await;
    stage.steer(&format!("yookassa/refunds/{}/succeed", third["id"].as_str().unwrap()), &json!({})).await;
    let (_, all) = till.get(&format!("/refunds?payment_id={id}&status=succeeded")).await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let (_, paid) = till.get(&format!("/payments/{id}")).await;
    assert_eq!((&paid["refunded_amount"]["value"], &paid["refundable"]), (&json!("100.00"), &json!(false)));
}

#[tokio::test]
async fn a_key_gives_its_answer_for_a_day_and_to_nothing_else() {
    let stage = Stage::start().await;
    let till = Till::new(&stage, "100500");
    let (_, first) = till.post_under("k", "/payments", &asked("1.00", true)).await;
    let (_, again) = till.post_under("k", "/payments", &asked("1.00", true)).await;
    assert_eq!(first, again);
    let (status, other) = till.post_under("k", "/payments", &asked("2.00", true)).await;
    assert_eq!((status, &other["parameter"]), (400, &json!("Idempotence-Key")));
    // A neighbour's key is another key.
    assert_eq!(Till::new(&stage, "7").post_under("k", "/payments", &asked("2.00", true)).await.0, 200);
    stage.clock.advance(SignedDuration::from_hours(25));
    let (_, new) = till.post_under("k", "/payments", &asked("1.00", true)).await;
    assert_ne!(first["id"], new["id"]);
    let long = "k".repeat(65);
    assert_eq!(till.post_under(&long, "/payments", &asked("1.00", true)).await.0, 400);
}

#[tokio::test]
async fn a_shop_sees_nothing_of_another_and_needs_a_key() {
    let stage = Stage::start().await;
    let till = Till::new(&stage, "100500");
    let id = till.create("1.00", true).await;
    let other = Till::new(&stage, "100501");
    let (status, no) = other.get(&format!("/payments/{id}")).await;
    assert_eq!((status, &no["code"]), (404, &json!("not_found")));
    assert_eq!(other.get("/payments").await.1["items"], json!([]));
    let nobody = stage.client.get(format!("{}/payments/{id}", stage.api())).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    assert_eq!(nobody.json::<Value>().await.unwrap()["code"], "invalid_credentials");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let stage = Stage::start().await;
    let till = Till::new(&stage, "100500");
    let receipt = |price: &str| {
        json!({ "customer": { "phone": "+79990001122" }, "items": [{
            "description": "Маникюр", "quantity": "2.000", "vat_code": 1, "amount": { "value": price, "currency": "RUB" },
        }] })
    };
    for (change, parameter) in [
        (json!({ "amount": { "value": "1.001", "currency": "RUB" } }), "amount.value"),
        (json!({ "amount": { "value": "0.00", "currency": "RUB" } }), "amount.value"),
        (json!({ "amount": { "value": "-1.00", "currency": "RUB" } }), "amount.value"),
        (json!({ "amount": { "value": "1.00", "currency": "USD" } }), "amount.currency"),
        (json!({ "confirmation": null }), "confirmation"),
        (json!({ "confirmation": { "type": "redirect" } }), "confirmation.return_url"),
        (json!({ "description": "я".repeat(129) }), "description"),
        (json!({ "metadata": { "n": 1 } }), "metadata"),
        (json!({ "receipt": receipt("5.01") }), "receipt.items"),
        (json!({ "receipt": { "items": [] } }), "receipt.customer"),
    ] {
        let mut body = asked("10.00", true);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, no) = till.post("/payments", &body).await;
        assert_eq!((status, &no["parameter"]), (400, &json!(parameter)), "{change}");
    }
    let mut good = asked("10.00", true);
    good["receipt"] = receipt("5.00");
    let (status, payment) = till.post("/payments", &good).await;
    assert_eq!((status, &payment["receipt_registration"]), (200, &json!("pending")));
    let id = payment["id"].as_str().unwrap();
    till.act(id, "pay").await;
    assert_eq!(till.get(&format!("/payments/{id}")).await.1["receipt_registration"], "succeeded");
    assert_eq!(till.get(&format!("/receipts?payment_id={id}")).await.1["items"][0]["type"], "payment");
}

#[tokio::test]
async fn lists_page_through_everything_once_while_more_comes_in() {
    let stage = Stage::start().await;
    let till = Till::new(&stage, "100500");
    let mut made = Vec::new();
    for place in 0..7 {
        made.push(till.create(&format!("{}.00", place + 1), true).await);
    }
    till.act(&made[3], "pay").await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = till.get(&format!("/payments?limit=3{cursor}")).await;
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        till.create("9.00", true).await;
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    seen.reverse();
    assert_eq!(seen, made);
    let (_, paid) = till.get("/payments?status=succeeded").await;
    assert_eq!(paid["items"].as_array().unwrap().len(), 1);
    assert_eq!(till.get("/payments?created_at.gte=2100-01-01T00:00:00Z").await.1["items"], json!([]));
    for wrong in ["limit=0", "limit=101", "cursor=zz", "created_at.gte=yesterday"] {
        assert_eq!(till.get(&format!("/payments?{wrong}")).await.0, 400, "{wrong}");
    }
}

/// A shop's own address: says 500 until it is told to listen, and remembers what it took.
#[derive(Clone, Default)]
struct Hook {
    is_open: Arc<Mutex<bool>>,
    heard: Arc<Mutex<Vec<String>>>,
}

async fn hear(State(hook): State<Hook>, body: axum::Json<Value>) -> StatusCode {
    if !*hook.is_open.lock().unwrap() {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    hook.heard.lock().unwrap().push(format!(
        "{} {}",
        body["event"].as_str().unwrap(),
        body["object"]["status"].as_str().unwrap()
    ));
    StatusCode::OK
}

/// Waits for something that will be so.
async fn until(is_so: impl AsyncFn() -> bool) {
    while !is_so().await {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_shop_is_told_again_until_it_listens_and_bears_doubles_in_the_wrong_order() {
    let stage = Stage::start().await;
    let till = Till::new(&stage, "100500");
    let hook = Hook::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/{{shop}}", listener.local_addr().unwrap());
    let routes = Router::new().route("/100500", post(hear)).with_state(hook.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    stage.steer("yookassa/notify", &json!({ "url": url })).await;
    let id = till.create("10.00", false).await;
    till.act(&id, "pay").await;
    let told = async || {
        stage
            .client
            .get(format!("{}/control/yookassa/notifications", stage.address))
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .await
            .unwrap()
    };
    until(async || told().await[0]["heard"] == "500").await;
    *hook.is_open.lock().unwrap() = true;
    stage.clock.advance(SignedDuration::from_mins(10));
    until(async || told().await[0]["taken"] == true).await;
    assert_eq!(*hook.heard.lock().unwrap(), ["payment.waiting_for_capture waiting_for_capture"]);
    stage.steer("yookassa/notify", &json!({ "held": true, "reversed": true, "doubled": true })).await;
    till.post(&format!("/payments/{id}/capture"), &Value::Null).await;
    till.post("/refunds", &json!({ "payment_id": id, "amount": { "value": "1.00", "currency": "RUB" } }))
        .await;
    stage.steer("yookassa/notify", &json!({ "held": false })).await;
    until(async || hook.heard.lock().unwrap().len() == 5).await;
    assert_eq!(
        hook.heard.lock().unwrap()[1..],
        [
            "refund.succeeded succeeded",
            "refund.succeeded succeeded",
            "payment.succeeded succeeded",
            "payment.succeeded succeeded"
        ]
    );
    let oldest = told().await.as_array().unwrap().last().unwrap()["id"].clone();
    stage.steer(&format!("yookassa/notifications/{oldest}/again"), &json!({})).await;
    until(async || hook.heard.lock().unwrap().len() == 6).await;
}
