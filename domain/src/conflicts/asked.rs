//! Settling and merging, as the API asks for it and refuses it.

use serde_json::{Map, Value as Json};

use super::SettleError;
use crate::api::Refusal;
use crate::documents::Hash;
use crate::errors::{FieldErrors, FieldProblem};
use crate::ids::ClientId;
use crate::input::Fields;

/// Reads how a conflict is to be settled: the choice, and the facts that were looked at.
///
/// # Errors
/// Every field that is missing, unknown or wrong.
pub fn read_resolve(body: &Map<String, Json>) -> Result<(String, Option<Hash>), FieldErrors> {
    let mut fields = Fields::new(body);
    let (choice, facts) = (fields.line("choice"), fields.line("facts"));
    fields.require("choice", &choice);
    let hash = facts.value().map(|text| text.parse::<Hash>());
    if matches!(hash, Some(Err(_))) {
        fields.mistake("facts", FieldProblem::Invalid);
    }
    let read = (choice.value().cloned().unwrap_or_default(), hash.and_then(Result::ok));
    fields.finish(read)
}

/// Reads into whom a client is to be merged.
///
/// # Errors
/// Every field that is missing, unknown or wrong.
pub fn read_merge(body: &Map<String, Json>) -> Result<ClientId, FieldErrors> {
    let mut fields = Fields::new(body);
    let into = fields.id::<ClientId>("into");
    fields.require("into", &into);
    let into = fields.finish(into)?.into_option();
    into.ok_or_else(|| FieldErrors::one("into", FieldProblem::Required))
}

impl From<SettleError> for Refusal {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::NotOffered => FieldErrors::one("choice", FieldProblem::Unknown).into(),
            SettleError::Itself => Self::new(error.code()).field("into", FieldProblem::NotAllowed),
            SettleError::Circle => Self::new(error.code()).field("into", FieldProblem::Unknown),
            SettleError::Stale | SettleError::Missing | SettleError::TooMany => Self::new(error.code()),
        }
    }
}
