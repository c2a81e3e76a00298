//! The two doors: the server through all its layers, and a device that has no way to any network.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response};
use client_core::app::{Account, App, DeviceIdentity, Tenant};
use client_core::local_api::{Forward, LocalApi, SharedApp, Unreachable, Way};
use client_core::store::Store;
use client_core::system::{SystemClock, SystemIds};
use domain::ids::DeviceId;
use secrecy::SecretString;
use serde_json::Value as Json;
use sync_server::testing::Caller;
use uuid::Uuid;

/// A request as it goes to a door.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// What came back: status, the headers that belong to the contract, and the body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Json,
}

/// The headers that belong to the contract.
const HEADERS: [&str; 5] = ["content-type", "location", "etag", "idempotency-replayed", "allow"];

/// A way into the product.
pub(crate) trait Door {
    /// Sends a request.
    fn send(&self, sent: Sent) -> impl Future<Output = Got>;
}

impl Door for Caller<'_> {
    async fn send(&self, sent: Sent) -> Got {
        let mut caller = self.clone();
        let mut kind = None;
        for (name, value) in &sent.headers {
            if *name == "content-type" {
                kind = Some(value.clone());
            } else {
                caller = caller.header(name, value);
            }
        }
        let answer = caller.raw(sent.method, &sent.path, kind.as_deref(), Body::from(sent.body)).await;
        let headers = HEADERS.iter().map(|name| (*name, answer.header(name).to_owned()));
        Got {
            status: answer.status,
            headers: headers.filter(|(_, value)| !value.is_empty()).collect(),
            body: read(&answer.bytes),
        }
    }
}

impl Door for LocalApi {
    async fn send(&self, sent: Sent) -> Got {
        let mut request = Request::builder().method(sent.method).uri(format!("/api/v1{}", sent.path));
        for (name, value) in &sent.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Bytes::from(sent.body)).expect("the test writes a request");
        let response = self.answer(request).await;
        let value = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        let headers = HEADERS.iter().map(|name| (*name, value(name).to_owned()));
        Got {
            status: response.status().as_u16(),
            headers: headers.filter(|(_, value)| !value.is_empty()).collect(),
            body: read(response.body()),
        }
    }
}

/// JSON; what is none, as text.
fn read(bytes: &[u8]) -> Json {
    if bytes.is_empty() {
        return Json::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| Json::from(String::from_utf8_lossy(bytes)))
}

/// A way that must not be gone: what is answered on a device needs no network.
pub(crate) struct NoWay;

impl Forward for NoWay {
    fn forward(
        &self,
        _: Way,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Unreachable>> + Send + '_>> {
        panic!("a device went to the network for {} {}", request.method(), request.uri())
    }
}

/// A new device of a business, in memory, that was signed in and has not spoken to any server since.
pub(crate) fn device(account: &Json, forward: Arc<dyn Forward>) -> LocalApi {
    device_at("http://127.0.0.1:9", account, "a token that goes nowhere", forward)
}

/// The same of a server that knows this token.
pub(crate) fn device_at(server: &str, account: &Json, token: &str, forward: Arc<dyn Forward>) -> LocalApi {
    let store = Store::in_memory().expect("a store");
    let mut app = App::new(store, Arc::new(SystemClock), Box::new(SystemIds)).expect("an app");
    let tenant: Tenant = serde_json::from_value(account["tenant"].clone()).expect("a business");
    app.sign_in(&Account {
        server: server.to_owned(),
        user: account["user"].clone(),
        tenant,
        device: DeviceIdentity { id: DeviceId(Uuid::from_u128(7)), name: "laptop".to_owned() },
        token: SecretString::from(token),
        entitlement_key: None,
    })
    .expect("a new home takes an account");
    LocalApi::new(SharedApp::new(app), forward)
}
