//! Requests that no honest device sends: each gets the documented error, and nothing of it is stored.

use axum::body::Body;
use axum::http::Method;
use domain::sync::{Ask, ContentType, encode};
use serde_json::{Value as Json, json};
use sync_server::testing::{Answer, Caller, TestServer};
use uuid::Uuid;

use super::homes::{Device, fields};

const CBOR: &str = "application/cbor";

async fn post(caller: &Caller<'_>, content: &str, body: impl Into<Body>) -> Answer {
    caller.raw(Method::POST, "/sync", Some(content), body.into()).await
}

/// What the tenant has, as a new device would see it.
async fn held(caller: &Caller<'_>) -> Json {
    let answer = caller.post("/sync", json!({ "protocol": 1 })).await.expect(200);
    json!({ "head": answer["head"], "items": answer["items"], "digest": answer["digest"] })
}

#[tokio::test]
async fn wrong_requests_are_refused_and_leave_nothing() {
    let server = TestServer::start().await;
    let owner = server.register("hostile").await;
    let device = server.device_of(&owner, "phone").await;
    owner.add_client("Анна").await;
    let before = held(&device).await;
    let good = encode(&Ask { protocol: 1, ..Ask::default() }, ContentType::Cbor);

    for length in 0..good.len() {
        let answer = post(&device, CBOR, good[..length].to_vec()).await;
        assert_eq!(answer.status, 400, "cut to {length}: {}", answer.code());
    }
    let longer = [good.clone(), vec![0]].concat();
    assert_eq!(post(&device, CBOR, longer).await.status, 400);
    assert_eq!(post(&device, CBOR, vec![0x81; 100_000]).await.status, 400, "too deep");
    assert_eq!(post(&device, "text/plain", good.clone()).await.code(), "unsupported_media_type");
    assert_eq!(post(&device, "application/json", "[1, 2]").await.status, 400);
    let newer = encode(&Ask { protocol: 2, ..Ask::default() }, ContentType::Cbor);
    let answer = post(&device, CBOR, newer).await;
    assert_eq!((answer.status, answer.code()), (426, "unsupported_protocol"));
    // A newer version may look like nothing that we know.
    for protocol in [json!(2), json!(-1), json!(1.5), json!(4_294_967_297_u64)] {
        let answer = device.post("/sync", json!({ "protocol": protocol, "push": { "new": "shape" } })).await;
        assert_eq!((answer.status, answer.code()), (426, "unsupported_protocol"), "{protocol}");
    }
    let answer = device.post("/sync", json!({ "protocol": 1, "push": { "new": "shape" } })).await;
    assert_eq!((answer.status, answer.code()), (400, "bad_json"));
    let answer = device.post("/sync/compare", json!({ "protocol": 1, "part": "cats", "buckets": [] })).await;
    assert_eq!((answer.status, answer.code()), (400, "bad_request"));
    let answer = device.post("/sync", json!({ "protocol": 1, "cursor": "nonsense" })).await;
    assert_eq!((answer.status, answer.code()), (400, "bad_cursor"));
    let oversized = vec![b' '; domain::sync::MAX_REQUEST_BYTES + 1];
    assert_eq!(post(&device, "application/json", oversized).await.code(), "payload_too_large");

    assert_eq!(held(&device).await, before);
}

#[tokio::test]
async fn wrong_changes_are_refused_one_by_one() {
    let server = TestServer::start().await;
    let owner = server.register("changes").await;
    let device = server.device_of(&owner, "phone").await;
    let huge = "A".repeat(domain::documents::MAX_CHANGE_BYTES * 4 / 3 + 100);
    let zeros = "0".repeat(64);
    let push = |collection: &str, bytes: &str| json!({ "doc": Uuid::from_u128(7), "collection": collection, "hash": zeros, "bytes": bytes });
    let ask = json!({ "protocol": 1, "push": [
        push("clients", "AAAA"), push("ghosts", "AAAA"), push("clients", &huge[..huge.len() / 4 * 4]), push("notes", ""),
    ] });
    let answer = device.post("/sync", ask).await.expect(200);
    let codes: Vec<&str> = answer["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|result| result["code"].as_str())
        .collect();
    assert_eq!(codes, ["bad_chunk", "unknown_collection", "change_too_large", "bad_chunk"]);
    let after = held(&device).await;
    assert!(after["items"].as_array().expect("items").iter().all(|item| item["doc"].is_null()), "{after}");
}

#[tokio::test]
async fn another_tenants_documents_and_cursors_are_nobodys() {
    let server = TestServer::start().await;
    let (anna, vera) = (server.register("anna").await, server.register("vera").await);
    let mut a = Device::sign_in(&server, &anna.email, "a").await;
    let secret = a.app.add_client(&fields(json!({ "name": "Тайна" }))).expect("a client").id;
    a.sync(&server).await;
    let device = server.device_of(&vera, "b").await;
    let before = held(&device).await;

    let wanted = device.post("/sync", json!({ "protocol": 1, "want": [secret] })).await.expect(200);
    assert!(!wanted.to_string().contains("Тайна"));
    assert!(wanted["items"].as_array().expect("items").iter().all(|item| item["doc"].is_null()));
    let cursor = server.device_of(&anna, "c").await.post("/sync", json!({ "protocol": 1 })).await.expect(200);
    let answer = device.post("/sync", json!({ "protocol": 1, "cursor": cursor["cursor"] })).await;
    assert_eq!((answer.status, answer.code()), (400, "bad_cursor"));
    assert_eq!(vera.get(&format!("/clients/{secret}")).await.status, 404);
    assert_eq!(held(&device).await, before);
}
