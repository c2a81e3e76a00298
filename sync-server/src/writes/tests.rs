//! Versions and idempotency: through the front door.

use axum::body::Body;
use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::testing::{Answer, Caller, TestServer};

fn with_key<'a>(anna: &Caller<'a>, key: &str) -> Caller<'a> {
    anna.clone().header("idempotency-key", key)
}

fn same(first: &Answer, again: &Answer) {
    assert_eq!((first.status, &first.bytes), (again.status, &again.bytes));
    for name in ["location", "etag", "content-type"] {
        assert_eq!(first.header(name), again.header(name), "{name}");
    }
}

async fn count(anna: &Caller<'_>, path: &str) -> usize {
    anna.get(path).await.expect(200)["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_key_has_one_effect_and_its_answer_is_said_again_byte_for_byte() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let keyed = with_key(&anna, "first");
    let first = keyed.post("/clients", json!({ "name": "Ольга" })).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    let again = keyed.post("/clients", json!({ "name": "Ольга" })).await;
    same(&first, &again);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(count(&anna, "/clients").await, 1);

    let other = keyed.post("/clients", json!({ "name": "Мария" })).await;
    assert_eq!((other.status, other.code()), (422, "idempotency_mismatch"));
    // The key is known by its route, too: elsewhere it is a new one.
    let service = json!({ "name": "Маникюр", "basePrice": 2500, "durationMin": 90 });
    keyed.post("/services", service).await.expect(201);
    with_key(&anna, "second").post("/clients", json!({ "name": "Ольга" })).await.expect(201);
    assert_eq!(count(&anna, "/clients").await, 2);
}

#[tokio::test]
async fn a_key_is_forgotten_after_two_days_and_belongs_to_one_person() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let body = || json!({ "name": "Мария" });
    let first = with_key(&anna, "key").post("/clients", body()).await;
    let hers = with_key(&olga, "key").post("/clients", body()).await;
    assert_ne!(first.json["id"], hers.expect(201)["id"]);
    server.clock().advance(SignedDuration::from_hours(47));
    same(&first, &with_key(&anna, "key").post("/clients", body()).await);
    server.clock().advance(SignedDuration::from_hours(2));
    let later = with_key(&anna, "key").post("/clients", body()).await.expect(201);
    assert_ne!(later["id"], first.json["id"]);
}

#[tokio::test]
async fn a_request_that_failed_leaves_its_key_free() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let keyed = with_key(&anna, "key");
    assert_eq!(keyed.post("/clients", json!({ "name": "" })).await.status, 422);
    let created = keyed.post("/clients", json!({ "name": "Ольга" })).await;
    same(&created, &keyed.post("/clients", json!({ "name": "Ольга" })).await);
    assert_eq!((created.status, count(&anna, "/clients").await), (201, 1));
}

#[tokio::test]
async fn of_parallel_requests_with_one_key_one_has_the_effect() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let keyed = with_key(&anna, "key");
    let body = json!({ "name": "Ольга" });
    let sent = (0..20).map(|_| keyed.post("/clients", body.clone()));
    let answers = futures::future::join_all(sent).await;
    let done: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(done.iter().all(|answer| answer.bytes == done[0].bytes));
    for busy in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!((busy.status, busy.code()), (409, "request_running"));
        assert_eq!(busy.header("retry-after"), "1");
    }
    assert_eq!(count(&anna, "/clients").await, 1);
}

#[tokio::test]
async fn a_key_is_one_line_of_moderate_length() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let longest = "k".repeat(255);
    with_key(&anna, &longest).post("/clients", json!({ "name": "Ольга" })).await.expect(201);
    for key in [String::new(), "k".repeat(256)] {
        let answer = with_key(&anna, &key).post("/clients", json!({ "name": "Ольга" })).await;
        assert_eq!((answer.status, answer.code()), (400, "bad_request"), "{key:?}");
    }
}

