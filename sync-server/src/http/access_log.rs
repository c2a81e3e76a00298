//! One line per answered request: route template, status, time, request id, tenant. Never a path with an id in it, a
//! query, a body or a header: what a master types is nobody's business here.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument as _, field, info, info_span};

use super::request_id::{HEADER, is_sound};

pub(super) async fn log(mut request: Request, next: Next) -> Response {
    if request.headers().get(HEADER).is_some_and(|value| !is_sound(value)) {
        request.headers_mut().remove(HEADER);
    }
    let id = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let span = info_span!(
        "request",
        request_id = id,
        method = %request.method(),
        route,
        tenant = field::Empty,
        device = field::Empty,
    );
    let started = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    span.in_scope(|| info!(status = response.status().as_u16(), micros, "answered"));
    response
}
