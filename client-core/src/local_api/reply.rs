//! An answer as bytes: what is kept under an `Idempotency-Key` is what was sent, to the byte.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use domain::api::Tag;
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::request::Ask;

/// Says that an answer is not the first of its kind.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Reply {
    status: u16,
    location: Option<String>,
    etag: Option<String>,
    body: String,
    #[serde(skip)]
    is_replayed: bool,
}

impl Reply {
    /// 200 and the thing.
    pub(super) fn ok<T: Serialize>(thing: &T) -> Result<Self, Problem> {
        Ok(Self::new(StatusCode::OK, serde_json::to_vec(thing)?))
    }

    /// 201, where the new thing is, and the thing.
    pub(super) fn created<T: Serialize>(path: &str, thing: &T) -> Result<Self, Problem> {
        let location = Some(format!("/api/v1/{path}"));
        Ok(Self { location, ..Self::new(StatusCode::CREATED, serde_json::to_vec(thing)?) })
    }

    /// 204.
    pub(super) fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, Vec::new())
    }

    /// A status and JSON.
    pub(super) fn new(status: StatusCode, body: Vec<u8>) -> Self {
        // JSON is text, always.
        let body = String::from_utf8(body).unwrap_or_default();
        Self { status: status.as_u16(), location: None, etag: None, body, is_replayed: false }
    }

    /// The same with the thing's version.
    pub(super) fn tagged(self, tag: &Tag) -> Self {
        Self { etag: Some(tag.as_str().to_owned()), ..self }
    }

    /// The same, or 304 to somebody who has it.
    pub(super) fn unless_known(self, ask: &Ask, tag: &Tag) -> Self {
        let reply = self.tagged(tag);
        if ask.known().has(tag) {
            Self { status: StatusCode::NOT_MODIFIED.as_u16(), body: String::new(), ..reply }
        } else {
            reply
        }
    }

    /// The same, said again.
    pub(super) fn replayed(self) -> Self {
        Self { is_replayed: true, ..self }
    }

    pub(super) fn into_response(self) -> Response {
        let has_body = !self.body.is_empty();
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in [(LOCATION, self.location), (ETAG, self.etag)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                headers.insert(name, value);
            }
        }
        if self.is_replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
