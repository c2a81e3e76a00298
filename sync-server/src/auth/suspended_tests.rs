//! A suspended business reads, takes everything away and changes nothing, at whichever door (`tenants.status`).

use domain::accounts::TenantStatus;
use domain::documents::{Author, Bytes};
use domain::input::Patch;
use domain::sync::{Ask, PROTOCOL, Push};
use futures::future::join;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::set_status;
use crate::sync;
use crate::testing::{Caller, PASSWORD, TestServer};

async fn set(server: &TestServer, caller: &Caller<'_>, status: TenantStatus) {
    let tenant = caller.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = server.state().db.tenant(tenant).await.unwrap();
    super::set_status(&mut tx, status).await.unwrap();
    tx.commit().await.unwrap();
}

/// A client that a device has made without a network.
fn pushed(id: Uuid) -> Json {
    let edit =
        domain::clients::ClientEdit { name: Patch::Set("Ольга".to_owned()), ..Default::default() };
    let (_, chunk) = domain::clients::create(&Author::new([7; 16], "phone"), 1_795_341_600, &edit);
    let chunk = chunk.unwrap();
    let bytes = Bytes(chunk.bytes().to_vec());
    let push = Push { group: None, doc: id, collection: "clients".to_owned(), hash: chunk.hash(), bytes };
    serde_json::to_value(Ask { protocol: PROTOCOL, push: vec![push], ..Ask::default() }).unwrap()
}

#[tokio::test]
async fn over_rest_it_reads_exports_and_signs_in_and_writes_nothing() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    set(&server, &anna, TenantStatus::Suspended).await;
    let refused = [
        anna.post("/clients", json!({ "name": "x" })).await,
        anna.patch(&format!("/clients/{client}"), json!({ "name": "x" })).await,
        anna.delete(&format!("/clients/{client}")).await,
        anna.act(&format!("/imports/{client}/run")).await,
    ];
    for answer in refused {
        assert_eq!((answer.status, answer.code()), (403, "tenant_suspended"));
    }
    for path in ["/clients", "/export", "/settings", "/auth/me"] {
        assert_eq!(anna.get(path).await.status, 200, "{path}");
    }
    assert_eq!(anna.get("/auth/me").await.expect(200)["tenant"]["status"], "suspended");
    let body = json!({ "email": anna.email, "password": PASSWORD });
    assert_eq!(server.anonymous().post("/auth/login", body).await.status, 200);
    let device = server.device_of(&anna, "phone").await;
    let device = device.account["id"].as_str().unwrap();
    assert_eq!(anna.delete(&format!("/devices/{device}")).await.status, 204, "a lost phone can be cut off");
    set(&server, &anna, TenantStatus::Active).await;
    assert_eq!(anna.post("/clients", json!({ "name": "x" })).await.status, 201);
}

#[tokio::test]
async fn a_device_pulls_and_what_it_pushes_waits_on_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    anna.add_client("Анна").await;
    let phone = server.device_of(&anna, "phone").await;
    set(&server, &anna, TenantStatus::Suspended).await;
    let id = Uuid::from_u128(7);
    let answer = phone.post("/sync", pushed(id)).await.expect(200);
    assert!(
        answer.get("results").is_none_or(|results| *results == json!([])),
        "not a word about it: {answer}"
    );
    assert!(answer.get("digest").is_none_or(Json::is_null), "and no sums that would differ");
    assert!(answer["items"].as_array().is_some_and(|items| !items.is_empty()), "what is new comes: {answer}");
    assert_eq!(anna.get(&format!("/clients/{id}")).await.status, 404);
    set(&server, &anna, TenantStatus::Active).await;
    let answer = phone.post("/sync", pushed(id)).await.expect(200);
    assert_eq!(answer["results"][0]["result"], "stored");
    assert_eq!(anna.get(&format!("/clients/{id}")).await.status, 200);
}

#[tokio::test]
async fn who_waited_for_the_lock_while_she_was_suspended_changes_nothing() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let tenant = anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = server.state().db.tenant(tenant).await.unwrap();
    sync::lock(&mut tx).await.unwrap();
    let (answer, ()) = join(anna.post("/clients", json!({ "name": "Ольга" })), async {
        server.until_waiting(1).await;
        set_status(&mut tx, TenantStatus::Suspended).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    assert_eq!((answer.status, answer.code()), (403, "tenant_suspended"));
}
