//! The last hand on every answer: errors get their words in the caller's language and, if they are ours, a line in the
//! log; answers of layers and of the router itself (404, 405, 413, 503) get the one shape that all errors have.

use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, ALLOW, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use domain::errors::ErrorCode;
use domain::lang::Lang;

use super::problem::Problem;

/// Headers of layers that an error keeps, by how their names begin.
const KEPT: [&str; 4] = ["access-control-", "ratelimit-", "deprecation", "sunset"];

pub(super) async fn finish(request: Request, next: Next) -> Response {
    let lang = lang_of(request.headers());
    let response = next.run(request).await;
    if response.status().is_success() || response.status().is_redirection() {
        return response;
    }
    let problem = response.extensions().get::<Problem>().cloned();
    let Some(problem) = problem.or_else(|| unshaped(&response)) else { return response };
    if let Some(cause) = problem.cause() {
        tracing::error!(code = %problem.code(), cause, "failed");
    }
    let mut finished = problem.render(lang);
    for (name, value) in response.headers() {
        let is_kept = *name == ALLOW || KEPT.iter().any(|start| name.as_str().starts_with(start));
        if is_kept {
            finished.headers_mut().insert(name, value.clone());
        }
    }
    finished
}

/// The language that the caller asked for.
fn lang_of(headers: &HeaderMap) -> Lang {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    header.map_or_else(Lang::default, Lang::from_accept_language)
}

/// What an error answer that none of our handlers made says in our words.
fn unshaped(response: &Response) -> Option<Problem> {
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/json");
    let code = match response.status() {
        status if is_json || status == StatusCode::SWITCHING_PROTOCOLS || status.is_informational() => {
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
