//! What all routes have in common: the shape of errors, languages, limits, request ids. Through the front door.

use std::io::Write as _;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::routing::get;
use domain::plans::{Feature, Plan};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use super::{Principal, Problem, around};
use crate::testing::{Answer, Caller, TestServer};

#[tokio::test]
async fn every_error_has_one_shape_whoever_made_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await.speaking("en");
    let json = Some("application/json");
    let deep = "[".repeat(100_000);
    let cases = [
        (anna.get("/nothing-here").await, 404, "not_found"),
        (anna.get("/../nowhere").await, 404, "not_found"),
        (anna.get("/clients/not-an-id").await, 404, "not_found"),
        (anna.get("/clients/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1").await, 404, "not_found"),
        (anna.delete("/clients").await, 405, "method_not_allowed"),
        (anna.act("/clients").await, 415, "unsupported_media_type"),
        (
            anna.raw(Method::POST, "/clients", Some("text/plain"), "{}".into()).await,
            415,
            "unsupported_media_type",
        ),
        (anna.raw(Method::POST, "/clients", json, "{\"name\":".into()).await, 400, "bad_json"),
        (anna.raw(Method::POST, "/clients", json, "[]".into()).await, 400, "bad_json"),
        (anna.raw(Method::POST, "/clients", json, deep.into()).await, 400, "bad_json"),
        (
            anna.raw(Method::POST, "/clients", json, vec![b' '; 1024 * 1024 + 1].into()).await,
            413,
            "payload_too_large",
        ),
        (anna.post("/clients", json!({})).await, 422, "validation_failed"),
        (anna.get("/clients?limit=0").await, 400, "bad_request"),
        (anna.get("/clients?cursor=abc").await, 400, "bad_cursor"),
        (server.anonymous().get("/clients").await, 401, "unauthorized"),
    ];
    for (answer, status, code) in cases {
        assert_eq!((answer.status, answer.code()), (status, code));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("x-request-id").len(), 36);
        assert!(answer.json["error"]["message"].as_str().is_some_and(|message| message.ends_with('.')));
        assert!(answer.json["error"]["fields"].is_object());
    }
    assert_eq!(anna.delete("/clients").await.header("allow"), "POST,GET,HEAD");
}

#[tokio::test]
async fn messages_follow_the_callers_language() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = || json!({ "name": " ", "phone": "12", "colour": "red" });
    for lang in ["ru", "en"] {
        let answer = anna.clone().speaking(lang).post("/clients", body()).await.expect(422);
        insta::assert_json_snapshot!(format!("mistakes_{lang}"), answer);
    }
    let answer = anna.clone().speaking("de, en;q=0.5, ru;q=0.4").get("/clients/x").await.expect(404);
    assert_eq!(
        answer["error"]["message"],
        "We could not find what you are looking for. It may have been deleted."
    );
    let answer = anna.speaking("fr").get("/clients/x").await.expect(404);
    assert_eq!(answer["error"]["message"], "Не нашли то, что вы ищете. Возможно, это уже удалено.");
}

#[tokio::test]
async fn a_callers_request_id_comes_back_unless_it_could_harm_the_log() {
    let server = TestServer::start().await;
    let with = |id: &str| server.anonymous().header("x-request-id", id);
    assert_eq!(with("abc-123").get("/clients").await.header("x-request-id"), "abc-123");
    for bad in ["", "a b", "{\"x\":1}", &"x".repeat(65)] {
        assert_eq!(with(bad).get("/clients").await.header("x-request-id").len(), 36, "{bad}");
    }
}

#[tokio::test]
async fn bodies_may_be_compressed_and_the_limit_counts_what_comes_out() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let zipped = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let send = async |bytes: Vec<u8>| {
        let caller = anna.clone().header("content-encoding", "gzip");
        caller.raw(Method::POST, "/clients", Some("application/json"), Body::from(bytes)).await
    };
    assert_eq!(send(zipped("{\"name\":\"Анна\"}")).await.status, 201);
    let bomb = zipped(&format!("{{\"name\":\"{}\"}}", "a".repeat(64 * 1024 * 1024)));
    let answer = send(bomb).await;
    assert_eq!((answer.status, answer.code()), (413, "payload_too_large"));
    let answer = send(b"not gzip".to_vec()).await;
    assert_eq!((answer.status, answer.code()), (400, "bad_request"));
    let odd = anna.clone().header("content-encoding", "rot13");
    let answer = odd.raw(Method::POST, "/clients", Some("application/json"), "{}".into()).await;
    assert_eq!((answer.status, answer.code()), (415, "unsupported_media_type"));

    let listed = anna.clone().header("accept-encoding", "gzip").get("/clients").await;
    assert_eq!(listed.header("content-encoding"), "gzip");
    let listed = anna.clone().header("accept-encoding", "zstd").get("/clients").await;
    assert_eq!(listed.header("content-encoding"), "zstd");
}

