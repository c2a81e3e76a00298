//! History: through the front door.

use jiff::SignedDuration;
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

#[tokio::test]
async fn what_happened_in_the_whole_business_is_told_newest_first_and_page_by_page() {
    let server = TestServer::start().await;
    let (anna, vera) = (server.register("anna").await, server.register("vera").await);
    let olga = anna.add_client("Ольга").await;
    vera.add_client("Ира").await;
    let visit = json!({ "startsAt": "2026-12-01T10:00", "durationMin": 60, "clientId": olga });
    let visit = anna.post("/appointments", visit).await.expect(201)["id"].clone();
    let gone = anna.add_client("Лишняя").await;
    anna.delete(&format!("/clients/{gone}")).await;
    let (mut told, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = anna.get(&format!("/changes?limit=2{cursor}")).await.expect(200);
        told.extend(page["data"].as_array().expect("a list").iter().cloned());
        // What is new meanwhile moves nothing of what was not told yet.
        anna.patch(&format!("/clients/{olga}"), json!({ "name": format!("Ольга {}", told.len()) }))
            .await
            .expect(200);
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let words: Vec<_> =
        told.iter().map(|one| one["change"]["command"].as_str().unwrap_or_default()).collect();
    assert_eq!(words, ["client.remove", "client.create", "appointment.book", "client.create"]);
    let whose: Vec<_> =
        told.iter().map(|one| (&one["recordId"], &one["clientId"], &one["isRemoved"])).collect();
    let (gone, olga) = (json!(gone), json!(olga));
    assert_eq!(whose[0], (&gone, &gone, &json!(true)));
    assert_eq!(whose[2], (&visit, &olga, &json!(false)));
    assert_eq!((&told[0]["name"], &told[2]["name"]), (&json!("Лишняя"), &json!(null)));
    assert_eq!(told[2]["collection"], "appointments");
    assert!(told.iter().all(|one| one["change"]["receivedAt"].is_string()));
    let alone =
        anna.get(&format!("/clients/{}/changes", olga.as_str().unwrap_or_default())).await.expect(200);
    let first = alone["data"].as_array().and_then(|all| all.last()).expect("its creation");
    assert_eq!(
        &told[3]["change"]["fields"][0]["field"], &first["fields"][0]["field"],
        "told as in its own history"
    );
    assert_eq!(anna.get("/changes?cursor=nonsense").await.status, 400);
}

#[tokio::test]
async fn a_change_is_taken_back_once_and_never_that_of_another_tenant() {
    let server = TestServer::start().await;
    let (anna, vera) = (server.register("anna").await, server.register("vera").await);
    let id = anna.add_client("Ольга").await;
    anna.patch(&format!("/clients/{id}"), json!({ "name": "Оля" })).await.expect(200);
    let changes = anna.get(&format!("/clients/{id}/changes")).await.expect(200);
    let body = json!({ "document": id, "change": changes["data"][0]["id"] });
    assert_eq!(vera.post("/history/undo", body.clone()).await.status, 404);
    let taken = anna.post("/history/undo", body.clone()).await.expect(200);
    assert_eq!(taken["undone"][0]["change"], body["change"]);
    assert_eq!(anna.get(&format!("/clients/{id}")).await.expect(200)["name"], "Ольга");
    let again = anna.post("/history/undo", body).await;
    assert_eq!(again.status, 409, "what was taken back is not taken back twice");
}

#[tokio::test]
async fn a_retried_undo_is_answered_as_the_first_and_what_others_changed_since_stays() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let id = anna.add_client("Ольга").await;
    let path = format!("/clients/{id}");
    anna.patch(&path, json!({ "name": "Оля", "phone": "+79161234567" })).await.expect(200);
    let both = anna.get(&format!("{path}/changes")).await.expect(200)["data"][0]["id"].clone();
    anna.patch(&path, json!({ "phone": "+79160000000" })).await.expect(200);
    let body = json!({ "document": id, "change": both });
    let once = anna.clone().header("idempotency-key", "undo-1");
    let taken = once.post("/history/undo", body.clone()).await.expect(200);
    assert_eq!(taken["kept"], json!([{ "document": id, "field": "phone" }]));
    assert_eq!(once.post("/history/undo", body).await.expect(200), taken, "sent again, told again");
    let client = anna.get(&path).await.expect(200);
    assert_eq!((&client["name"], &client["phone"]), (&json!("Ольга"), &json!("+79160000000")));
    let story = anna.get(&format!("{path}/changes")).await.expect(200);
    assert_eq!(story["data"].as_array().map(Vec::len), Some(4), "done once");
}

#[tokio::test]
async fn all_that_a_device_did_since_a_moment_is_taken_back_at_once() {
    let server = TestServer::start().await;
    let (anna, vera) = (server.register("anna").await, server.register("vera").await);
    let (old, theirs) = (anna.add_client("Ольга").await, vera.add_client("Ира").await);
    server.clock().advance(SignedDuration::from_mins(10));
    let since = server.state().now().to_string();
    server.clock().advance(SignedDuration::from_mins(10));
    anna.patch(&format!("/clients/{old}"), json!({ "name": "Испорчено" })).await.expect(200);
    let new = anna.add_client("Лишняя").await;
    let visit = json!({ "startsAt": "2026-12-01T10:00", "durationMin": 60 });
    let visit = anna.post("/appointments", visit).await.expect(201)["id"].as_str().expect("an id").to_owned();
    anna.post(&format!("/appointments/{visit}/cancel"), json!({})).await.expect(200);

    let refused = anna.post("/history/undo-device", json!({ "device": "api", "since": "yesterday" })).await;
    assert_eq!((refused.status, refused.field("since")), (422, "invalid_time"));
    let nobody = json!({ "device": "Телефон", "since": since });
    assert_eq!(anna.post("/history/undo-device", nobody).await.status, 409, "it did nothing");
    let body = json!({ "device": "api", "since": since });
    assert_eq!(vera.post("/history/undo-device", body.clone()).await.status, 409, "nor did hers");
    let taken = anna.post("/history/undo-device", body.clone()).await.expect(200);
    assert_eq!(taken["undone"].as_array().map(Vec::len), Some(4));
    assert_eq!(anna.get(&format!("/clients/{old}")).await.expect(200)["name"], "Ольга");
    assert_eq!(anna.get(&format!("/clients/{new}")).await.status, 404);
    assert_eq!(anna.get(&format!("/appointments/{visit}")).await.status, 404);
    assert_eq!(vera.get(&format!("/clients/{theirs}")).await.expect(200)["name"], "Ира");
}
