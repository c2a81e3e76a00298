//! Why a request was not carried out here, on its way to the caller: the one place where an error of the app becomes an answer.

use axum::http::StatusCode;
use domain::api::{ProblemBody, Refusal};
use domain::errors::{ErrorCode, FieldErrors};
use domain::lang::Lang;

use super::reply::Reply;
use crate::app::AppError;
use crate::store::StoreError;

/// Why a request was not carried out. What the caller must not learn stands in the log.
#[derive(Debug)]
pub(super) struct Problem(pub(super) Refusal);

impl Problem {
    pub(super) const fn new(code: ErrorCode) -> Self {
        Self(Refusal::new(code))
    }

    pub(super) const fn not_found() -> Self {
        Self(Refusal::not_found())
    }

    /// The answer in a language.
    pub(super) fn reply(&self, lang: Lang) -> Reply {
        let status =
            StatusCode::from_u16(self.0.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&ProblemBody::new(lang, &self.0)).unwrap_or_default();
        Reply::new(status, body)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<FieldErrors> for Problem {
    fn from(fields: FieldErrors) -> Self {
        Self(fields.into())
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Invalid(fields) => fields.into(),
            AppError::Settle(error) => Self(error.into()),
            AppError::Store(error) => error.into(),
            other => Self::new(other.code()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(cause = %error, "the home failed");
        Self::new(ErrorCode::Internal)
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(cause = %error, "an answer cannot be written");
        Self::new(ErrorCode::Internal)
    }
}
