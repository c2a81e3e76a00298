//! The layers around all routes, outermost last in the list that axum reads, so this file is read from the bottom up.

use std::any::Any;

use axum::Router;
use axum::http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;

use super::problem::Problem;
use super::request_id::{HEADER, RequestIds};
use super::{access_log, client_address, csrf, finish, limits, request_id, security, sunset};
use crate::AppState;

/// Puts the layers around the routes.
pub fn around(routes: Router, state: &AppState) -> Router {
    let mut csrf = CsrfLayer::new();
    for origin in state.edge.origins.iter() {
        // One that the layer cannot read trusts nobody, which is what its page would be told anyway.
        csrf = csrf.clone().add_trusted_origin(origin).unwrap_or(csrf);
    }
    let inner = routes
        .layer(RequestDecompressionLayer::new())
        .layer(csrf.with_rejection_response(csrf::refuse))
        .layer(from_fn(csrf::exempt_tokens))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), limits::guard))
        .layer(from_fn(async |request, next| sunset::announce(sunset::LEAVING, request, next).await))
        .layer(from_fn(finish::finish))
        .layer(CompressionLayer::new());
    let inner = match state.edge.origins.layer() {
        Some(cors) => inner.layer(cors),
        None => inner,
    };
    inner
        .layer(from_fn_with_state(state.clone(), security::secure))
        .layer(from_fn(access_log::log))
        .layer(PropagateRequestIdLayer::new(HEADER))
        .layer(SetRequestIdLayer::new(HEADER, RequestIds(state.ids.clone())))
        .layer(from_fn(request_id::check))
        .layer(SetSensitiveHeadersLayer::new([AUTHORIZATION, COOKIE, SET_COOKIE]))
        .layer(from_fn_with_state(state.clone(), client_address::learn))
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct PanicError;

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    // Its words may quote what somebody typed, so they go nowhere; where it was, the hook of `logging` has said.
    drop(panic);
    Problem::internal(&PanicError).into_response()
}
