//! How YooKassa says no.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

/// Errors are numbered, so that each has an id to ask support about.
static COUNT: AtomicU64 = AtomicU64::new(1);

/// One answer that is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: StatusCode,
    description: String,
    parameter: Option<String>,
}

impl Fault {
    fn new(status: StatusCode, description: &str) -> Self {
        Self { status, description: description.to_owned(), parameter: None }
    }

    /// A request that cannot be carried out, because of one of its fields or headers.
    pub(super) fn invalid(parameter: &str, description: &str) -> Self {
        let parameter = Some(parameter.to_owned());
        Self { parameter, ..Self::new(StatusCode::BAD_REQUEST, description) }
    }

    /// The same about a field of something inside the request: `receipt.items[0].`
    pub(super) fn inside(mut self, prefix: &str) -> Self {
        self.parameter = self.parameter.map(|parameter| format!("{prefix}{parameter}"));
        self
    }

    /// A request that is well formed and comes at the wrong time.
    pub(super) fn not_now(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, description)
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            &format!("{what} doesn't exist or access denied. Specify the id of an existing object."),
        )
    }

    pub(super) fn credentials() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Basic authentication failed: shopId and the secret key are needed. Check them in the merchant profile.",
        )
    }

    pub(super) fn of(status: StatusCode) -> Self {
        Self::new(status, status.canonical_reason().unwrap_or("error"))
    }

    const fn code(&self) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED => "invalid_credentials",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
            StatusCode::INTERNAL_SERVER_ERROR => "internal_server_error",
            _ => "invalid_request",
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let id = Uuid::from_u128(COUNT.fetch_add(1, Ordering::Relaxed).into());
        let mut body = json!({
            "type": "error",
            "id": id.to_string(),
            "code": self.code(),
            "description": self.description,
        });
        if let Some(parameter) = self.parameter {
            body["parameter"] = parameter.into();
        }
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            body["retry_after"] = 1000.into();
        }
        (self.status, Json(body)).into_response()
    }
}

/// What its API says in a mood.
pub(super) fn refusal(status: StatusCode) -> Response {
    Fault::of(status).into_response()
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)
    }
}
