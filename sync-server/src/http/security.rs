//! Headers that tell a browser what it must not do with our answers. An answer that says one of them itself keeps its own word.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

use crate::AppState;

/// An answer is data: whatever it holds, a browser loads, runs and frames nothing of it.
const DATA: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// The page of the API description, all of it from here. Its pictures are in its style sheet, and it styles elements itself.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// A year.
const ONLY_HTTPS: &str = "max-age=31536000";

/// The layer.
pub(super) async fn secure(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_page = request.uri().path().starts_with("/docs");
    // Whoever holds a link may show its picture on any page: the link is what opens it.
    let shown_on = if request.uri().path().starts_with("/files/") { "cross-origin" } else { "same-origin" };
    let mut response = next.run(request).await;
    let policy = if is_page { PAGE } else { DATA };
    let mut wanted = vec![(X_CONTENT_TYPE_OPTIONS, "nosniff"), (RESOURCE_POLICY, shown_on)];
    // What devices speak no browser shows, and they count every byte of an answer.
    if !is_cbor(&response) {
        wanted.extend([
            (CONTENT_SECURITY_POLICY, policy),
            (X_FRAME_OPTIONS, "DENY"),
            (REFERRER_POLICY, "no-referrer"),
        ]);
    }
    if state.is_production {
        wanted.push((STRICT_TRANSPORT_SECURITY, ONLY_HTTPS));
    }
    for (name, value) in wanted {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn is_cbor(response: &Response) -> bool {
    response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/cbor"))
}
