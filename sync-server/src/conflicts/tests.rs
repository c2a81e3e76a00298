//! Conflicts: through the front door.

use serde_json::{Value as Json, json};

use crate::testing::{Caller, TestServer};

async fn book(anna: &Caller<'_>, at: &str, more: Json) -> String {
    let mut body = json!({ "startsAt": at, "durationMin": 60, "price": 2500, "allowOverlap": true });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    anna.post("/appointments", body).await.expect(201)["id"].as_str().expect("an id").to_owned()
}

async fn listed(anna: &Caller<'_>) -> Vec<Json> {
    anna.get("/conflicts").await.expect(200)["data"].as_array().expect("a list").clone()
}

fn choices(conflict: &Json) -> Vec<String> {
    let all = conflict["resolutions"].as_array().expect("a list").iter();
    all.map(|choice| choice["id"].as_str().expect("an id").to_owned()).collect()
}

async fn settle(anna: &Caller<'_>, conflict: &Json, choice: &str) -> Json {
    let path = format!("/conflicts/{}/resolve", conflict["id"].as_str().expect("an id"));
    anna.post(&path, json!({ "choice": choice })).await.expect(200)
}

#[tokio::test]
async fn two_visits_of_one_hour_are_told_in_her_language_and_kept_on_purpose() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let olga = anna.add_client("Ольга").await;
    let first = book(&anna, "2026-12-01T10:00", json!({ "clientId": olga, "depositAmount": 500 })).await;
    let second = book(&anna, "2026-12-01T10:30", json!({})).await;
    book(&anna, "2026-12-01T11:30", json!({})).await;
    let all = listed(&anna).await;
    let [conflict] = &all[..] else { panic!("one conflict: {all:?}") };
    let mut about = vec![first, second];
    about.sort_unstable();
    assert_eq!((conflict["kind"].as_str(), &conflict["about"]), (Some("overlap"), &json!(about)));
    assert_eq!(conflict["atStake"], "5\u{a0}000\u{a0}₽");
    assert!(conflict["title"].as_str().expect("words").contains("30 мин"));
    let path = format!("/conflicts/{}", conflict["id"].as_str().expect("an id"));
    let english = anna.clone().speaking("en").get(&path).await.expect(200);
    assert!(english["title"].as_str().expect("words").contains("30 min"));
    assert_eq!(english["versions"][0]["device"], "api");
    let found = choices(&english);
    assert_eq!(found[0], "keepBoth");
    assert_eq!(found.iter().filter(|choice| choice.starts_with("move:")).count(), 6, "{found:?}");

    let stale = json!({ "choice": "keepBoth", "facts": "0".repeat(64) });
    let answer = anna.post(&format!("{path}/resolve"), stale).await;
    assert_eq!((answer.status, answer.code()), (412, "precondition_failed"));
    settle(&anna, &english, "keepBoth").await;
    assert!(listed(&anna).await.is_empty());
    anna.get(&path).await.expect(200);
    let facts = json!({ "choice": "keepBoth", "facts": english["facts"] });
    anna.post(&format!("{path}/resolve"), facts).await.expect(200);
}

#[tokio::test]
async fn a_visit_is_moved_to_an_offered_hour_but_not_to_a_taken_one() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let first = book(&anna, "2026-12-01T10:00", json!({})).await;
    book(&anna, "2026-12-01T10:30", json!({})).await;
    let conflict = listed(&anna).await.remove(0);
    let path = format!("/conflicts/{}/resolve", conflict["id"].as_str().expect("an id"));
    let taken = format!("move:{first}:2026-12-01T10:30[Europe/Moscow]");
    let answer = anna.post(&path, json!({ "choice": taken })).await;
    assert_eq!((answer.status, answer.code()), (409, "slot_taken"));
    let offered = choices(&conflict).into_iter().find(|choice| choice.starts_with(&format!("move:{first}")));
    settle(&anna, &conflict, &offered.expect("a free hour")).await;
    assert!(listed(&anna).await.is_empty());
    let answer = anna.post(&path, json!({ "choice": "keepBoth" })).await;
    assert_eq!((answer.status, answer.code()), (404, "not_found"), "it is gone");
}

#[tokio::test]
async fn cancelling_and_telling_leaves_a_message_that_is_not_sent() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let olga = anna.add_client("Ольга").await;
    let first = book(&anna, "2026-12-01T10:00", json!({ "clientId": olga })).await;
    book(&anna, "2026-12-01T10:30", json!({})).await;
    let conflict = listed(&anna).await.remove(0);
    let settled = settle(&anna, &conflict, &format!("cancelAndTell:{first}")).await;
    assert!(settled["message"].is_string(), "{settled}");
    let visit = anna.get(&format!("/appointments/{first}")).await.expect(200);
    assert_eq!(visit["status"], "cancelled");
    assert!(listed(&anna).await.is_empty());
}

