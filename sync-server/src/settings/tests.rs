//! Settings: through the front door.

use serde_json::{Value as Json, json};

use crate::testing::TestServer;

#[tokio::test]
async fn a_new_business_works_from_monday_to_saturday_until_she_says_otherwise() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let hours = anna.get("/settings/business-hours").await;
    let old = hours.header("etag").to_owned();
    let hours = hours.expect(200);
    assert_eq!(
        (&hours["id"], &hours["version"], &hours["updatedAt"]),
        (&json!("business-hours"), &json!(0), &Json::Null)
    );
    assert_eq!(hours["value"]["weekly"]["sat"], json!([{ "from": "10:00", "to": "19:00" }]));
    assert_eq!(hours["value"]["weekly"]["sun"], Json::Null);

    let mut wanted = hours["value"].clone();
    wanted["weekly"]["sun"] = json!([{ "from": "12:00", "to": "16:00" }]);
    let put =
        anna.send("PUT".parse().unwrap(), "/settings/business-hours", Some(wanted.clone())).await.expect(200);
    assert_eq!((&put["version"], &put["value"]), (&json!(1), &wanted));
    assert_eq!(anna.get("/settings/business-hours").await.expect(200), put);
    let all = anna.get("/settings").await.expect(200);
    assert_eq!((all["data"].as_array().unwrap().len(), &all["data"][1]), (8, &put));

    let stale = anna.clone().header("if-match", &old);
    let answer = stale.send("PUT".parse().unwrap(), "/settings/business-hours", Some(wanted)).await;
    assert_eq!((answer.status, answer.code()), (412, "precondition_failed"));
}

#[tokio::test]
async fn what_cannot_be_is_told_and_changes_nothing() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let before = anna.get("/settings").await.expect(200);
    let put = async |section: &str, body: Json| {
        anna.send("PUT".parse().unwrap(), &format!("/settings/{section}"), Some(body)).await
    };
    let over = json!([{ "from": "10:00", "to": "14:00" }, { "from": "13:00", "to": "15:00" }]);
    let answer =
        put("business-hours", json!({ "weekly": { "mon": over }, "travel": [{ "timezone": "Mars/Base" }] }))
            .await;
    assert_eq!(
        (answer.status, answer.field("weekly"), answer.field("travel")),
        (422, "overlaps", "required")
    );
    assert_eq!(put("deposit-policy", json!({ "rules": 1 })).await.field("rules"), "invalid");
    assert_eq!(put("prices", json!({})).await.status, 404);
    assert_eq!(anna.get("/settings/prices").await.status, 404);
    assert_eq!(anna.get("/settings").await.expect(200), before);
}

#[tokio::test]
async fn a_neighbours_settings_are_her_own() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let name = json!({ "displayName": "Студия Ольги" });
    olga.send("PUT".parse().unwrap(), "/settings/branding", Some(name)).await.expect(200);
    assert_eq!(anna.get("/settings/branding").await.expect(200)["version"], 0);
}

#[tokio::test]
async fn what_the_business_is_can_be_said_anew_and_holds_everywhere_at_once() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let put = async |body: Json| anna.send("PUT".parse().unwrap(), "/settings/profile", Some(body)).await;
    let standing = anna.get("/settings/profile").await.expect(200);
    let begin =
        json!({ "businessName": "anna", "timezone": "Europe/Moscow", "locale": "ru", "currency": "RUB" });
    assert_eq!((&standing["version"], &standing["value"]), (&json!(0), &begin));
    for (body, field, problem) in [
        (json!({ "timezone": "Mars/Base" }), "timezone", "unknown_zone"),
        (json!({ "locale": "tlh" }), "locale", "invalid"),
        (json!({ "currency": "roubles" }), "currency", "invalid"),
        (json!({ "businessName": "" }), "businessName", "required"),
        (json!({ "plan": "imperium" }), "plan", "unknown"),
    ] {
        let answer = put(body).await;
        assert_eq!((answer.status, answer.field(field)), (422, problem));
    }
    let wanted =
        json!({ "businessName": "Студия", "timezone": "Asia/Omsk", "locale": "en", "currency": "KZT" });
    assert_eq!(put(wanted.clone()).await.expect(200)["value"], wanted);
    let tenant = anna.get("/auth/me").await.expect(200)["tenant"].clone();
    assert_eq!((&tenant["name"], &tenant["currency"]), (&json!("Студия"), &json!("KZT")));
    let client = anna.add_client("Ольга").await;
    let visit = json!({ "clientId": client, "startsAt": "2026-12-01T10:00", "durationMin": 60 });
    let visit = anna.post("/appointments", visit).await.expect(201);
    assert_eq!(visit["startsAt"], "2026-12-01T10:00:00+06:00", "by the clock of Omsk");
    let synced = phone.post("/sync", json!({ "protocol": 1 })).await.expect(200);
    let record = synced["items"].as_array().unwrap().iter().find(|item| item["record"] == "tenant").unwrap();
    assert_eq!(
        (&record["body"]["timezone"], &record["body"]["plan"]),
        (&json!("Asia/Omsk"), &json!("ivory"))
    );
}

