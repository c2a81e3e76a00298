//! Taking back, as the API asks for it and answers it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::Undone;
use crate::documents::{Chunk, Hash};
use crate::errors::{FieldErrors, FieldProblem};
use crate::input::Fields;

/// What taking back did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TakenBack {
    /// Changes that were taken back.
    pub undone: Vec<UndoneChange>,
    /// Fields that stay because somebody has changed them since.
    pub kept: Vec<KeptField>,
}

/// A change that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UndoneChange {
    /// The client, visit or note.
    pub document: Uuid,
    /// The change.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub change: Hash,
}

/// A field that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeptField {
    /// The client, visit or note.
    pub document: Uuid,
    /// Its field.
    pub field: String,
}

impl TakenBack {
    /// Notes what taking a change back did, and gives what it wrote.
    pub fn note(
        &mut self,
        document: Uuid,
        change: Hash,
        undone: Undone,
    ) -> impl Iterator<Item = (Uuid, Chunk)> + use<> {
        self.kept.extend(undone.kept.into_iter().map(|field| KeptField { document, field }));
        if !undone.chunks.is_empty() {
            self.undone.push(UndoneChange { document, change });
        }
        undone.chunks.into_iter().map(move |chunk| (document, chunk))
    }
}

/// Reads which change of which document is to be taken back.
///
/// # Errors
/// Every field that is missing, unknown or wrong.
pub fn read_undo(body: &Map<String, Json>) -> Result<(Uuid, Hash), FieldErrors> {
    let mut fields = Fields::new(body);
    let (document, change) = (fields.id::<Uuid>("document"), fields.line("change"));
    fields.require("document", &document);
    fields.require("change", &change);
    let hash = change.value().map(|text| text.parse::<Hash>());
    if matches!(hash, Some(Err(_))) {
        fields.mistake("change", FieldProblem::Invalid);
    }
    let read = document.value().copied().zip(hash.and_then(Result::ok));
    fields.finish(read)?.ok_or_else(|| FieldErrors::one("change", FieldProblem::Required))
}

/// Reads whose work is to be taken back, and since when.
///
/// # Errors
/// Every field that is missing, unknown or wrong.
pub fn read_undo_device(body: &Map<String, Json>) -> Result<(String, Timestamp), FieldErrors> {
    let mut fields = Fields::new(body);
    let (device, since) = (fields.line("device"), fields.line("since"));
    fields.require("device", &device);
    fields.require("since", &since);
    let moment = since.value().map(|text| text.parse::<Timestamp>());
    if matches!(moment, Some(Err(_))) {
        fields.mistake("since", FieldProblem::InvalidTime);
    }
    let read = device.value().cloned().zip(moment.and_then(Result::ok));
    fields.finish(read)?.ok_or_else(|| FieldErrors::one("since", FieldProblem::Required))
}
