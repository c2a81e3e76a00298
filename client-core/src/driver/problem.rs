//! The server's errors: `{ "error": { code, message, fields } }`.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::errors::ErrorCode;
use jiff::SignedDuration;
use reqwest::header::RETRY_AFTER;
use serde::Deserialize;

use crate::sync::Failure;

/// What the server says was wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The code, as text: a newer server may know more codes than we.
    pub code: String,
    /// For people, in the language that was asked for.
    pub message: String,
    /// What is wrong with single fields.
    pub fields: BTreeMap<String, String>,
}

/// Why the server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// It could not be reached, or did not answer in time.
    #[error("the server cannot be reached: {0}")]
    Offline(String),
    /// It said no, with this HTTP status.
    #[error("{}", .1.message)]
    Refused(u16, Problem),
    /// Its answer makes no sense.
    #[error("the server's answer cannot be read: {0}")]
    Garbled(String),
}

impl From<reqwest::Error> for RemoteError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_decode() { Self::Garbled(causes(&error)) } else { Self::Offline(causes(&error)) }
    }
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Offline(why) => Self::Offline(why),
            RemoteError::Garbled(why) => Self::Garbled(why),
            RemoteError::Refused(status, problem) => failure(status, &problem, None),
        }
    }
}

#[derive(Deserialize)]
struct Body {
    error: Problem,
}

/// Reads an error answer.
pub(super) async fn read(response: reqwest::Response) -> (u16, Problem, Option<SignedDuration>) {
    let status = response.status();
    let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let wait = wait.and_then(|seconds| SignedDuration::try_from(Duration::from_secs(seconds)).ok());
    let problem = match response.json::<Body>().await {
        Ok(body) => body.error,
        Err(_) => Problem { code: String::new(), message: status.to_string(), fields: BTreeMap::new() },
    };
    (status.as_u16(), problem, wait)
}

/// What an error answer means for the engine.
pub(super) fn failure(status: u16, problem: &Problem, wait: Option<SignedDuration>) -> Failure {
    match (ErrorCode::from_wire(&problem.code), status) {
        (Some(ErrorCode::DeviceRevoked), _) => Failure::Revoked,
        (Some(ErrorCode::Unauthorized), _) | (None, 401) => Failure::Unauthorized,
        (Some(ErrorCode::PayloadTooLarge), _) | (None, 413) => Failure::TooLarge,
        (Some(ErrorCode::UnsupportedProtocol), _) | (None, 426) => Failure::UnsupportedProtocol,
        (Some(ErrorCode::BadCursor), _) => Failure::BadCursor,
        (Some(ErrorCode::TooManyRequests), _) | (_, 408 | 429 | 500..) => Failure::Server(wait),
        _ => Failure::Refused(format!("{status} {} {}", problem.code, problem.message)),
    }
}

/// A chain of causes in one line; the outermost alone says nothing useful.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