#[tokio::test]
async fn the_currency_stays_as_long_as_anything_is_priced_in_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let put = async |body: Json| anna.send("PUT".parse().unwrap(), "/settings/profile", Some(body)).await;
    let service = anna.add_service("Стрижка", 1500.0, 60).await;
    let refused = put(json!({ "currency": "EUR", "businessName": "x" })).await;
    assert_eq!((refused.status, refused.field("currency")), (422, "other_currency"));
    assert_eq!(anna.get("/auth/me").await.expect(200)["tenant"]["name"], "anna", "all or nothing");
    put(json!({ "businessName": "x" })).await.expect(200);
    assert_eq!(anna.delete(&format!("/services/{service}")).await.status, 204);
    put(json!({ "currency": "EUR" })).await.expect(200);
}

#[tokio::test]
async fn a_visit_keeps_the_rules_of_the_day_on_which_it_was_booked() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let put = async |section: &str, rules: Json| {
        let body = json!({ "rules": rules });
        anna.send("PUT".parse().unwrap(), &format!("/settings/{section}"), Some(body)).await.expect(200)
    };
    let book = async |at: &str| {
        let body = json!({ "kind": "block", "startsAt": at, "durationMin": 30 });
        anna.post("/appointments", body).await.expect(201)["id"].as_str().unwrap().to_owned()
    };
    let rules = async |id: &str| anna.get(&format!("/appointments/{id}/policies")).await.expect(200);
    // By the wall of the business.
    let moscow = domain::dates::zone_rules("Europe/Moscow").unwrap();
    let day = || moscow.to_datetime(server.state().now()).date().to_string();
    let today = day();
    let before = book("2027-05-01T10:00").await;
    let nothing = rules(&before).await;
    assert_eq!((&nothing["cancel"], &nothing["deposit"]), (&Json::Null, &Json::Null));

    let first = json!({ "effectiveFrom": today, "freeUntilHours": 24, "lateFeePercent": 50, "noShowFeePercent": 100 });
    put("cancel-policy", json!([first])).await;
    put("deposit-policy", json!([{ "effectiveFrom": today, "mode": "fixed", "amount": 500 }])).await;
    let old = book("2027-05-01T11:00").await;
    assert_eq!(rules(&old).await["cancel"], first);
    assert_eq!(rules(&old).await["deposit"]["amount"], 500);

    // Stricter from tomorrow on: what is booked already stays as it was, also when it is moved.
    server.clock().advance(jiff::SignedDuration::from_hours(48));
    let later = day();
    let second = json!({ "effectiveFrom": later, "freeUntilHours": 72, "lateFeePercent": 100, "noShowFeePercent": 100 });
    put("cancel-policy", json!([first, second])).await;
    let body = json!({ "startsAt": "2027-05-02T11:00" });
    anna.post(&format!("/appointments/{old}/reschedule"), body).await.expect(200);
    let new = book("2027-05-01T12:00").await;
    assert_eq!((&rules(&old).await["cancel"], &rules(&new).await["cancel"]), (&first, &second));
    assert_eq!(rules(&new).await["bookedOn"], json!(later));
}
