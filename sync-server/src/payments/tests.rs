//! Payments: through the front door.

use serde_json::json;

use crate::testing::TestServer;

#[tokio::test]
async fn cash_for_a_visit_is_written_down_and_stands_in_the_clients_history() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    let visit = json!({ "clientId": client, "startsAt": "2026-12-01T10:00", "durationMin": 60 });
    let visit = anna.post("/appointments", visit).await.expect(201)["id"].clone();
    let body = json!({ "date": "2026-12-01", "amount": 2500.5, "clientId": client, "appointmentId": visit });
    let paid = anna.post("/payments", body).await.expect(201);
    assert_eq!((&paid["provider"], &paid["kind"]), (&json!("cash"), &json!("payment")));
    assert_eq!((&paid["amount"], &paid["currency"]), (&json!(2500.5), &json!("RUB")));

    let back = json!({ "date": "2026-12-02", "amount": -500, "clientId": client, "provider": "transfer" });
    assert_eq!(anna.post("/payments", back).await.expect(201)["kind"], "refund");
    let of_visit = format!("/payments?filter[appointmentId]={}", visit.as_str().unwrap());
    assert_eq!(anna.get(&of_visit).await.expect(200)["data"], json!([paid]));
    let newest = anna.get("/payments?sort=-date&limit=1").await.expect(200);
    assert_eq!(newest["data"][0]["amount"], -500);
    let history = anna.get(&format!("/clients/{client}/history")).await.expect(200);
    let kinds: Vec<_> = history["data"].as_array().unwrap().iter().map(|entry| &entry["type"]).collect();
    assert_eq!(kinds, ["visit", "payment", "payment"]);
}

#[tokio::test]
async fn a_payment_needs_a_day_and_an_amount() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let answer = anna.post("/payments", json!({ "amount": 1.005 })).await;
    assert_eq!(
        (answer.status, answer.field("date"), answer.field("amount")),
        (422, "required", "too_precise")
    );
}
