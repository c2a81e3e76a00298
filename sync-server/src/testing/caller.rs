//! Somebody who sends requests: with a token or without, in a language, with further headers.

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method, Request};
use serde_json::{Value as Json, json};

use super::answer::Answer;
use super::server::TestServer;

/// The password of everybody whom [`TestServer::register`] makes.
pub const PASSWORD: &str = "тёплый-лак-42";

/// Somebody who sends requests. Paths are relative to `/api/v1`.
#[derive(Clone, Debug)]
pub struct Caller<'a> {
    server: &'a TestServer,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The account as `register` answered it; `null` for others.
    pub account: Json,
    /// The address that signs in.
    pub email: String,
    /// The token, empty if there is none.
    pub token: String,
}

impl<'a> Caller<'a> {
    pub(super) fn new(server: &'a TestServer) -> Self {
        let (account, email, token) = (Json::Null, String::new(), String::new());
        Self { server, headers: Vec::new(), account, email, token }
    }

    /// The same, with a token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// The same, in a language.
    #[must_use]
    pub fn speaking(self, language: &str) -> Self {
        self.header(ACCEPT_LANGUAGE.as_str(), language)
    }

    /// The same, with a header.
    ///
    /// # Panics
    /// If it is no header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("the test writes a header");
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.parse().expect("the test writes a header")));
        self
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POST without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(Method::POST, path, None).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Json) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// PATCH.
    pub async fn patch(&self, path: &str, body: Json) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Any request with a JSON body, or none.
    pub async fn send(&self, method: Method, path: &str, body: Option<Json>) -> Answer {
        match body {
            Some(body) => self.raw(method, path, Some("application/json"), body.to_string().into()).await,
            None => self.raw(method, path, None, Body::empty()).await,
        }
    }

    /// Any request at all.
    ///
    /// # Panics
    /// If it is no request.
    pub async fn raw(&self, method: Method, path: &str, content_type: Option<&str>, body: Body) -> Answer {
        let path = if path.starts_with("/../") { path[3..].to_owned() } else { format!("/api/v1{path}") };
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        self.server.send(request.body(body).expect("the test writes a request")).await
    }

    /// Adds a client and gives its id.
    ///
    /// # Panics
    /// If the server refuses.
    pub async fn add_client(&self, name: &str) -> String {
        id(&self.post("/clients", json!({ "name": name })).await.expect(201))
    }

    /// Adds a service and gives its id.
    ///
    /// # Panics
    /// If the server refuses.
    pub async fn add_service(&self, name: &str, price: f64, minutes: u32) -> String {
        let body = json!({ "name": name, "basePrice": price, "durationMin": minutes });
        id(&self.post("/services", body).await.expect(201))
    }
}

fn id(json: &Json) -> String {
    json["id"].as_str().unwrap_or_default().to_owned()
}
