//! One line per answered request: route template, status, time, request id, tenant. Never a path with an id in it, a
//! query, a body or a header: what a master types is nobody's business here.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument as _, field, info, info_span};

use super::request_id::{HEADER, with_request_id};
use crate::system::Stopwatch;

pub(super) async fn log(request: Request, next: Next) -> Response {
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
    // Whoever invents methods makes no new rows of figures.
    let is_usual =
        matches!(request.method().as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS");
    let method = if is_usual { request.method().to_string() } else { "other".to_owned() };
    let template = route.to_owned();
    let watch = Stopwatch::start();
    let id = (!id.is_empty()).then(|| id.to_owned());
    let response = with_request_id(id, next.run(request)).instrument(span.clone()).await;
    let labels = [("method", method), ("route", template), ("status", response.status().as_str().to_owned())];
    metrics::histogram!("veloria_http_seconds", &labels).record(watch.elapsed().as_secs_f64());
    span.in_scope(|| info!(status = response.status().as_u16(), micros = watch.micros(), "answered"));
    response
}