#[tokio::test]
async fn a_condition_guards_against_overwriting_and_is_optional() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let service = json!({ "name": "Маникюр", "basePrice": 2500, "durationMin": 90 });
    let olga = json!({ "name": "Ольга" });
    for (collection, body, edit) in
        [("/clients", olga, json!({ "source": "a" })), ("/services", service, json!({ "category": "a" }))]
    {
        let created = anna.post(collection, body).await;
        let path = format!("{collection}/{}", created.json["id"].as_str().unwrap());
        let old = created.header("etag").to_owned();
        assert!(old.starts_with('"') && old.ends_with('"'), "{old}");
        assert_eq!(anna.get(&path).await.header("etag"), old);
        let not_modified = anna.clone().header("if-none-match", &old).get(&path).await;
        assert_eq!(
            (not_modified.status, not_modified.bytes.len(), not_modified.header("etag")),
            (304, 0, &*old)
        );

        let edited = anna.clone().header("if-match", &old).patch(&path, edit.clone()).await;
        let new = edited.header("etag").to_owned();
        assert!(edited.status == 200 && new != old);
        for (method, body) in [(Method::PATCH, Some(edit.clone())), (Method::DELETE, None)] {
            let answer = anna.clone().header("if-match", &old).send(method, &path, body).await;
            assert_eq!((answer.status, answer.code()), (412, "precondition_failed"));
        }
        let answer = anna.clone().header("if-match", "no-quotes").patch(&path, edit.clone()).await;
        assert_eq!((answer.status, answer.code()), (400, "bad_request"));
        // Without a condition, edits of different fields come together.
        assert_eq!(
            anna.patch(&path, json!({ "meta": { "b": 1 } })).await.expect(200)["meta"],
            json!({ "b": 1 })
        );
        assert_eq!(anna.clone().header("if-match", "*").delete(&path).await.status, 204);
    }
}

#[tokio::test]
async fn a_step_needs_no_body_but_may_have_its_one_field() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let visit = json!({ "startsAt": "2026-12-01T10:00", "durationMin": 60 });
    let id = anna.post("/appointments", visit).await.expect(201)["id"].as_str().unwrap().to_owned();
    let path = format!("/appointments/{id}/confirm");
    anna.act(&path).await.expect(200);
    anna.post(&path, json!({ "allowOverlap": true })).await.expect(200);
    let answer = anna.post(&path, json!({ "allowOverlap": 1, "why": "" })).await;
    assert_eq!(
        (answer.status, answer.field("allowOverlap"), answer.field("why")),
        (422, "invalid", "unknown")
    );
    let answer = anna.raw(Method::POST, &path, Some("text/plain"), Body::from("yes")).await;
    assert_eq!((answer.status, answer.json["error"]["details"].clone()), (415, Json::Null));
}

#[tokio::test]
async fn the_time_of_an_answer_begins_when_it_is_given() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let keyed = with_key(&anna, "key");
    assert_eq!(keyed.post("/clients", json!({ "name": "" })).await.status, 422);
    server.clock().advance(SignedDuration::from_hours(47));
    let done = keyed.post("/clients", json!({ "name": "Ольга" })).await;
    server.clock().advance(SignedDuration::from_hours(2));
    same(&done, &keyed.post("/clients", json!({ "name": "Ольга" })).await);
    assert_eq!(count(&anna, "/clients").await, 1);
}

#[tokio::test]
async fn what_is_known_of_a_client_changes_with_her_visits() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let olga = anna.add_client("Ольга").await;
    let path = format!("/clients/{olga}");
    let before = anna.get(&path).await.header("etag").to_owned();
    let visit = json!({ "clientId": olga, "startsAt": "2026-10-05T10:00", "durationMin": 60 });
    let visit = anna.post("/appointments", visit).await.expect(201);
    anna.act(&format!("/appointments/{}/complete", visit["id"].as_str().unwrap())).await.expect(200);
    let again = anna.clone().header("if-none-match", &before).get(&path).await;
    assert_eq!((again.status, again.json["lastVisitAt"].is_string()), (200, true));
    // Her own fields are as they were, so an edit may go on from there.
    anna.clone().header("if-match", &before).patch(&path, json!({ "source": "a" })).await.expect(200);
}
