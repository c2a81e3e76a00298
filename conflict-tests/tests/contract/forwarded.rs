//! The rooms that only the server has, through a device that has a network: what it forwards must come back as the server said it,
//! to whomever asks at the device's door. The same business at two servers: once asked there, once on her device, over a socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Bytes;
use axum::http::{Method, Request};
use client_core::local_api::{Forward, HttpForward, Unreachable, Way};
use serde_json::json;
use sync_server::testing::TestServer;

use super::doors::{Door as _, Sent, device_at};
use super::offline::Answer;
use super::scenario::{Step, act, compare, delete, file, get, patch, play, post};

const PEOPLE: &[u8] = "Имя;Телефон;Почта\nАнна;8 916 123-45-67;anna@example.ru\nОльга;12;\n".as_bytes();

/// Plays a scenario at a server, and on a device with another server of the same kind behind it.
async fn same_through_a_device(steps: &[Step]) {
    let [server, behind] = [TestServer::start().await, TestServer::start().await];
    let [there, here] = [server.register("anna").await, behind.register("anna").await];
    let there = play(&server.device_of(&there, "laptop").await, steps).await;
    let known = behind.device_of(&here, "laptop").await;
    let token = known.account["token"].as_str().expect("a token of its own").to_owned();
    let forward = Arc::new(HttpForward::new().expect("a client"));
    let api = device_at(behind.url(), &here.account, &token, forward);
    compare(steps, there, play(&api, steps).await);
}

macro_rules! forwarded {
    ($($name:ident => [$($step:expr),+ $(,)?],)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                same_through_a_device(&[$($step),+]).await;
            }
        )+
    };
}

forwarded! {
    contract_forwarded_an_import_is_looked_at_and_put_away => [
        file(Method::POST, "/imports?kind=clients&filename=people.csv", PEOPLE, 201).named("import"),
        get("/imports/{import.id}", 200),
        get("/imports/{import.id}/rows", 200),
        get("/imports?limit=1", 200),
        patch("/imports/{import.id}", &json!({ "map": { "Почта": "x" } }), 422),
        delete("/imports/{import.id}", 204),
        get("/imports/{import.id}", 404),
        get("/imports/{import.id}", 404).in_english(),
    ],
    contract_forwarded_an_import_that_is_none_is_refused => [
        file(Method::POST, "/imports?kind=clients", b"", 422),
        file(Method::POST, "/imports?kind=x", PEOPLE, 422),
        act("/imports/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1/run", 404),
    ],
    contract_forwarded_a_picture_comes_in_pieces => [
        post("/media/uploads", &json!({ "length": 5 }), 201).named("u"),
        get("/media/uploads/{u.id}", 200),
        file(Method::PATCH, "/media/uploads/{u.id}?offset=1", b"<", 409),
        file(Method::PATCH, "/media/uploads/{u.id}?offset=0", b"<sv", 200),
        file(Method::PATCH, "/media/uploads/{u.id}?offset=3", b"g>", 422),
        get("/media/uploads/{u.id}", 404),
    ],
    contract_forwarded_an_upload_begun_twice_with_one_key_is_one => [
        post("/media/uploads", &json!({ "length": 5 }), 201).with("idempotency-key", "k").named("u"),
        post("/media/uploads", &json!({ "length": 5 }), 201).with("idempotency-key", "k"),
        post("/media/uploads", &json!({ "length": 6 }), 422).with("idempotency-key", "k"),
    ],
    contract_forwarded_everything_can_be_taken_along => [
        get("/export?format=json", 200),
        get("/export?format=vcard", 200),
        get("/export?format=ics", 200),
        get("/export?format=pdf", 400),
    ],
    contract_forwarded_devices_are_the_servers => [
        get("/devices", 200).named("all"),
        get("/devices", 200).in_english(),
        delete("/devices/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", 404),
    ],
    contract_forwarded_an_address_of_nobody_is_not_found => [
        get("/nothing/at/all", 404),
        get("/journal/x", 404),
    ],
}

#[tokio::test]
async fn contract_forwarded_devices_are_told_without_a_network_as_the_server_said_last() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let known = server.device_of(&anna, "laptop").await;
    let token = known.account["token"].as_str().expect("a token of its own").to_owned();
    let forward = Cut::new();
    let api = device_at(server.url(), &anna.account, &token, forward.clone());
    let list =
        || Sent { method: Method::GET, path: "/devices".to_owned(), headers: Vec::new(), body: Vec::new() };
    let told = api.send(list()).await;
    assert_eq!(told.status, 200);
    assert_eq!(api.standing().await.expect("the home is sound").is_reached, Some(true));
    forward.is_cut.store(true, Ordering::SeqCst);
    let later = api.send(list()).await;
    assert_eq!((later.status, &later.body), (200, &told.body));
    let standing = api.standing().await.expect("the home is sound");
    assert_eq!(standing.is_reached, Some(false));
    // Back again: whatever waited for the server asks once more.
    forward.is_cut.store(false, Ordering::SeqCst);
    api.send(list()).await;
    assert_eq!(api.standing().await.expect("the home is sound").news, standing.news + 1);
}

/// A way that can be cut.
pub(crate) struct Cut {
    way: HttpForward,
    pub(crate) is_cut: AtomicBool,
}

impl Cut {
    /// A way that is whole yet.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { way: HttpForward::new().expect("a client"), is_cut: AtomicBool::new(false) })
    }
}

impl Forward for Cut {
    fn forward(&self, way: Way, request: Request<Bytes>) -> Answer<'_> {
        if self.is_cut.load(Ordering::SeqCst) {
            return Box::pin(async { Err(Unreachable) });
        }
        self.way.forward(way, request)
    }
}
