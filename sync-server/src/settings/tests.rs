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
    assert_eq!((all["data"].as_array().unwrap().len(), &all["data"][0]), (7, &put));

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
