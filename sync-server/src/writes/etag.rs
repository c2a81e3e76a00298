//! The headers that speak of versions, given to `domain::api` to read.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
pub use domain::api::Tag;
use domain::api::{Known, Wanted};

use crate::http::Problem;

/// What `If-Match` asks for.
pub(super) fn wanted(headers: &HeaderMap) -> Result<Wanted, Problem> {
    Ok(Wanted::read(headers.get_all(IF_MATCH).iter().map(HeaderValue::as_bytes))?)
}

/// What the caller has already, from `If-None-Match`.
#[derive(Clone, Debug, Default)]
pub struct IfNoneMatch(pub(super) Known);

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values = parts.headers.get_all(IF_NONE_MATCH).iter().map(HeaderValue::as_bytes);
        Ok(Self(Known::read(values)))
    }
}
