//! The plan: through the front door.

use domain::plans::Plan;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::BeginMonths;
use crate::jobs::{Job as _, JobContext};
use crate::testing::{Answer, Caller, TestServer};

async fn put(caller: &Caller<'_>, plan: &str) -> Answer {
    caller.send("PUT".parse().unwrap(), "/billing/plan", Some(json!({ "plan": plan }))).await
}

/// What is offered under a plan's name.
fn offer<'a>(billing: &'a Json, plan: &str) -> &'a Json {
    let plans = billing["plans"].as_array().unwrap();
    plans.iter().find(|offer| offer["plan"] == plan).unwrap()
}

#[tokio::test]
async fn what_a_plan_is_and_what_the_others_would_mean() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let billing = anna.get("/billing/plan").await;
    assert!(billing.header("etag").len() > 10);
    let mut billing = billing.expect(200);
    assert_eq!(offer(&billing, "veloria")["change"]["due"], 990);
    assert_eq!(offer(&billing, "imperium")["change"]["due"], 2490);
    assert_eq!(offer(&billing, "ivory")["change"], Json::Null);
    let gains = offer(&billing, "veloria")["change"]["gains"].to_string();
    assert!(gains.contains("ai.no_show") && !gains.contains("ai.voice_notes"));
    // The long lists are the snapshot of the matrix in `domain`.
    let features = billing["features"].as_array_mut().unwrap().split_off(2);
    assert!(features.iter().any(|f| f["id"] == "security.audit_log" && f["included"] == false));
    for offer in billing["plans"].as_array_mut().unwrap() {
        for list in ["gains", "readOnly"] {
            if let Some(names) = offer["change"].get_mut(list) {
                names.as_array_mut().unwrap().truncate(1);
            }
        }
    }
    insta::assert_json_snapshot!("ivory", billing);
}

#[tokio::test]
async fn a_change_holds_at_once_and_what_is_due_is_written_down() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let up = put(&anna, "Veloria").await.expect(200);
    assert_eq!((&up["plan"], &up["due"]), (&json!("veloria"), &json!(990)));
    assert_eq!(anna.get("/auth/me").await.expect(200)["tenant"]["plan"], "veloria");
    assert_eq!(put(&anna, "veloria").await.expect(200)["due"], 990, "the same plan again changes nothing");

    server.clock().advance(SignedDuration::from_hours(24 * 10));
    let before = anna.get("/billing/plan").await.expect(200);
    let due = |billing: &Json| billing["due"].as_f64().unwrap();
    let promised = offer(&before, "imperium")["change"]["due"].as_f64().unwrap();
    assert!((900.0..1100.0).contains(&promised), "{promised}: about two thirds of 1,500");
    let up = put(&anna, "imperium").await.expect(200);
    // Some seconds may have passed since.
    assert!((due(&up) - 990.0 - promised).abs() < 0.1, "{} {promised}", due(&up));
    assert_eq!(up["period"], before["period"], "the month goes on");

    let down = put(&anna, "ivory").await.expect(200);
    assert!((300.0..360.0).contains(&due(&down)), "{}: a third of 990 is used", due(&down));
    assert_eq!((&down["period"], &down["plan"]), (&Json::Null, &json!("ivory")));
}

#[tokio::test]
async fn two_who_change_the_plan_are_told_of_each_other_and_a_repetition_has_one_effect() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let tag = anna.get("/billing/plan").await.header("etag").to_owned();
    put(&anna, "veloria").await.expect(200);
    let stale = anna.clone().header("if-match", &tag);
    let answer = put(&stale, "imperium").await;
    assert_eq!((answer.status, answer.code()), (412, "precondition_failed"));
    let keyed = anna.clone().header("idempotency-key", "one");
    let first = put(&keyed, "imperium").await;
    let again = put(&keyed, "imperium").await;
    assert_eq!((first.bytes, again.header("idempotency-replayed")), (again.bytes.clone(), "true"));
}

#[tokio::test]
async fn a_smaller_plan_waits_until_she_has_chosen_which_devices_stay() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    server.put_on(&anna, Plan::Veloria).await;
    let mut devices = Vec::new();
    for name in ["1", "2", "3", "4", "5"] {
        devices.push(server.device_of(&anna, name).await);
    }
    let full = anna.post("/devices", json!({ "name": "6" })).await;
    assert_eq!((full.status, full.code()), (409, "plan_limit"));
    let billing = anna.get("/billing/plan").await.expect(200);
    assert_eq!(offer(&billing, "ivory")["change"]["devicesOver"], 2);

    let refused = put(&anna, "ivory").await;
    assert_eq!((refused.status, refused.code()), (409, "plan_limit"));
    let details = &refused.json["error"]["details"];
    assert_eq!((&details["limit"], &details["most"]), (&json!("devices"), &json!(3)));
    assert_eq!(details["devices"].as_array().unwrap().len(), 5);
    assert_eq!(anna.get("/auth/me").await.expect(200)["tenant"]["plan"], "veloria", "nothing was changed");

    for device in &devices[..2] {
        let path = format!("/devices/{}", device.account["id"].as_str().unwrap());
        assert_eq!(anna.delete(&path).await.status, 204);
    }
    put(&anna, "ivory").await.expect(200);
    // A copied home asks with its own key, and is never locked out.
    devices[4].post("/devices", json!({ "name": "5, copied" })).await.expect(201);
    assert_eq!(devices[4].post("/sync", json!({ "protocol": 1 })).await.status, 200);
}

