//! Notes: through the front door.

use serde_json::json;

use crate::testing::TestServer;

#[tokio::test]
async fn a_note_is_added_read_edited_and_removed() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    let body = json!({ "clientId": client, "kind": "formula", "body": "6.0 + 6% 1:1" });
    let answer = anna.post("/notes", body).await;
    let location = answer.header("location").to_owned();
    let note = answer.expect(201);
    insta::assert_json_snapshot!(note, {
        ".id" => "[id]", ".clientId" => "[id]", ".createdAt" => "[time]", ".updatedAt" => "[time]",
    });
    let path = location.strip_prefix("/api/v1").unwrap();
    assert_eq!(anna.get(path).await.expect(200), note);
    let edited = anna.patch(path, json!({ "body": "6.0 + 6% 1:1, 40 минут" })).await.expect(200);
    assert_eq!((&edited["body"], &edited["kind"]), (&json!("6.0 + 6% 1:1, 40 минут"), &json!("formula")));
    assert_eq!(anna.delete(path).await.status, 204);
    for answer in [anna.get(path).await, anna.delete(path).await, anna.patch(path, json!({})).await] {
        assert_eq!((answer.status, answer.code()), (404, "not_found"));
    }
}

#[tokio::test]
async fn notes_are_listed_by_client_and_visit_page_by_page() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let [olga, vera] = [anna.add_client("Ольга").await, anna.add_client("Вера").await];
    let visit = json!({ "clientId": olga, "startsAt": "2026-12-01T10:00", "durationMin": 60 });
    let visit = anna.post("/appointments", visit).await.expect(201)["id"].as_str().unwrap().to_owned();
    for number in 0..3 {
        anna.post("/notes", json!({ "clientId": olga, "body": number.to_string() })).await.expect(201);
    }
    anna.post("/notes", json!({ "clientId": vera, "body": "Вера" })).await.expect(201);
    anna.post("/notes", json!({ "clientId": olga, "appointmentId": visit, "body": "визит" }))
        .await
        .expect(201);

    let first = anna.get(&format!("/notes?clientId={olga}&limit=3")).await.expect(200);
    let bodies = |page: &serde_json::Value| -> Vec<String> {
        page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|note| note["body"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(bodies(&first), ["0", "1", "2"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = anna.get(&format!("/notes?clientId={olga}&limit=3&cursor={cursor}")).await.expect(200);
    assert_eq!(bodies(&rest), ["визит"]);
    assert_eq!(bodies(&anna.get(&format!("/notes?appointmentId={visit}")).await.expect(200)), ["визит"]);
    assert_eq!(bodies(&anna.get("/notes").await.expect(200)).len(), 5);
    assert_eq!(anna.get("/notes?clientId=x").await.field("clientId"), "invalid");
}

#[tokio::test]
async fn a_note_about_nobody_is_refused() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let gone = anna.add_client("Ольга").await;
    assert_eq!(anna.delete(&format!("/clients/{gone}")).await.status, 204);
    let nobody = "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1";
    for client in [gone.as_str(), nobody] {
        let answer = anna.post("/notes", json!({ "clientId": client, "body": "x" })).await;
        assert_eq!((answer.status, answer.code(), answer.field("clientId")), (404, "not_found", "unknown"));
    }
    let client = anna.add_client("Вера").await;
    let answer =
        anna.post("/notes", json!({ "clientId": client, "appointmentId": nobody, "body": "x" })).await;
    assert_eq!((answer.status, answer.field("appointmentId")), (404, "unknown"));
    let answer = anna.post("/notes", json!({ "kind": "poem" })).await;
    assert_eq!(answer.status, 422);
    let problems = ["clientId", "body", "kind"].map(|name| answer.field(name).to_owned());
    assert_eq!(problems, ["required", "required", "invalid"]);
}
