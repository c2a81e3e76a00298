//! What a device alone is asked for: what needs the server, what goes through, and what waits.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{Request, Response};
use client_core::driver::{Transport, session};
use client_core::local_api::{Forward, LocalApi, Unreachable, Way};
use client_core::sync::{Engine, Failure, Options, Reply, Request as Asked};
use secrecy::ExposeSecret as _;
use serde_json::{Value as Json, json};

use super::doors::{NoWay, device};
use super::scenario::{Step, get, play, post};

/// The account of a business of which no server knows.
fn account() -> Json {
    json!({
        "user": { "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "name": "Анна", "locale": "en" },
        "tenant": { "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b2", "timezone": "Europe/Moscow", "currency": "RUB" },
    })
}

async fn answers(api: &LocalApi, steps: &[Step]) -> Vec<(u16, Json)> {
    play(api, steps).await.into_iter().map(|got| (got.status, got.body)).collect()
}

pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Unreachable>> + Send + 'a>>;

/// The server is away.
struct Away;

impl Forward for Away {
    fn forward(&self, _: Way, _: Request<Bytes>) -> Answer<'_> {
        Box::pin(async { Err(Unreachable) })
    }
}

/// Notes what it was given.
#[derive(Default)]
struct Recorder(Mutex<Vec<(Way, Request<Bytes>)>>);

impl Forward for Recorder {
    fn forward(&self, way: Way, request: Request<Bytes>) -> Answer<'_> {
        self.0.lock().expect("nobody panicked").push((way, request));
        let response = Response::builder().status(201).header("set-cookie", "a=b").header("etag", "\"1\"");
        Box::pin(async move { Ok(response.body(Bytes::from_static(b"{\"a\":1}")).expect("an answer")) })
    }
}

#[tokio::test]
async fn contract_what_needs_the_server_says_that_it_is_away() {
    let api = device(&account(), Arc::new(Away));
    let asked = [
        get("/auth/sessions", 503),
        get("/billing/plan", 503).with("accept-language", "ru"),
        post("/imports", &json!({}), 503),
    ];
    let said = answers(&api, &asked).await;
    assert!(
        said.iter().all(|(status, body)| *status == 503 && body["error"]["code"] == "offline"),
        "{said:?}"
    );
    assert!(
        said[0].1["error"]["message"].as_str().expect("a message").contains("internet"),
        "in her language"
    );
    assert!(
        !said[1].1["error"]["message"].as_str().expect("a message").contains("internet"),
        "unless another is asked for"
    );
}

#[tokio::test]
async fn contract_the_devices_key_is_added_and_the_callers_is_not_sent() {
    let recorder = Arc::new(Recorder::default());
    let api = device(&account(), recorder.clone());
    let asked = post("/imports?a=b", &json!({ "x": 1 }), 201)
        .with("authorization", "Bearer own")
        .with("cookie", "s=1")
        .with("idempotency-key", "k");
    let said = play(&api, &[asked]).await;
    assert_eq!((said[0].status, &said[0].body), (201, &json!({ "a": 1 })));
    let sent = recorder.0.lock().expect("nobody panicked");
    let (way, request) = &sent[0];
    let token = way.token.as_ref().expect("the device's own");
    assert_eq!(token.expose_secret(), "a token that goes nowhere");
    assert_eq!(request.uri().to_string(), "/api/v1/imports?a=b");
    let names: Vec<&str> = request.headers().keys().map(axum::http::HeaderName::as_str).collect();
    assert_eq!(names, ["content-type", "idempotency-key"], "and nothing else");
    assert_eq!(request.body().as_ref(), b"{\"x\":1}");
}

#[tokio::test]
async fn contract_what_the_server_owns_is_shown_at_once_and_waits() {
    let api = device(&account(), Arc::new(NoWay));
    let made = [
        post("/services", &json!({ "name": "Стрижка", "basePrice": 1500, "durationMin": 60 }), 201)
            .named("s"),
        post("/payments", &json!({ "date": "2026-12-01", "amount": 5 }), 201),
        super::scenario::put("/settings/branding", &json!({ "displayName": "Анна" }), 200),
        get("/services/{s.id}", 200),
    ];
    let said = answers(&api, &made).await;
    assert!(said.iter().zip([201, 201, 200, 200]).all(|((status, _), wanted)| *status == wanted), "{said:?}");
    let waiting = api.app().with(|app| app.intents(false).expect("the store works")).await.expect("no panic");
    let actions: Vec<&str> = waiting.iter().map(|asked| asked.action.as_str()).collect();
    assert_eq!(actions, ["service.add", "payment.add", "settings.put"]);
}

#[tokio::test]
async fn contract_nobody_signed_in_is_unauthorized() {
    use client_core::local_api::SharedApp;
    use client_core::store::Store;
    use client_core::system::{SystemClock, SystemIds};
    let store = Store::in_memory().expect("a store");
    let app = client_core::App::new(store, Arc::new(SystemClock), Box::new(SystemIds)).expect("an app");
    let api = LocalApi::new(SharedApp::new(app), Arc::new(NoWay));
    let said = answers(&api, &[get("/clients", 401), get("/auth/sessions", 401)]).await;
    assert!(
        said.iter().all(|(status, body)| *status == 401 && body["error"]["code"] == "unauthorized"),
        "{said:?}"
    );
}

/// A server that takes every request and never answers, neither the sync nor what is forwarded.
#[derive(Default)]
struct Stalled(tokio::sync::Notify);

impl Transport for &Stalled {
    async fn perform(&self, _: &Asked) -> Result<Reply, Failure> {
        self.0.notify_one();
        std::future::pending().await
    }
}

impl Forward for Stalled {
    fn forward(&self, _: Way, _: Request<Bytes>) -> Answer<'_> {
        self.0.notify_one();
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn contract_a_server_that_never_answers_holds_up_nobody() {
    let stalled = Arc::new(Stalled::default());
    let api = device(&account(), stalled.clone());
    let (mut home, mut engine) = (api.app().clone(), Engine::new(Options::default()));
    let work = async {
        // First the sync waits for its answer, and then so does what only the server can do.
        stalled.0.notified().await;
        let forwarded = get("/billing/plan", 200);
        let elsewhere = answers(&api, std::slice::from_ref(&forwarded));
        let here = async {
            stalled.0.notified().await;
            let steps = [post("/clients", &json!({ "name": "Анна" }), 201), get("/clients", 200)];
            answers(&api, &steps).await
        };
        tokio::select! {
            _ = elsewhere => panic!("nobody answers that"),
            said = here => said,
        }
    };
    let line = &*stalled;
    let said = tokio::select! {
        _ = session(&mut home, &mut engine, &line) => panic!("the session has no answer"),
        said = work => said,
    };
    assert_eq!(said.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [201, 200]);
    assert_eq!(said[1].1["data"][0]["name"], "Анна");
}
