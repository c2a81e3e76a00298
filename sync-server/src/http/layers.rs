//! The layers around all routes, outermost last in the list that axum reads, so this file is read from the bottom up.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue, SET_COOKIE};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use super::problem::Problem;
use super::request_id::{HEADER, RequestIds};
use super::{access_log, csrf, finish, request_id};
use crate::system::SharedIds;

/// No request takes longer; a live socket has answered long before.
const LONGEST: Duration = Duration::from_mins(1);

/// Puts the layers around the routes.
pub fn around(routes: Router, ids: SharedIds) -> Router {
    routes
        .layer(RequestDecompressionLayer::new())
        .layer(CsrfLayer::new().with_rejection_response(csrf::refuse))
        .layer(from_fn(csrf::exempt_tokens))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(from_fn(finish::finish))
        .layer(CompressionLayer::new())
        .layer(nosniff())
        .layer(from_fn(access_log::log))
        .layer(PropagateRequestIdLayer::new(HEADER))
        .layer(SetRequestIdLayer::new(HEADER, RequestIds(ids)))
        .layer(from_fn(request_id::check))
        .layer(SetSensitiveHeadersLayer::new([AUTHORIZATION, COOKIE, SET_COOKIE]))
}

fn nosniff() -> SetResponseHeaderLayer<HeaderValue> {
    let name = HeaderName::from_static("x-content-type-options");
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static("nosniff"))
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct PanicError;

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    // Its words may quote what somebody typed, so they go nowhere; where it was, the hook of `logging` has said.
    drop(panic);
    Problem::internal(&PanicError).into_response()
}
