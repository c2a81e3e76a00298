//! What an import looks like: as it is stored, and as REST shows it.

use domain::errors::ErrorCode;
use domain::imports::{Duplicates, ImportMap, Kind, Report, Undone};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::Problem;

/// The kind of a full export.
pub(super) const ALL: &str = "all";

/// An upload as it is stored, without its file.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) state: String,
    pub(super) kind: String,
    pub(super) filename: String,
    pub(super) format: String,
    pub(super) map: Option<String>,
    pub(super) duplicates: String,
    pub(super) import_id: Option<Uuid>,
    pub(super) done: i32,
    pub(super) total: i32,
    pub(super) report: String,
    pub(super) lease_until: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// Kept as one JSON text: what was seen in the file, and the counts so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Kept {
    pub(super) columns: Vec<String>,
    pub(super) sample: Vec<Map<String, Json>>,
    pub(super) counts: Counts,
    pub(super) undone: Option<UndoView>,
    pub(super) failure: Option<String>,
}

/// How many rows became what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Counts {
    /// Rows that became something new.
    pub(super) created: usize,
    /// Rows that changed something that was there.
    pub(super) updated: usize,
    /// Rows that mean somebody who is there already; not imported.
    pub(super) duplicates: usize,
    /// Rows that were merged into somebody who was there.
    pub(super) merged: usize,
    /// Rows that changed nothing.
    pub(super) skipped: usize,
    /// Of the skipped rows, those in which something is wrong.
    pub(super) problems: usize,
    /// Visits at 00:00 because the file does not say when they were.
    pub(super) time_unknown: usize,
    /// Clients made from codes that nobody bore.
    pub(super) clients_created: usize,
    /// Pictures of contact cards; not taken over.
    pub(super) pictures: usize,
}

/// What an undo did.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct UndoView {
    /// Things that were taken out.
    pub(super) removed: usize,
    /// Things from which what had been filled in was taken out.
    pub(super) restored: usize,
    /// Things that stay because somebody has edited them since.
    pub(super) kept_edited: Vec<Uuid>,
    /// Clients who stay because visits or notes that were not imported name them.
    pub(super) kept_in_use: Vec<Uuid>,
}

/// An import.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImportView {
    /// The upload's id.
    id: Uuid,
    /// `preview`, `running`, `done`, `undoing`, `undone`, `failed`.
    #[schema(example = "preview")]
    state: String,
    /// `services`, `clients`, `appointments`, `payments` or `all`.
    #[schema(example = "clients")]
    kind: String,
    /// As the caller named it.
    filename: String,
    /// `csv`, `xlsx`, `vcard`, `ics` or `json`.
    format: String,
    /// The file's columns.
    columns: Vec<String>,
    /// What they mean, as in `docs/import.md`; `null` if that cannot be guessed.
    #[schema(value_type = Option<Object>)]
    map: Option<Json>,
    /// What becomes of people who are there already.
    duplicates: Duplicates,
    /// The first rows, field by field, as the map reads them.
    #[schema(value_type = Vec<Object>)]
    sample: Vec<Map<String, Json>>,
    /// Rows looked at or imported so far.
    done: i32,
    /// All rows.
    total: i32,
    /// How many rows became, or in a preview would become, what.
    report: Counts,
    /// What the things that it made are marked with, as `meta.importId`.
    import_id: Option<Uuid>,
    /// What the undo did.
    undone: Option<UndoView>,
    /// Why it failed, by the code of an error: `validation_failed` (the file), `tenant_suspended`, `unavailable` (try again) or
    /// `internal`; what was imported before that stands, and running it again goes on there.
    #[schema(example = "tenant_suspended")]
    failure: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

/// What became, or would become, of one row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RowView {
    /// The line that it begins on; the header is line 1.
    pub(super) line: i64,
    /// `created`, `updated`, `duplicate`, `merged` or `skipped`.
    #[schema(example = "skipped")]
    pub(super) result: String,
    /// Why, for programs.
    #[schema(example = "wrong_form")]
    pub(super) code: Option<String>,
    /// Why, for people.
    pub(super) reason: Option<String>,
    /// What it became, or is about.
    pub(super) id: Option<Uuid>,
}

impl Stored {
    /// As REST shows it.
    pub(super) fn show(self) -> ImportView {
        let (kept, is_failed) = (self.kept(), self.state == "failed");
        ImportView {
            id: self.id,
            state: self.state,
            kind: self.kind,
            filename: self.filename,
            format: self.format,
            columns: kept.columns,
            map: self.map.as_deref().and_then(|map| serde_json::from_str(map).ok()),
            duplicates: word(&self.duplicates),
            sample: kept.sample,
            done: self.done,
            total: self.total,
            report: kept.counts,
            import_id: self.import_id,
            undone: kept.undone,
            failure: kept.failure.filter(|_| is_failed),
            created_at: self.created_at.to_string(),
            updated_at: self.updated_at.to_string(),
        }
    }

    pub(super) fn kept(&self) -> Kept {
        serde_json::from_str(&self.report).unwrap_or_default()
    }

    pub(super) fn keep(&mut self, kept: &Kept) {
        self.report = serde_json::to_string(kept).unwrap_or_default();
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    pub(super) fn duplicates(&self) -> Duplicates {
        word(&self.duplicates)
    }

    /// The map; `None` while nobody knows what the columns mean.
    pub(super) fn map(&self) -> Option<ImportMap> {
        ImportMap::from_json(&serde_json::from_str(self.map.as_deref()?).ok()?).ok()
    }

    /// Answers 409 unless it is in one of these states.
    pub(super) fn require(&self, states: &[&str]) -> Result<(), Problem> {
        if states.contains(&self.state.as_str()) { Ok(()) } else { Err(Problem::new(ErrorCode::Conflict)) }
    }

    /// Whether somebody runs it just now.
    pub(super) fn is_held(&self, now: Timestamp) -> bool {
        matches!(self.state.as_str(), "running" | "undoing")
            && self.lease_until.is_some_and(|until| until > now)
    }
}

impl Counts {
    pub(super) fn of(report: &Report) -> Self {
        Self {
            created: report.created,
            updated: report.updated,
            duplicates: report.duplicates,
            merged: report.merged,
            skipped: report.skipped,
            problems: report.problems,
            time_unknown: report.time_unknown,
            clients_created: report.clients_created,
            pictures: report.pictures,
        }
    }

    /// With those of further rows.
    pub(super) fn with(&self, more: &Self) -> Self {
        Self {
            created: self.created + more.created,
            updated: self.updated + more.updated,
            duplicates: self.duplicates + more.duplicates,
            merged: self.merged + more.merged,
            skipped: self.skipped + more.skipped,
            problems: self.problems + more.problems,
            time_unknown: self.time_unknown + more.time_unknown,
            clients_created: self.clients_created + more.clients_created,
            pictures: self.pictures.max(more.pictures),
        }
    }
}

impl From<Undone> for UndoView {
    fn from(undone: Undone) -> Self {
        let Undone { removed, restored, kept_edited, kept_in_use } = undone;
        Self { removed, restored, kept_edited, kept_in_use }
    }
}

fn word(duplicates: &str) -> Duplicates {
    serde_json::from_value(Json::from(duplicates)).unwrap_or_default()
}

/// The word of a way with duplicates.
pub(super) const fn duplicates_word(duplicates: Duplicates) -> &'static str {
    match duplicates {
        Duplicates::Ask => "ask",
        Duplicates::Merge => "merge",
        Duplicates::Create => "create",
    }
}
