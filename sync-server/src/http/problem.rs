//! An error on its way to the caller: the one place where it becomes a response.
//!
//! A handler returns a [`Problem`]; it travels in the response's extensions to [`super::finish`], which knows the
//! caller's language and the request id, writes the body and logs what must be logged.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::errors::{ErrorCode, FieldErrors, FieldProblem};
use domain::lang::{Lang, error_message, field_message};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::db::StoreError;

/// Why a request was not carried out.
#[derive(Clone, Debug)]
#[must_use]
pub struct Problem {
    code: ErrorCode,
    fields: FieldErrors,
    details: Option<Json>,
    retry_after: Option<Duration>,
    /// For our log alone.
    cause: Option<String>,
}

impl Problem {
    /// An answer with this code and nothing more to say.
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, fields: FieldErrors::new(), details: None, retry_after: None, cause: None }
    }

    /// Something under this id is not there, or belongs to somebody else.
    pub const fn not_found() -> Self {
        Self::new(ErrorCode::NotFound)
    }

    /// Fields that cannot be accepted.
    pub fn invalid(fields: FieldErrors) -> Self {
        Self { fields, ..Self::new(ErrorCode::ValidationFailed) }
    }

    /// Our fault. The cause goes to the log, once; the caller learns nothing of it.
    pub fn internal(cause: &dyn Error) -> Self {
        Self { cause: Some(chain(cause)), ..Self::new(ErrorCode::Internal) }
    }

    /// Says what is wrong with a field.
    pub fn field(mut self, name: &str, problem: FieldProblem) -> Self {
        self.fields.add(name, problem);
        self
    }

    /// Says more than a code can: the things that stand in the way.
    pub fn details(mut self, details: Json) -> Self {
        self.details = Some(details);
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
        self.code
    }

    /// What the log should know of it.
    pub(super) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The response in a language.
    pub(super) fn render(&self, lang: Lang) -> Response {
        let status =
            StatusCode::from_u16(self.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let fields = self.fields.iter().map(|(name, problem)| {
            (name.to_owned(), FieldBody { code: problem, message: field_message(lang, problem).to_owned() })
        });
        let body = ProblemBody {
            error: ErrorBody {
                code: self.code,
                message: error_message(lang, self.code).to_owned(),
                fields: fields.collect(),
                details: self.details.clone(),
            },
        };
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

/// Every error answer looks like this.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// What happened.
    error: ErrorBody,
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
struct ErrorBody {
    /// What programs branch on.
    code: ErrorCode,
    /// What people read, in the language of `Accept-Language`.
    message: String,
    /// What is wrong with single fields, by their names.
    fields: BTreeMap<String, FieldBody>,
    /// With some codes, the things that stand in the way: `slot_taken` has `appointments`, `client_exists` has `clients`,
    /// `feature_not_allowed` has `feature`, `requiredPlan`, the present `plan`, and `change`, the path that changes it; `plan_limit` has `limit`, `most`, `plan`, and what
    /// there is too much of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    details: Option<Json>,
}

/// What is wrong with a field.
#[derive(Debug, Serialize, ToSchema)]
struct FieldBody {
    /// What programs branch on.
    code: FieldProblem,
    /// What people read.
    message: String,
}
