//! Deposits: what is held for a visit and what becomes of it.

use super::*;

async fn deposit(anna: &Master<'_>, visit: &Json, body: Json) -> Answer {
    anna.caller.post(&format!("/appointments/{}/deposit", text(&visit["id"])), body).await
}

async fn step(anna: &Master<'_>, visit: &Json, step: &str) {
    anna.caller.act(&format!("/appointments/{}/{step}", text(&visit["id"]))).await.expect(200);
}

async fn policies(anna: &Master<'_>) {
    let rules = json!({ "rules": [{ "effectiveFrom": "2020-01-01", "freeUntilHours": 24, "lateFeePercent": 10, "noShowFeePercent": 100 }] });
    anna.put("/settings/cancel-policy", rules).await.expect(200);
    let rules = json!({ "rules": [{ "effectiveFrom": "2020-01-01", "mode": "percent", "percent": 20 }] });
    anna.put("/settings/deposit-policy", rules).await.expect(200);
}

#[tokio::test]
async fn a_deposit_is_held_taken_after_the_work_and_taken_off_the_bill() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Veloria, SHOP).await;
    let _working = bench.work().await;
    policies(&anna).await;
    let visit = anna.visit(48, 2500.0).await;
    let link = deposit(&anna, &visit, json!({})).await.expect(201);
    assert_eq!(
        (&link["amount"], &link["hold"], &link["purpose"]),
        (&json!(500), &json!(true), &json!("deposit"))
    );
    assert_eq!(deposit(&anna, &visit, json!({})).await.expect(200)["id"], link["id"], "one link asks once");
    anna.payer(&link, "pay").await;
    let held = anna.until_status(&link, "waiting_for_capture").await;
    assert!(held["expiresAt"].is_string(), "{held}");
    assert_eq!(anna.books().await, 0, "held is not taken");
    assert_eq!(deposit(&anna, &visit, json!({})).await.code(), "conflict", "it is there");
    step(&anna, &visit, "complete").await;
    let taken = anna.until_status(&link, "succeeded").await;
    assert_eq!((&taken["captured"], anna.books().await), (&json!(500), 50_000));
    let bill = anna.caller.post("/invoices", json!({ "appointmentId": visit["id"] })).await.expect(201);
    assert_eq!(
        (&bill["total"], &bill["discount"], &bill["payable"]),
        (&json!(2500), &json!(500), &json!(2000))
    );
    assert_eq!((anna.books().await, anna.provider().await), (50_000, 50_000));
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let visit = anna.visit(48, 2500.0).await;
    let answer = deposit(&anna, &visit, json!({ "amount": 500 })).await;
    assert_eq!((answer.status, answer.code()), (403, "feature_not_allowed"));
    bench.server.put_on(&anna.caller, Plan::Veloria).await;
    let far = anna.visit(24 * 21, 2500.0).await;
    for (visit, body, field, problem) in [
        (&far, json!({ "amount": 500, "hold": true }), "hold", "out_of_range"),
        (&visit, json!({}), "amount", "required"),
        (&visit, json!({ "amount": 0 }), "amount", "out_of_range"),
        (&visit, json!({ "amount": -1 }), "amount", "out_of_range"),
        (&visit, json!({ "amount": 1.001 }), "amount", "too_precise"),
        (&visit, json!({ "amount": 2500.01 }), "amount", "out_of_range"),
    ] {
        let answer = deposit(&anna, visit, body.clone()).await;
        assert_eq!((answer.status, answer.field(field)), (422, problem), "{body}");
    }
    step(&anna, &visit, "cancel").await;
    let answer = deposit(&anna, &visit, json!({ "amount": 500 })).await;
    assert_eq!((answer.status, answer.code()), (409, "visit_closed"));
    assert_eq!(answer.json["error"]["details"]["status"], "cancelled");
    let nowhere = json!({ "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b3" });
    assert_eq!(deposit(&anna, &nowhere, json!({ "amount": 5 })).await.status, 404);
    assert_eq!(bench.server.count("online_payments").await, 0);
    assert_eq!(bench.server.count("records where kind = 'invoice'").await, 0, "nothing half done");
}

