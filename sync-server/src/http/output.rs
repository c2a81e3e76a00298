//! Answers that several slices give alike.

use std::fmt::Display;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

/// 201, where the new thing is, and the thing itself.
pub fn created<T: Serialize>(collection: &str, id: impl Display, thing: T) -> Response {
    (StatusCode::CREATED, [(LOCATION, format!("/api/v1/{collection}/{id}"))], Json(thing)).into_response()
}

/// The moment as records keep it: RFC 3339 in UTC, whole seconds.
#[must_use]
pub fn now_text(now: Timestamp) -> String {
    domain::dates::format_seconds(now.as_second()).unwrap_or_default()
}
