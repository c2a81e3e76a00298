//! An error on its way to the caller: the one place where it becomes a response.
//!
//! A handler returns a [`Problem`]; it travels in the response's extensions to [`super::finish`], which knows the
//! caller's language and the request id, writes the body and logs what must be logged.

use std::error::Error;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
pub use domain::api::ProblemBody;
use domain::api::Refusal;
use domain::errors::{ErrorCode, FieldErrors, FieldProblem};
use domain::lang::Lang;
use serde_json::Value as Json;

use crate::db::StoreError;

/// Why a request was not carried out.
#[derive(Clone, Debug)]
#[must_use]
pub struct Problem {
    said: Refusal,
    retry_after: Option<Duration>,
    /// For our log alone.
    cause: Option<String>,
}

impl Problem {
    /// An answer with this code and nothing more to say.
    pub const fn new(code: ErrorCode) -> Self {
        Self { said: Refusal::new(code), retry_after: None, cause: None }
    }

    /// Something under this id is not there, or belongs to somebody else.
    pub const fn not_found() -> Self {
        Self::new(ErrorCode::NotFound)
    }

    /// Fields that cannot be accepted.
    pub fn invalid(fields: FieldErrors) -> Self {
        Refusal::from(fields).into()
    }

    /// Our fault. The cause goes to the log, once; the caller learns nothing of it.
    pub fn internal(cause: &dyn Error) -> Self {
        Self { cause: Some(chain(cause)), ..Self::new(ErrorCode::Internal) }
    }

    /// Says what is wrong with a field.
    pub fn field(mut self, name: &str, problem: FieldProblem) -> Self {
        self.said = self.said.field(name, problem);
        self
    }

    /// Says more than a code can: the things that stand in the way.
    pub fn details(mut self, details: Json) -> Self {
        self.said = self.said.details(details);
        self
    }

    /// Says when to come back.
    pub const fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.said.code
    }

    /// What the log should know of it.
    pub(super) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The response in a language.
    pub(super) fn render(&self, lang: Lang) -> Response {
        let status =
            StatusCode::from_u16(self.said.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = ProblemBody::new(lang, &self.said);
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, [(CONTENT_TYPE, "application/json")], json).into_response();
        if let Some(wait) = self.retry_after {
            // A part of a second is a whole second: who comes too early is sent away again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.render(Lang::default());
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(said: Refusal) -> Self {
        Self { said, retry_after: None, cause: None }
    }
}

impl From<FieldErrors> for Problem {
    fn from(fields: FieldErrors) -> Self {
        Self::invalid(fields)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            let passing = Self { cause: Some(chain(&error)), ..Self::new(ErrorCode::Unavailable) };
            passing.after(Duration::from_secs(1))
        } else {
            Self::internal(&error)
        }
    }
}

/// An error with all that caused it, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    text
}
