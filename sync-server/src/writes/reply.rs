//! An answer as bytes: what is kept under an `Idempotency-Key` is what was sent, to the byte.

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderName, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Error as JsonError;

use super::etag::{IfNoneMatch, Tag};
use crate::http::Problem;

/// Says that an answer is not the first of its kind.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An answer to a request that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: Headers,
    pub(super) body: Bytes,
    pub(super) is_replayed: bool,
}

/// The headers that belong to the answer itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Headers {
    location: Option<String>,
    etag: Option<String>,
}

impl Reply {
    /// 200 and the thing.
    pub fn ok<T: Serialize>(thing: &T) -> Result<Self, Problem> {
        Self::json(StatusCode::OK, thing)
    }

    /// 202 and the thing as it is: what was asked for is on its way.
    pub fn accepted<T: Serialize>(thing: &T) -> Result<Self, Problem> {
        Self::json(StatusCode::ACCEPTED, thing)
    }

    /// 201, where the new thing is, and the thing.
    pub fn created<T: Serialize>(path: &str, thing: &T) -> Result<Self, Problem> {
        let mut reply = Self::json(StatusCode::CREATED, thing)?;
        reply.headers.location = Some(format!("/api/v1/{path}"));
        Ok(reply)
    }

    /// 204.
    pub fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, Headers::default(), Bytes::new())
    }

    /// The same with the thing's version.
    pub fn tagged(mut self, tag: &Tag) -> Self {
        self.headers.etag = Some(tag.as_str().to_owned());
        self
    }

    /// The same, or 304 to somebody who has it.
    pub fn unless_known(self, known: &IfNoneMatch, tag: &Tag) -> Self {
        let reply = self.tagged(tag);
        if known.0.has(tag) {
            Self { status: StatusCode::NOT_MODIFIED, body: Bytes::new(), ..reply }
        } else {
            reply
        }
    }

    pub(super) const fn new(status: StatusCode, headers: Headers, body: Bytes) -> Self {
        Self { status, headers, body, is_replayed: false }
    }

    fn json<T: Serialize>(status: StatusCode, thing: &T) -> Result<Self, Problem> {
        let body = serde_json::to_vec(thing).map_err(|error: JsonError| Problem::internal(&error))?;
        Ok(Self::new(status, Headers::default(), body.into()))
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let has_body = !self.body.is_empty();
        let mut response = (self.status, self.body).into_response();
        let headers = response.headers_mut();
        headers.remove(CONTENT_TYPE);
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in [(LOCATION, self.headers.location), (ETAG, self.headers.etag)] {
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