#[tokio::test]
async fn a_visit_called_off_gives_back_what_the_policy_leaves_the_client() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Imperium, SHOP).await;
    let _working = bench.work().await;
    policies(&anna).await;
    // In time and late, held and taken.
    for (hours, hold, kept) in [(48, true, 0), (48, false, 0), (3, true, 25_000), (3, false, 25_000)] {
        let before = anna.books().await;
        let visit = anna.visit(hours, 2500.0).await;
        let link = deposit(&anna, &visit, json!({ "amount": 1000, "hold": hold })).await.expect(201);
        anna.payer(&link, "pay").await;
        anna.until_status(&link, if hold { "waiting_for_capture" } else { "succeeded" }).await;
        step(&anna, &visit, "cancel").await;
        let done = |now: &Json| match (hold, kept) {
            (true, 0) => now["status"] == "canceled",
            (true, _) => now["status"] == "succeeded",
            (false, _) => now["refunds"][0]["status"] == "succeeded",
        };
        let ended = anna.until(&link, done).await;
        assert_eq!(anna.books().await - before, kept, "{hours} {hold}: {ended}");
    }
    assert_eq!(anna.books().await, anna.provider().await);
    // Who does not come pays all of it.
    let visit = anna.visit(5, 1000.0).await;
    let link = deposit(&anna, &visit, json!({ "amount": 400 })).await.expect(201);
    anna.payer(&link, "pay").await;
    anna.until_status(&link, "waiting_for_capture").await;
    step(&anna, &visit, "no-show").await;
    assert_eq!(anna.until_status(&link, "succeeded").await["captured"], 400);
}

#[tokio::test]
async fn a_client_who_pays_after_the_visit_was_called_off_gets_it_back() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Veloria, SHOP).await;
    let _working = bench.work().await;
    let visit = anna.visit(48, 2500.0).await;
    let link = deposit(&anna, &visit, json!({ "amount": 500 })).await.expect(201);
    step(&anna, &visit, "cancel").await;
    anna.payer(&link, "pay").await;
    let gone = anna.until_status(&link, "canceled").await;
    assert_eq!((&gone["reason"], anna.books().await), (&json!("canceled_by_merchant"), 0));
}

#[tokio::test]
async fn she_takes_a_part_of_a_hold_or_lets_it_go_and_never_both() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Veloria, SHOP).await;
    let _working = bench.work().await;
    let mut held = Vec::new();
    for at in 0..3 {
        let visit = anna.visit(48 + 2 * at, 2500.0).await;
        let link = deposit(&anna, &visit, json!({ "amount": 1000 })).await.expect(201);
        anna.payer(&link, "pay").await;
        held.push(anna.until_status(&link, "waiting_for_capture").await);
    }
    let path = |at: usize, act: &str| format!("/online-payments/{}/{act}", text(&held[at]["id"]));
    let answer = anna.caller.post(&path(0, "capture"), json!({ "amount": 1000.01 })).await;
    assert_eq!((answer.status, answer.field("amount")), (422, "out_of_range"));
    let taken = anna.caller.post(&path(0, "capture"), json!({ "amount": 400 })).await.expect(200);
    assert_eq!((&taken["status"], &taken["captured"]), (&json!("succeeded"), &json!(400)));
    assert_eq!(anna.caller.act(&path(0, "cancel")).await.code(), "conflict");
    bench.mood_for("lost", 1).await;
    anna.caller.act(&path(1, "cancel")).await.expect(200);
    assert_eq!(anna.caller.act(&path(1, "capture")).await.code(), "conflict");
    bench.hurry().await;
    anna.until_status(&held[1], "canceled").await;
    // One that ends by itself at the provider.
    bench.later(SignedDuration::from_hours(24 * 8)).await;
    bench.later(SignedDuration::from_hours(1)).await;
    let lost = anna.until_status(&held[2], "canceled").await;
    assert_eq!(lost["reason"], "expired_on_capture");
    assert_eq!((anna.books().await, anna.provider().await), (40_000, 40_000));
}
