//! Why a request was not carried out, and the one shape in which that is said.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use crate::errors::{ErrorCode, FieldErrors, FieldProblem};
use crate::lang::{Lang, error_message, field_message};

/// Why a request was not carried out.
#[derive(Clone, Debug)]
#[must_use]
pub struct Refusal {
    /// What programs branch on.
    pub code: ErrorCode,
    /// What is wrong with single fields.
    pub fields: FieldErrors,
    /// More than a code can say: the things that stand in the way.
    pub details: Option<Json>,
}

impl Refusal {
    /// An answer with this code and nothing more to say.
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, fields: FieldErrors::new(), details: None }
    }

    /// Something under this id is not there.
    pub const fn not_found() -> Self {
        Self::new(ErrorCode::NotFound)
    }

    /// Says what is wrong with a field.
    pub fn field(mut self, name: &str, problem: FieldProblem) -> Self {
        self.fields.add(name, problem);
        self
    }

    /// Says more than a code can.
    pub fn details(mut self, details: Json) -> Self {
        self.details = Some(details);
        self
    }
}

impl From<FieldErrors> for Refusal {
    fn from(fields: FieldErrors) -> Self {
        Self { fields, ..Self::new(ErrorCode::ValidationFailed) }
    }
}

/// Every error answer looks like this.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemBody {
    /// What happened.
    error: ErrorBody,
}

impl ProblemBody {
    /// A refusal in a language.
    #[must_use]
    pub fn new(lang: Lang, refusal: &Refusal) -> Self {
        let said = |problem| FieldBody { code: problem, message: field_message(lang, problem).to_owned() };
        Self {
            error: ErrorBody {
                code: refusal.code,
                message: error_message(lang, refusal.code).to_owned(),
                fields: refusal
                    .fields
                    .iter()
                    .map(|(name, problem)| (name.to_owned(), said(problem)))
                    .collect(),
                details: refusal.details.clone(),
            },
        }
    }
}

/// What happened.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    details: Option<Json>,
}

/// What is wrong with a field.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct FieldBody {
    /// What programs branch on.
    code: FieldProblem,
    /// What people read.
    message: String,
}
