//! Pictures. What is refused is refused alike at both doors; a device keeps a picture at once, shows it, and sends it later.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Bytes;
use axum::http::{Method, Request};
use client_core::driver::http::Http;
use client_core::driver::media::{Pictures, Sent};
use client_core::driver::session;
use client_core::local_api::LocalApi;
use client_core::sync::{Engine, Options};
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use sync_server::testing::{TestServer, picture};

use super::doors::{NoWay, device, device_at};
use super::forwarded::Cut;
use super::scenario::{file, get, post};

super::scenarios! {
    contract_what_is_no_picture_is_not_kept => [
        file(Method::POST, "/media", b"", 422),
        file(Method::POST, "/media?type=photo_after", b"<svg>", 422).in_english(),
        file(Method::POST, "/media?type=x&of=y", b"<svg>", 400),
        file(Method::POST, "/media?clientId=0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", &picture(7), 404),
        file(Method::POST, "/media?appointmentId=0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", &picture(7), 404),
        get("/media", 200),
    ],
    contract_lists_of_pictures_can_be_asked_for => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        get("/media?clientId={anna.id}&sort=-createdAt&limit=24", 200),
        get("/media?filter[type]=photo_after", 200),
        get("/media?filter[type]=x", 400),
        get("/media?limit=0", 400),
        get("/media?x=1", 400),
        get("/media/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", 404),
        get("/media/x", 404),
    ],
}

async fn ask(api: &LocalApi, method: &str, path: &str, body: Vec<u8>) -> (u16, Bytes) {
    let request = Request::builder().method(method).uri(path).body(Bytes::from(body)).expect("a request");
    let response = api.answer(request).await;
    (response.status().as_u16(), response.into_body())
}

async fn json_of(api: &LocalApi, path: &str) -> Json {
    let (status, body) = ask(api, "GET", path, Vec::new()).await;
    assert_eq!(status, 200, "{path}");
    serde_json::from_slice(&body).expect("JSON")
}

async fn keep(api: &LocalApi, wanted: u16) -> Json {
    let (status, body) = ask(api, "POST", "/api/v1/media?type=photo_after", picture(7)).await;
    assert_eq!(status, wanted);
    serde_json::from_slice(&body).expect("JSON")
}

fn account() -> Json {
    json!({
        "user": { "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "name": "Анна", "locale": "ru" },
        "tenant": { "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b2", "timezone": "Europe/Moscow", "currency": "RUB" },
    })
}

#[tokio::test]
async fn contract_a_picture_is_kept_shown_and_taken_away_without_a_network() {
    let api = device(&account(), Arc::new(NoWay));
    let kept = keep(&api, 201).await;
    assert_eq!(keep(&api, 200).await["id"], kept["id"], "the same file is kept once");
    let listed = json_of(&api, "/api/v1/media").await;
    assert_eq!((&listed["data"][0]["id"], &listed["data"][0]["type"]), (&kept["id"], &json!("photo_after")));
    assert_eq!(json_of(&api, "/api/device/pictures").await[0]["state"], "waiting");
    let link = |size: &str| kept["urls"][size].as_str().expect("a link").to_owned();
    let (status, small) = ask(&api, "GET", &link("small"), Vec::new()).await;
    assert_eq!((status, &small[..2]), (200, &[0xff, 0xd8][..]), "a JPEG");
    assert_eq!(ask(&api, "GET", &link("full"), Vec::new()).await, (200, picture(7).into()));
    assert_eq!(ask(&api, "GET", &link("small").replace("small", "huge"), Vec::new()).await.0, 404);
    let own = format!("/api/v1/media/{}", kept["id"].as_str().expect("an id"));
    assert_eq!(ask(&api, "DELETE", &own, Vec::new()).await.0, 204);
    assert_eq!(ask(&api, "GET", &own, Vec::new()).await.0, 404);
    assert_eq!(json_of(&api, "/api/device/pictures").await, json!([]));
}

#[tokio::test]
async fn contract_a_picture_goes_to_the_server_and_comes_back_from_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let known = server.device_of(&anna, "laptop").await;
    let token = known.account["token"].as_str().expect("a token of its own").to_owned();
    let way = Cut::new();
    way.is_cut.store(true, Ordering::SeqCst);
    let mut api = device_at(server.url(), &anna.account, &token, way.clone());
    let kept = keep(&api, 201).await;
    let token = SecretString::from(token);
    let pictures = Pictures::new(server.url(), "ru", token.clone()).expect("a client");
    let sent = pictures.send_waiting(&mut api, |_, _| ()).await.expect("the server answers");
    assert_eq!(sent, Sent { sent: 1, refused: 0 });
    let http = Http::new(server.url(), token).expect("a client");
    session(&mut api, &mut Engine::new(Options::default()), &http).await.expect("the home is sound");

    let stored = json_of(&api, "/api/v1/media").await["data"][0].take();
    assert_ne!(stored["id"], kept["id"], "the server has an id of its own for it");
    assert_eq!(stored["sha256"], kept["sha256"]);
    let own = format!("/api/v1/media/{}", stored["id"].as_str().expect("an id"));
    let urls = json_of(&api, &own).await["urls"].take();
    let fetch = |size: &str| ask(&api, "GET", urls[size].as_str().expect("a link"), Vec::new());
    let (status, small) = fetch("small").await;
    assert_eq!(status, 200, "its small size stayed here");
    assert_eq!(fetch("full").await, (200, small), "and stands in for the others");
    assert_eq!(ask(&api, "DELETE", &own, Vec::new()).await.0, 503, "what the server has, it removes");

    way.is_cut.store(false, Ordering::SeqCst);
    let there = anna.get(own.trim_start_matches("/api/v1")).await.expect(200);
    let there =
        server.anonymous().get(&format!("/..{}", there["urls"]["full"].as_str().expect("a link"))).await;
    assert_eq!(fetch("full").await, (200, there.bytes.into()));
    assert_eq!(api.standing().await.expect("the home is sound").is_reached, Some(true));
    assert_eq!(ask(&api, "DELETE", &own, Vec::new()).await.0, 204);
}
