//! `PATCH /notes/{id}`: the text is written as a difference, so what a device wrote elsewhere in it stays.

use axum::extract::State;
use domain::ids::NoteId;
use domain::notes::{Note, NoteEdit, NoteRow};

use super::schemas::NotePatch;
use crate::AppState;
use crate::http::{PathId, Problem, WriteErrors};
use crate::writes::{Reply, Tag, Write, WriteHeaders, documents};

/// Edit a note
#[utoipa::path(
    patch, path = "/notes/{id}", operation_id = "editNote", tag = "notes",
    params(("id" = NoteId, Path, description = "The note's id"), WriteHeaders),
    request_body = NotePatch,
    responses((status = 200, description = "As it is now", body = Note), WriteErrors)
)]
pub(super) async fn edit_note(
    State(state): State<AppState>,
    PathId(id): PathId<NoteId>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let mut document = super::open(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(Tag::of_heads(&document.heads()));
    let edit = NoteEdit::patch_from_json(&write.body.0)?;
    super::check_names(&mut write.tx, &edit).await?;
    let chunk = domain::notes::edit(&mut document, &state.author, state.now().as_second(), &edit);
    let note = NoteRow::read(&mut document).show(id);
    let reply = Reply::ok(&note)?;
    documents::keep(&state, write, id.0, document, chunk, reply, None).await
}
