//! Notes: what she writes down about a client or a visit, and her colour formulas.
//!
//! A slice of the shared room: edit, row and JSON of a note. Pure. The body is a mergeable text: two devices'
//! edits of it come together letter by letter.

mod list;

pub use list::LIST;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::dates::format_seconds;
use crate::documents::{Author, Chunk, Collection, Document, Facts, Writer};
use crate::errors::FieldErrors;
use crate::ids::{AppointmentId, ClientId, NoteId};
use crate::input::{Fields, Patch};

/// What is to be written; a field that is kept stays untouched.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NoteEdit {
    /// Whom it is about.
    pub client_id: Patch<ClientId>,
    /// The visit it belongs to.
    pub appointment_id: Patch<AppointmentId>,
    /// `general` or `formula`.
    pub kind: Patch<String>,
    /// The text.
    pub body: Patch<String>,
    /// Further data; `null` removes an entry, others stay.
    pub meta: Patch<Map<String, Json>>,
}

crate::masked_debug!(NoteEdit {});

impl NoteEdit {
    /// Reads a request that adds a note.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn new_from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let mut edit = Self::read(&mut fields);
        fields.require("clientId", &edit.client_id);
        fields.require("body", &edit.body);
        if edit.kind == Patch::Keep {
            edit.kind = Patch::Set("general".to_owned());
        }
        fields.finish(edit)
    }

    /// Reads a request that edits a note; absent fields stay untouched.
    ///
    /// # Errors
    /// Every field that is unknown or wrong; a note always has a client.
    pub fn patch_from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let edit = Self::read(&mut fields);
        fields.refuse_null("clientId", &edit.client_id);
        fields.finish(edit)
    }

    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            client_id: fields.id("clientId"),
            appointment_id: fields.id("appointmentId"),
            kind: fields.word("kind", &["general", "formula"]).map(str::to_owned),
            body: fields.text("body"),
            meta: fields.object("meta"),
        }
    }

    fn write(&self, w: &mut Writer<'_>) {
        self.client_id.write(|v| w.put_str("clientId", v.map(ToString::to_string).as_deref()));
        self.appointment_id.write(|v| w.put_str("appointmentId", v.map(ToString::to_string).as_deref()));
        self.kind.write(|v| w.put_str("kind", v.map(String::as_str)));
        self.body.write(|v| w.put_text("body", v.map_or("", String::as_str)));
        self.meta.write(|v| w.merge_map("meta", v));
    }
}

/// Writes a new note. `at` is in seconds since 1970.
#[must_use]
pub fn add(author: &Author, at: i64, edit: &NoteEdit) -> (Document, Option<Chunk>) {
    let mut document = Document::new(Collection::Notes);
    let chunk = document.edit(author, at, "note.add", |w| edit.write(w));
    (document, chunk)
}

/// Edits a note; `None` if nothing changes.
pub fn edit(document: &mut Document, author: &Author, at: i64, edit: &NoteEdit) -> Option<Chunk> {
    document.edit(author, at, "note.edit", |w| edit.write(w))
}

/// Removes a note: the document stays, marked as deleted.
pub fn remove(document: &mut Document, author: &Author, at: i64) -> Option<Chunk> {
    document.edit(author, at, "note.remove", |w| w.put_time("deletedAt", Some(at * 1000)))
}

/// What a note's document says.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoteRow {
    /// Whom it is about.
    pub client_id: Option<ClientId>,
    /// The visit it belongs to.
    pub appointment_id: Option<AppointmentId>,
    /// `general`, `formula`, or a word of tomorrow.
    pub kind: String,
    /// The text.
    pub body: String,
    /// Further data.
    pub meta: Map<String, Json>,
    /// Milliseconds since 1970.
    pub deleted_at: Option<i64>,
    /// Seconds since 1970.
    pub created_at: Option<i64>,
    /// Seconds since 1970.
    pub updated_at: Option<i64>,
    /// What the change graph says.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
}

crate::masked_debug!(NoteRow {});

/// A note as REST, devices and exports show it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b4",
    "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1",
    "appointmentId": null,
    "kind": "formula",
    "body": "7.1 + 8.13, 6 %, 35 минут",
    "meta": {},
    "createdAt": "2026-11-20T09:12:00Z",
    "updatedAt": "2026-11-20T09:12:00Z",
})))]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The note's id.
    pub id: NoteId,
    /// Whom it is about.
    pub client_id: Option<ClientId>,
    /// The visit it belongs to.
    pub appointment_id: Option<AppointmentId>,
    /// `general` or `formula`.
    pub kind: String,
    /// The text.
    pub body: String,
    /// Further data.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub meta: Map<String, Json>,
    /// RFC 3339.
    pub created_at: Option<String>,
    /// RFC 3339, by the clock of the device that wrote last.
    pub updated_at: Option<String>,
}

crate::masked_debug!(Note { id });

impl NoteRow {
    /// Reads a document.
    #[must_use]
    pub fn read(document: &mut Document) -> Self {
        let facts = Facts::of(document);
        let mut reader = document.reader();
        let times = reader.change_times();
        Self {
            client_id: reader.str("clientId").and_then(|id| id.parse().ok()),
            appointment_id: reader.str("appointmentId").and_then(|id| id.parse().ok()),
            kind: reader.str("kind").unwrap_or_else(|| "general".to_owned()),
            body: reader.text("body"),
            meta: reader.map("meta"),
            deleted_at: reader.time("deletedAt"),
            created_at: times.iter().min().copied(),
            updated_at: times.iter().max().copied(),
            facts,
        }
    }

    /// The JSON that everybody sees.
    #[must_use]
    pub fn show(self, id: NoteId) -> Note {
        Note {
            id,
            client_id: self.client_id,
            appointment_id: self.appointment_id,
            kind: self.kind,
            body: self.body,
            meta: self.meta,
            created_at: self.created_at.and_then(format_seconds),
            updated_at: self.updated_at.and_then(format_seconds),
        }
    }
}
