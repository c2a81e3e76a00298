//! The language that somebody has chosen: for answers that no header asks otherwise of, and for letters.

use serde_json::json;

use crate::testing::{Caller, PASSWORD, TestServer};

async fn answered(caller: &Caller<'_>) -> String {
    let answer = caller.get("/clients/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1").await.expect(404);
    answer["error"]["message"].as_str().unwrap().to_owned()
}

fn is_russian(text: &str) -> bool {
    text.chars().any(|letter| ('а'..='я').contains(&letter))
}

#[tokio::test]
async fn without_a_header_a_person_is_answered_in_the_language_that_she_has_chosen() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    assert!(is_russian(&answered(&anna).await));
    let edited = anna.patch("/auth/me", json!({ "locale": "en", "timezone": "Asia/Omsk" })).await.expect(200);
    assert_eq!(
        (&edited["locale"], &edited["timezone"], &edited["name"]),
        (&json!("en"), &json!("Asia/Omsk"), &json!("anna"))
    );
    assert!(!is_russian(&answered(&anna).await));
    assert!(is_russian(&answered(&anna.clone().speaking("ru")).await), "a header says what is wanted now");
    let phone = server.device_of(&anna, "phone").await;
    assert!(!is_russian(&answered(&phone).await));
    let nobody = server.anonymous().get("/clients").await.expect(401);
    assert!(is_russian(nobody["error"]["message"].as_str().unwrap()));
    // Also what is refused before the handler is asked.
    let wrong = anna.post("/clients", json!([])).await;
    assert!(wrong.status == 400 || wrong.status == 422);
    assert!(!is_russian(wrong.json["error"]["message"].as_str().unwrap()), "{}", wrong.json);
}

#[tokio::test]
async fn letters_are_written_in_the_language_that_she_has_chosen() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let _working = server.work().await;
    let forgot = async || {
        let body = json!({ "email": anna.email });
        // The browser's language is not the person's.
        server.anonymous().speaking("en").post("/auth/password/forgot", body).await.expect(202);
        server.letter_to(&anna.email).await
    };
    assert!(is_russian(&forgot().await.text));
    anna.patch("/auth/me", json!({ "locale": "en" })).await.expect(200);
    assert!(!is_russian(&forgot().await.text));
}

#[tokio::test]
async fn what_she_cannot_be_is_told_and_the_address_needs_its_own_door() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let wrong = json!({ "name": null, "timezone": "Mars/Base", "locale": "xx", "email": "x@example.ru", "password": PASSWORD });
    let answer = anna.patch("/auth/me", wrong).await;
    assert_eq!(answer.status, 422);
    for (field, problem) in [
        ("name", "required"),
        ("timezone", "unknown_zone"),
        ("locale", "invalid"),
        ("email", "unknown"),
        ("password", "unknown"),
    ] {
        assert_eq!(answer.field(field), problem, "{field}");
    }
}