#[tokio::test]
async fn a_plan_that_was_taken_away_from_outside_leaves_every_device_connected() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    server.put_on(&anna, Plan::Veloria).await;
    let mut devices = Vec::new();
    for name in ["1", "2", "3", "4"] {
        devices.push(server.device_of(&anna, name).await);
    }
    server.put_on(&anna, Plan::Ivory).await;
    for device in &devices {
        assert_eq!(device.post("/sync", json!({ "protocol": 1 })).await.status, 200);
    }
    assert_eq!(anna.post("/devices", json!({ "name": "5" })).await.code(), "plan_limit");
    assert_eq!(anna.get("/billing/plan").await.expect(200)["due"], 0, "a grant costs nothing");
}

#[tokio::test]
async fn a_plan_that_was_given_is_no_money_to_get_back() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    server.put_on(&anna, Plan::Imperium).await;
    let billing = anna.get("/billing/plan").await.expect(200);
    assert_eq!(offer(&billing, "ivory")["change"]["due"], 0);
    assert_eq!(put(&anna, "ivory").await.expect(200)["due"], 0);

    // What she asked for in this month is hers to get back, and no more.
    put(&anna, "veloria").await.expect(200);
    server.put_on(&anna, Plan::Imperium).await;
    let due = put(&anna, "ivory").await.expect(200)["due"].as_f64().unwrap();
    assert!((0.0..0.1).contains(&due), "{due}");
}

#[tokio::test]
async fn what_is_no_plan_is_told() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for (plan, problem) in [(json!("gold"), "unknown"), (json!(null), "required"), (json!(7), "invalid")] {
        let answer = anna.send("PUT".parse().unwrap(), "/billing/plan", Some(json!({ "plan": plan }))).await;
        assert_eq!((answer.status, answer.field("plan")), (422, problem), "{plan}");
    }
    let more = json!({ "plan": "imperium", "due": 0 });
    let answer = anna.send("PUT".parse().unwrap(), "/billing/plan", Some(more)).await;
    assert_eq!((answer.status, answer.field("due")), (422, "unknown"));
}

/// What the nightly job does.
async fn night(server: &TestServer, caller: &Caller<'_>) {
    let state = server.state().clone();
    let tenant = caller.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let context = JobContext { id: state.new_id(), state, tenant, attempt: 1, is_last_attempt: false };
    BeginMonths.run(context).await.unwrap();
}

#[tokio::test]
async fn a_month_that_begins_is_due_once_and_a_granted_plan_costs_nothing() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    put(&anna, "veloria").await.expect(200);
    server.put_on(&olga, Plan::Imperium).await;
    let due = async |caller: &Caller<'_>| caller.get("/billing/plan").await.expect(200)["due"].clone();
    let before = anna.get("/billing/plan").await;
    let tag = before.header("etag").to_owned();
    night(&server, &anna).await;
    assert_eq!(due(&anna).await, 990, "the month that runs is in the ledger already");
    server.clock().advance(SignedDuration::from_hours(24 * 32));
    for _ in 0..3 {
        night(&server, &anna).await;
        night(&server, &olga).await;
    }
    assert_eq!((due(&anna).await, due(&olga).await), (json!(1980), json!(0)));
    let after = anna.get("/billing/plan").await;
    assert_eq!(after.header("etag"), tag, "nothing was changed");
    assert_eq!(after.json["since"], before.json["since"]);
    // A server that was away for a quarter catches up.
    server.clock().advance(SignedDuration::from_hours(24 * 92));
    night(&server, &anna).await;
    assert_eq!(due(&anna).await, 990 * 5);
}

#[tokio::test]
async fn a_change_gives_back_no_month_that_nobody_has_written_down() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    put(&anna, "imperium").await.expect(200);
    server.clock().advance(SignedDuration::from_hours(24 * 32));
    // No night has passed. The second month has begun, so it is due, and the rest of it is given back; and she was told so.
    let shown = anna.get("/billing/plan").await.expect(200);
    assert_eq!(shown["due"], 2.0 * 2490.0);
    let offered = shown["plans"].as_array().unwrap().iter().find(|offer| offer["plan"] == "ivory").unwrap()["change"]["due"].clone();
    let due = put(&anna, "ivory").await.expect(200)["due"].as_f64().unwrap();
    assert!(due > 2490.0 && due < 2.0 * 2490.0, "{due}");
    let kopecks = |amount: f64| (amount * 100.0).round().to_string();
    assert_eq!(kopecks(2.0 * 2490.0 + offered.as_f64().unwrap()), kopecks(due));
}

/// The tenant's record as a device gets it.
async fn record_of(device: &Caller<'_>) -> Json {
    let answer = device.post("/sync", json!({ "protocol": 1 })).await.expect(200);
    let items = answer["items"].as_array().unwrap();
    items.iter().find(|item| item["record"] == "tenant").unwrap()["body"].clone()
}

#[tokio::test]
async fn a_device_gets_a_word_about_the_plan_that_it_can_believe_and_a_new_one_every_week() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    assert_eq!(record_of(&phone).await["entitlement"], Json::Null, "the free plan needs no word");
    put(&anna, "imperium").await.expect(200);
    let first = record_of(&phone).await;
    assert_eq!(first["plan"], "imperium");
    let line = first["entitlement"].as_str().unwrap();
    let signer = &server.state().billing.signer;
    let claims = domain::plans::Claims::open(line, |_, _| true).unwrap();
    assert_eq!(line, signer.sign(&claims).unwrap(), "it is this server's");
    assert_eq!(claims.plan, Plan::Imperium);
    assert_eq!(anna.get("/auth/me").await.expect(200)["entitlementKey"], signer.public_key());
    assert_eq!(record_of(&phone).await, first, "it is said once a week, not with every sync");
    server.clock().advance(SignedDuration::from_hours(24 * 8));
    assert_ne!(record_of(&phone).await["entitlement"], first["entitlement"]);
    put(&anna, "ivory").await.expect(200);
    assert_eq!(record_of(&phone).await["entitlement"], Json::Null);
}