#[tokio::test]
async fn a_list_is_paged_and_stays_stable_while_others_insert() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for name in ["Вера", "Елена", "Ёлка", "анна", "Белла"] {
        anna.add_client(name).await;
    }
    let mut seen = Vec::new();
    let mut path = "/clients?limit=2".to_owned();
    loop {
        let page = anna.get(&path).await.expect(200);
        let names =
            page["data"].as_array().unwrap().iter().map(|client| client["name"].as_str().unwrap().to_owned());
        seen.extend(names);
        // Before, among and after what was shown: none shifts the next page.
        anna.add_client("Аврора").await;
        match page["nextCursor"].as_str() {
            Some(cursor) => path = format!("/clients?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, ["анна", "Белла", "Вера", "Елена", "Ёлка"]);
    let page = anna.get("/clients?limit=2").await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();
    for path in ["/clients?search=x&", "/notes?", "/services?"] {
        let answer = anna.get(&format!("{path}cursor={cursor}")).await;
        assert_eq!((answer.status, answer.code()), (400, "bad_cursor"), "{path}");
    }
    let answer = anna.get("/clients?limit=1&limit=2&colour=red").await;
    assert_eq!((answer.field("limit"), answer.field("colour")), ("invalid", "unknown"));
}

#[tokio::test]
async fn health_and_readiness_need_no_key() {
    let server = TestServer::start().await;
    assert_eq!(server.anonymous().get("/../healthz").await.expect(200), json!({ "status": "ok" }));
    let ready = server.anonymous().get("/../readyz").await.expect(200);
    let all_is_well = json!({
        "status": "ok", "database": "ok", "migrations": "ok", "worker": "none", "draining": false,
    });
    assert_eq!(ready, all_is_well);
}

#[tokio::test]
async fn the_description_and_its_page_are_served_from_here() {
    let server = TestServer::start().await;
    let document = server.anonymous().get("/openapi.json").await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    let page = server.anonymous().get("/../docs/").await;
    assert_eq!(page.status, 200);
    let html = String::from_utf8(page.bytes).unwrap();
    assert!(html.contains("swagger-ui") && !html.contains("//unpkg") && !html.contains("cdn"));
    assert_eq!(document, serde_json::from_str::<Json>(&crate::openapi::pretty().unwrap()).unwrap());
}

/// A route of its own for a feature that the API does not have yet, behind the layers of all routes.
async fn ask_planted(server: &TestServer, caller: &Caller<'_>) -> Answer {
    let handler = async |principal: Principal| {
        principal.require(Feature::Flows)?;
        Ok::<_, Problem>("sent")
    };
    // Under a path that every plan may use, so that only the handler refuses.
    let routes = Router::new().route("/api/v1/clients", get(handler)).with_state(server.state().clone());
    let request = Request::get("/api/v1/clients").header("authorization", format!("Bearer {}", caller.token));
    let request = request.header("accept-language", "en").body(Body::empty()).unwrap();
    Answer::read(around(routes, server.state()).oneshot(request).await.unwrap()).await
}

#[tokio::test]
async fn a_feature_of_a_larger_plan_is_refused_until_she_has_that_plan() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let refused = ask_planted(&server, &anna).await;
    insta::assert_json_snapshot!("feature_not_allowed", refused.expect(403));
    server.put_on(&anna, Plan::Veloria).await;
    assert_eq!(ask_planted(&server, &anna).await.status, 200, "the next request knows of it");
    server.put_on(&anna, Plan::Ivory).await;
    assert_eq!(ask_planted(&server, &anna).await.code(), "feature_not_allowed");
    assert_eq!(anna.get("/auth/me").await.expect(200)["tenant"]["plan"], "ivory");
}
