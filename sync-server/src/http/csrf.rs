//! Requests that other sites make in her browser: refused on every method that changes something (rule D20).
//!
//! Only a cookie is sent along by a browser unasked. A request with an `Authorization` header was made on purpose, by a
//! program that knows the token, and the cookie beside it is not looked at; so it is let through.

use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, HeaderName, ORIGIN};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::errors::ErrorCode;
use tower_http::csrf::ProtectionError;

use super::problem::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Stands before the check and hides from it where a request with a token comes from.
pub(super) async fn exempt_tokens(mut request: Request, next: Next) -> Response {
    if request.headers().contains_key(AUTHORIZATION) {
        request.headers_mut().remove(ORIGIN);
        request.headers_mut().remove(SEC_FETCH_SITE);
    }
    next.run(request).await
}

/// The answer to a request from another site.
pub(super) fn refuse(_why: ProtectionError) -> Response {
    Problem::new(ErrorCode::Forbidden).into_response()
}