#[tokio::test]
async fn clients_of_one_number_are_merged_and_nothing_is_lost() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = |name: &str| json!({ "name": name, "phone": "+79161234567", "allowDuplicate": true });
    let mut ids = Vec::new();
    for name in ["Ольга", "Оля"] {
        ids.push(
            anna.post("/clients", client(name)).await.expect(201)["id"].as_str().expect("an id").to_owned(),
        );
    }
    let visit = book(&anna, "2026-12-01T10:00", json!({ "clientId": ids[1] })).await;
    anna.post("/notes", json!({ "clientId": ids[1], "body": "латекс" })).await.expect(201);
    let paid = json!({ "date": "2026-11-01", "amount": 1500, "clientId": ids[1] });
    let paid = anna.post("/payments", paid).await.expect(201);
    let conflict = listed(&anna).await.remove(0);
    assert_eq!(conflict["kind"], "duplicate_phone");
    settle(&anna, &conflict, &format!("merge:{}", ids[0])).await;
    assert!(listed(&anna).await.is_empty());
    assert_eq!(anna.get(&format!("/appointments/{visit}")).await.expect(200)["clientId"], ids[0].as_str());
    let notes = anna.get(&format!("/notes?clientId={}", ids[0])).await.expect(200);
    assert_eq!(notes["data"][0]["body"], "латекс");
    assert_eq!(anna.get(&format!("/clients/{}", ids[1])).await.status, 404);
    // Money stays booked on the card that it was taken for, and is asked for by the one that is left.
    let history = anna.get(&format!("/clients/{}/history", ids[0])).await.expect(200);
    assert_eq!(history["data"][0]["payment"]["id"], paid["id"]);
    let export = anna.get(&format!("/clients/{}/export", ids[0])).await.expect(200);
    assert_eq!(export["payments"][0]["id"], paid["id"]);
    let merge = |gone: &str| format!("/clients/{gone}/merge");
    let itself = anna.post(&merge(&ids[0]), json!({ "into": ids[0] })).await;
    assert_eq!((itself.status, itself.code()), (409, "conflict"));
    let gone = anna.post(&merge(&ids[0]), json!({ "into": ids[1] })).await;
    assert_eq!((gone.status, gone.field("into")), (404, "unknown"), "no circle");
}

#[tokio::test]
async fn visits_ahead_of_gone_clients_and_services_are_told_and_restored() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let olga = anna.add_client("Ольга").await;
    let service = anna.add_service("Маникюр", 2500.0, 60).await;
    book(&anna, "2026-12-01T10:00", json!({ "clientId": olga, "serviceId": service })).await;
    anna.delete(&format!("/clients/{olga}")).await;
    let conflict = listed(&anna).await.remove(0);
    assert_eq!(conflict["kind"], "visit_of_deleted_client");
    settle(&anna, &conflict, "restore").await;
    anna.get(&format!("/clients/{olga}")).await.expect(200);
    anna.patch(&format!("/services/{service}"), json!({ "active": false })).await.expect(200);
    let all = listed(&anna).await;
    assert_eq!((all.len(), &all[0]["kind"]), (1, &json!("inactive_service")));
}

#[tokio::test]
async fn warnings_are_listed_only_when_asked_for() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    book(&anna, "2027-06-01T21:00", json!({})).await;
    assert!(listed(&anna).await.is_empty());
    let warned = anna.get("/conflicts?warnings=true").await.expect(200);
    assert_eq!(
        (&warned["data"][0]["kind"], &warned["data"][0]["warning"]),
        (&json!("outside_hours"), &json!(true))
    );
    assert_eq!(warned["data"][0]["resolutions"], json!([]));
}

#[tokio::test]
async fn a_conflict_of_another_tenant_is_not_there() {
    let server = TestServer::start().await;
    let (anna, vera) = (server.register("anna").await, server.register("vera").await);
    book(&anna, "2026-12-01T10:00", json!({})).await;
    book(&anna, "2026-12-01T10:00", json!({})).await;
    let path = format!("/conflicts/{}", listed(&anna).await[0]["id"].as_str().expect("an id"));
    assert_eq!(vera.get(&path).await.status, 404);
    let answer = vera.post(&format!("{path}/resolve"), json!({ "choice": "keepBoth" })).await;
    assert_eq!((answer.status, answer.code()), (404, "not_found"));
    let answer = anna.post(&format!("{path}/resolve"), json!({ "choice": "explode" })).await;
    assert_eq!((answer.status, answer.field("choice")), (422, "unknown"));
    assert_eq!(anna.post(&format!("{path}/resolve"), json!({})).await.field("choice"), "required");
}

#[tokio::test]
async fn many_conflicts_come_page_by_page() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for _ in 0..3 {
        book(&anna, "2026-12-01T10:00", json!({})).await;
    }
    let first = anna.get("/conflicts?limit=2").await.expect(200);
    let cursor = first["nextCursor"].as_str().expect("more");
    let rest = anna.get(&format!("/conflicts?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(rest["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest["nextCursor"], Json::Null);
}
