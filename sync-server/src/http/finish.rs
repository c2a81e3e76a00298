//! The last hand on every answer: errors get their words in the caller's language and, if they are ours, a line in the
//! log; answers of layers and of the router itself (404, 405, 413, 503) get the one shape that all errors have.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_RANGE, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::Response;
use domain::errors::ErrorCode;

use super::language::PersonsLanguage;
use super::problem::Problem;

/// Headers of layers that an error keeps, by how their names begin.
const KEPT: [&str; 4] = ["access-control-", "ratelimit-", "deprecation", "sunset"];

pub(super) async fn finish(mut request: Request, next: Next) -> Response {
    let (headers, person) = (request.headers().clone(), PersonsLanguage::default());
    request.extensions_mut().insert(person.clone());
    let response = next.run(request).await;
    if response.status().is_success() || response.status().is_redirection() {
        return response;
    }
    let problem = response.extensions().get::<Problem>().cloned();
    let Some(problem) = problem.or_else(|| unshaped(&response)) else { return response };
    if let Some(cause) = problem.cause() {
        tracing::error!(code = %problem.code(), cause, "failed");
    }
    let mut finished = problem.render(person.of(&headers));
    for (name, value) in response.headers() {
        let is_kept = [ALLOW, CONTENT_RANGE].contains(name)
            || KEPT.iter().any(|start| name.as_str().starts_with(start));
        if is_kept {
            finished.headers_mut().insert(name, value.clone());
        }
    }
    finished
}

/// What an error answer that none of our handlers made says in our words.
fn unshaped(response: &Response) -> Option<Problem> {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A page says itself what is wrong, in words for who opened it; no layer answers with one.
    let is_shaped = kind == "application/json" || kind.starts_with("text/html");
    let code = match response.status() {
        status if is_shaped || status == StatusCode::SWITCHING_PROTOCOLS || status.is_informational() => {
            return None;
        }
        StatusCode::UNAUTHORIZED => ErrorCode::Unauthorized,
        StatusCode::FORBIDDEN => ErrorCode::Forbidden,
        StatusCode::NOT_FOUND => ErrorCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
        StatusCode::UNPROCESSABLE_ENTITY => ErrorCode::ValidationFailed,
        StatusCode::TOO_MANY_REQUESTS => ErrorCode::TooManyRequests,
        StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Unavailable,
        status if status.is_server_error() => ErrorCode::Internal,
        // E.g. 426 from the WebSocket upgrade: the caller did not ask for what lives here.
        _ => ErrorCode::BadRequest,
    };
    Some(Problem::new(code))
}
