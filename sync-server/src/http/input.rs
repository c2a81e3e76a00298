//! Bodies and path parameters, read so that every way to be wrong has its documented answer.

use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use domain::errors::ErrorCode;
use serde_json::{Map, Value as Json};

use super::MAX_BODY_BYTES;
use super::body::read_body;
use super::problem::Problem;

/// A body that is one JSON object. What its fields may be is the slice's business.
#[derive(Clone, Debug)]
pub struct JsonObject(pub Map<String, Json>);

impl<S: Send + Sync> FromRequest<S> for JsonObject {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        // Said before the body is waited for.
        expect_json(&parts.headers)?;
        let bytes = read_body(body, MAX_BODY_BYTES).await?;
        Self::parse(&parts.headers, &bytes)
    }
}

impl JsonObject {
    /// Reads a body that is here already.
    pub fn parse(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Problem> {
        expect_json(headers)?;
        serde_json::from_slice(bytes).map(Self).map_err(|_| Problem::new(ErrorCode::BadJson))
    }
}

fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if value.is_some_and(domain::api::says_json) {
        Ok(())
    } else {
        Err(Problem::new(ErrorCode::UnsupportedMediaType))
    }
}

/// The id in the path. What is no id names nothing, so the answer is the same as for an id that nobody has.
#[derive(Clone, Copy, Debug)]
pub struct PathId<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}
