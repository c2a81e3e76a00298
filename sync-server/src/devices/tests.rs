//! Registering, listing and revoking devices: through the front door.

use domain::plans::Plan;
use futures::future::join;
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use crate::billing;
use crate::testing::TestServer;

#[tokio::test]
async fn a_device_gets_a_key_of_its_own_and_may_register_another() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "name": "Телефон", "platform": "android", "appVersion": "0.1.0" });
    let answer = anna.post("/devices", body).await.expect(201);
    insta::assert_json_snapshot!(answer, { ".id" => "[id]", ".token" => "[token]", ".createdAt" => "[time]" });
    let phone = server.with_token(answer["token"].as_str().unwrap());
    assert_eq!(phone.get("/auth/me").await.expect(200)["token"]["kind"], "device");
    server.device_of(&phone, "Ноутбук").await;
    let listed = anna.get("/devices").await.expect(200);
    assert!(!listed.to_string().contains("vlr_dev_"));
    let names: Vec<_> =
        listed["data"].as_array().unwrap().iter().map(|device| device["name"].clone()).collect();
    assert_eq!(names, ["Телефон", "Ноутбук"]);
    assert!(listed["data"][0]["lastSeenAt"].is_string() && listed["data"][1]["lastSeenAt"].is_null());
}

#[tokio::test]
async fn a_revoked_device_is_told_so_and_its_siblings_go_on() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let [phone, laptop] = [server.device_of(&anna, "phone").await, server.device_of(&anna, "laptop").await];
    let path = format!("/devices/{}", phone.account["id"].as_str().unwrap());
    assert_eq!(laptop.delete(&path).await.status, 204);
    for path in ["/auth/me", "/clients", "/devices"] {
        let answer = phone.get(path).await;
        assert_eq!((answer.status, answer.code()), (403, "device_revoked"), "{path}");
    }
    let sync = phone.post("/sync", json!({ "protocol": 1 })).await;
    assert_eq!((sync.status, sync.code()), (403, "device_revoked"));
    assert_eq!(laptop.get("/clients").await.status, 200);
    assert_eq!(laptop.delete(&path).await.status, 404, "it is revoked already");
    let listed = anna.get("/devices").await.expect(200);
    assert!(listed["data"][0]["revokedAt"].is_string());
}

#[tokio::test]
async fn what_a_device_pushes_while_it_is_being_revoked_does_not_come_in_later() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let tenant = anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let device = phone.account["id"].as_str().unwrap().parse().unwrap();
    let service = json!({ "name": "Маникюр", "basePrice": 2500, "durationMin": 60 });
    let asked = json!({ "id": Uuid::from_u128(1), "action": "service.add", "target": Uuid::from_u128(2),
                        "body": service });
    let mut held = server.state().db.tenant(tenant).await.unwrap();
    crate::sync::lock(&mut held).await.unwrap();
    // Its key still works when it comes; then it waits for its turn.
    let push = phone.post("/sync", json!({ "protocol": 1, "intents": [asked] }));
    let revoke = async {
        server.until_waiting(1).await;
        let mut tx = held;
        assert!(super::disconnect(&mut tx, device, server.state().now()).await.unwrap());
        tx.commit().await.unwrap();
    };
    let (answer, ()) = join(push, revoke).await;
    assert_eq!((answer.status, answer.code()), (403, "device_revoked"));
    assert_eq!(anna.get("/services").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn a_devices_own_key_is_no_way_to_any_number_of_devices() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let mut newest = server.device_of(&anna, "phone").await;
    for name in ["laptop", "tablet"] {
        server.device_of(&anna, name).await;
    }
    for name in ["phone, copied", "phone, copied again"] {
        newest = server.device_of(&newest, name).await;
    }
    let answer = newest.post("/devices", json!({ "name": "one more" })).await;
    assert_eq!((answer.status, answer.code()), (409, "plan_limit"));
    let path = format!("/devices/{}", newest.account["id"].as_str().unwrap());
    let phone = &anna.get("/devices").await.expect(200)["data"][3]["id"];
    assert_eq!(anna.delete(&format!("/devices/{}", phone.as_str().unwrap())).await.status, 204);
    server.device_of(&newest, "in its place").await;
    assert_eq!(anna.delete(&path).await.status, 204);
}

#[tokio::test]
async fn the_plan_that_counts_is_the_one_that_stands_when_there_is_a_place() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    server.put_on(&anna, Plan::Veloria).await;
    for name in ["1", "2", "3"] {
        server.device_of(&anna, name).await;
    }
    let tenant = anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = server.state().db.tenant(tenant).await.unwrap();
    billing::grant(&mut tx, Plan::Ivory, server.state().now(), server.state().new_id()).await.unwrap();
    let (answer, ()) = join(anna.post("/devices", json!({ "name": "4" })), async {
        server.until_waiting(1).await;
        tx.commit().await.unwrap();
    })
    .await;
    assert_eq!((answer.status, answer.code()), (409, "plan_limit"));
}

#[tokio::test]
async fn when_a_device_was_last_seen_is_known_to_the_minute() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let seen = async || anna.get("/devices").await.expect(200)["data"][0]["lastSeenAt"].clone();
    phone.get("/auth/me").await.expect(200);
    let first = seen().await;
    phone.get("/auth/me").await.expect(200);
    assert_eq!(seen().await, first);
    server.clock().advance(SignedDuration::from_secs(61));
    phone.get("/auth/me").await.expect(200);
    assert_ne!(seen().await, first);
}

#[tokio::test]
async fn a_device_needs_a_name_and_a_person() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let answer = anna.post("/devices", json!({ "platform": "ios" })).await;
    assert_eq!((answer.status, answer.field("name")), (422, "required"));
    assert_eq!(server.anonymous().post("/devices", json!({ "name": "x" })).await.status, 401);
}
