//! Notes on this device.

use domain::Projection;
use domain::documents::Collection;
use domain::errors::{FieldErrors, FieldProblem};
use domain::ids::{ClientId, NoteId};
use domain::notes::{self, Note, NoteEdit};
use serde_json::{Map, Value as Json};

use super::{App, AppError, Result};

impl App {
    /// Adds a note from the fields that REST takes.
    pub fn add_note(&mut self, fields: &Map<String, Json>) -> Result<Note> {
        let edit = NoteEdit::new_from_json(fields)?;
        self.check_note(&edit)?;
        self.add_note_as(&edit)
    }

    /// The same, read and looked over already.
    pub fn add_note_as(&mut self, edit: &NoteEdit) -> Result<Note> {
        let id = NoteId(self.new_id());
        let row = self.create_document(id.0, |author, at, _| notes::add(author, at, edit))?;
        show(id, row)
    }

    /// Edits a note. The body is written as the difference to what stands there, so that two devices' edits merge.
    pub fn edit_note(&mut self, id: NoteId, fields: &Map<String, Json>) -> Result<Note> {
        let edit = NoteEdit::patch_from_json(fields)?;
        self.check_note(&edit)?;
        self.edit_note_as(id, &edit)
    }

    /// The same, read and looked over already.
    pub fn edit_note_as(&mut self, id: NoteId, edit: &NoteEdit) -> Result<Note> {
        let row = self.edit_document(Collection::Notes, id.0, |document, author, at, _| {
            notes::edit(document, author, at, edit)
        })?;
        show(id, row)
    }

    /// Removes a note.
    pub fn remove_note(&mut self, id: NoteId) -> Result<()> {
        self.edit_document(Collection::Notes, id.0, |document, author, at, _| {
            notes::remove(document, author, at)
        })
        .map(drop)
    }

    /// One note.
    pub fn note(&self, id: NoteId) -> Result<Note> {
        self.store.read(|tx| {
            let row = tx.note(id.0)?.ok_or(AppError::NotFound(id.0))?;
            Ok(row.show(id))
        })
    }

    /// Notes of one client or of all, by id.
    pub fn notes(&self, client: Option<ClientId>) -> Result<Vec<Note>> {
        self.store.read(|tx| {
            let rows = tx.notes(client.map(|id| id.0))?;
            Ok(rows.into_iter().map(|(id, row)| row.show(NoteId(id))).collect())
        })
    }

    fn check_note(&self, edit: &NoteEdit) -> Result<()> {
        if let Some(id) = edit.client_id.value() {
            self.check_client("clientId", *id)?;
        }
        if let Some(id) = edit.appointment_id.value() {
            let known = self.store.read::<_, AppError>(|tx| Ok(tx.appointment(id.0)?.is_some()))?;
            if !known {
                return Err(FieldErrors::one("appointmentId", FieldProblem::Unknown).into());
            }
        }
        Ok(())
    }
}

fn show(id: NoteId, row: Projection) -> Result<Note> {
    match row {
        Projection::Notes(row) => Ok(row.show(id)),
        _ => Err(AppError::NotFound(id.0)),
    }
}
