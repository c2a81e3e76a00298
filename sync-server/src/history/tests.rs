//! History: through the front door.

use serde_json::json;

use crate::testing::TestServer;

#[tokio::test]
async fn the_changes_of_a_visit_tell_its_story_page_by_page() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let visit = json!({ "startsAt": "2026-12-01T10:00", "durationMin": 60 });
    let id = anna.post("/appointments", visit).await.expect(201)["id"].as_str().expect("an id").to_owned();
    anna.post(&format!("/appointments/{id}/confirm"), json!({})).await.expect(200);
    anna.post(&format!("/appointments/{id}/reschedule"), json!({ "startsAt": "2026-12-01T12:00" }))
        .await
        .expect(200);
    let path = format!("/appointments/{id}/changes");
    let page = anna.get(&format!("{path}?limit=1")).await.expect(200);
    let moved = &page["data"][0];
    assert_eq!(
        (moved["command"].as_str(), moved["device"].as_str()),
        (Some("appointment.move"), Some("api"))
    );
    assert!(moved["receivedAt"].is_string() && moved["at"].is_string());
    assert_eq!(moved["fields"][0]["from"], "2026-12-01T10:00[Europe/Moscow]/PT60M");
    assert_eq!(moved["fields"][0]["stands"], true);
    let cursor = page["nextCursor"].as_str().expect("more");
    let rest = anna.get(&format!("{path}?limit=5&cursor={cursor}")).await.expect(200);
    let commands: Vec<_> = rest["data"].as_array().expect("a list").iter().map(|c| &c["command"]).collect();
    assert_eq!(commands, ["appointment.confirm", "appointment.book"]);
}

#[tokio::test]
async fn who_made_a_value_what_it_is_can_be_asked() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let id = anna.add_client("Ольга").await;
    anna.patch(&format!("/clients/{id}"), json!({ "phone": "+79161234567" })).await.expect(200);
    anna.patch(&format!("/clients/{id}"), json!({ "name": "Оля" })).await.expect(200);
    let why = anna.get(&format!("/clients/{id}/changes?field=phone")).await.expect(200);
    assert_eq!(why["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(why["data"][0]["fields"][0]["to"], "+79161234567");
    anna.delete(&format!("/clients/{id}")).await;
    let all = anna.get(&format!("/clients/{id}/changes")).await.expect(200);
    assert_eq!(all["data"][0]["command"], "client.remove", "also of what was removed");
}

#[tokio::test]
async fn the_history_of_another_tenant_is_not_there() {
    let server = TestServer::start().await;
    let (anna, vera) = (server.register("anna").await, server.register("vera").await);
    let id = anna.add_client("Ольга").await;
    assert_eq!(vera.get(&format!("/clients/{id}/changes")).await.status, 404);
    assert_eq!(anna.get(&format!("/notes/{id}/changes")).await.status, 404, "and not under another name");
}
