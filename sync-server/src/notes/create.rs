//! `POST /notes`.

use axum::extract::State;
use domain::ids::NoteId;
use domain::notes::{Note, NoteEdit, NoteRow};

use super::schemas::NewNote;
use crate::AppState;
use crate::http::{Problem, WriteErrors};
use crate::writes::{Reply, Write, WriteHeaders, documents};

/// Add a note
#[utoipa::path(
    post, path = "/notes", operation_id = "createNote", tag = "notes",
    params(WriteHeaders),
    request_body = NewNote,
    responses((status = 201, description = "Added", body = Note, headers(("location" = String))), WriteErrors)
)]
pub(super) async fn create_note(State(state): State<AppState>, mut write: Write) -> Result<Reply, Problem> {
    let edit = NoteEdit::new_from_json(&write.body.0)?;
    let id = NoteId(state.new_id());
    super::check_names(&mut write.tx, &edit).await?;
    let (mut document, chunk) = domain::notes::add(&state.author, state.now().as_second(), &edit);
    let note = NoteRow::read(&mut document).show(id);
    let reply = Reply::created(&format!("notes/{id}"), &note)?;
    documents::keep(&state, write, id.0, document, chunk, reply, None).await
}
