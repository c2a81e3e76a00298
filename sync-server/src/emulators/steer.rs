//! Steering: what is asked below `/control` and by the buttons of the pages, as JSON, as a form or in the address; and the wall
//! against other sites, whose pages could press these buttons in the browser of whoever runs this house.

use std::collections::BTreeMap;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Query, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json, Router};
use serde_json::{Map, Value, json};
use tower_http::csrf::CsrfLayer;

/// Nothing that is steered needs more.
const MOST: usize = 64 * 1024;

/// What is to be done, and whether a browser asks.
#[derive(Debug)]
pub(super) struct Steering {
    told: Map<String, Value>,
    is_page: bool,
}

impl Steering {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.told.get(name)?.as_str()
    }

    /// A form writes everything as text.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        let told = self.told.get(name)?;
        told.as_i64().or_else(|| told.as_str()?.parse().ok())
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        let told = self.told.get(name)?;
        told.as_bool().or_else(|| told.as_str()?.parse().ok())
    }
}

impl<S: Send + Sync> FromRequest<S> for Steering {
    type Rejection = Told;

    async fn from_request(request: Request, _: &S) -> Result<Self, Told> {
        let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let is_page = accepts.is_some_and(|accepts| accepts.contains("text/html"));
        let is_form = is_form(request.headers());
        let in_address = Query::<BTreeMap<String, String>>::try_from_uri(request.uri());
        let mut told = in_address.map(|Query(told)| as_object(told)).unwrap_or_default();
        if is_form {
            let Form(form) = Form::<BTreeMap<String, String>>::from_request(request, &())
                .await
                .map_err(|error| Told::bad(&error.body_text()))?;
            told.extend(as_object(form));
            return Ok(Self { told, is_page });
        }
        let body =
            to_bytes(request.into_body(), MOST).await.map_err(|error| Told::bad(&error.to_string()))?;
        if !body.is_empty() {
            let body: Map<String, Value> =
                serde_json::from_slice(&body).map_err(|error| Told::bad(&error.to_string()))?;
            told.extend(body);
        }
        Ok(Self { told, is_page })
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

fn as_object(pairs: BTreeMap<String, String>) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name, Value::from(value))).collect()
}

/// What came of it: for programs as JSON, for a browser the page again.
#[derive(Debug)]
pub(super) enum Told {
    Done(Value),
    Page,
    No(StatusCode, String),
}

impl Told {
    pub(super) fn done(steering: &Steering, Json(what): Json<Value>) -> Self {
        if steering.is_page { Self::Page } else { Self::Done(what) }
    }

    pub(super) fn bad(why: &str) -> Self {
        Self::No(StatusCode::UNPROCESSABLE_ENTITY, why.to_owned())
    }
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        match self {
            Self::Done(what) => Json(what).into_response(),
            Self::Page => Redirect::to("/").into_response(),
            Self::No(status, why) => (status, Json(json!({ "error": why }))).into_response(),
        }
    }
}

/// Refuses what other sites ask by a browser, and tells browsers what the pages may not do: no script, nothing from elsewhere.
pub(super) fn guard(routes: Router) -> Router {
    routes.layer(from_fn(policy)).layer(CsrfLayer::new())
}

async fn policy(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
