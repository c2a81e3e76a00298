//! A name for each request, in its answer and in every line of the log about it. A caller (or a proxy) may bring one.

use std::future::Future;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request};
use axum::middleware::Next;
use axum::response::Response;
use domain::ids::Ids as _;
use tower_http::request_id::{MakeRequestId, RequestId};

use crate::system::SharedIds;

pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Option<String>;
}

/// The name of the request that is being answered, or that caused the job that runs.
#[must_use]
pub fn current_request_id() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok().flatten()
}

/// Does something on behalf of a request.
pub async fn with_request_id<F: Future>(id: Option<String>, what: F) -> F::Output {
    CURRENT.scope(id, what).await
}

/// Names requests that bring no name.
#[derive(Clone, Debug)]
pub(super) struct RequestIds(pub(super) SharedIds);

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _request: &Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&self.0.uuid().to_string()).ok().map(RequestId::new)
    }
}

/// Stands before the naming, and forgets a name that must not stand in our log.
pub(super) async fn check(mut request: Request<Body>, next: Next) -> Response {
    if request.headers().get(HEADER).is_some_and(|value| !is_sound(value)) {
        request.headers_mut().remove(HEADER);
    }
    next.run(request).await
}

/// Whether a name that a caller brought may stand in our log: short, and nothing but letters, digits, `-`, `_`, `.`.
fn is_sound(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=64).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
