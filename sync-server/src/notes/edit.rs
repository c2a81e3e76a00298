//! `PATCH /notes/{id}`: the text is written as a difference, so what a device wrote elsewhere in it stays.

use axum::Json;
use axum::extract::State;
use domain::ids::NoteId;
use domain::notes::{Note, NoteEdit, NoteRow};

use super::schemas::NotePatch;
use crate::http::{JsonObject, PathId, Principal, Problem, WriteErrors};
use crate::{AppState, documents};

/// Edit a note
#[utoipa::path(
    patch, path = "/notes/{id}", operation_id = "editNote", tag = "notes",
    params(("id" = NoteId, Path, description = "The note's id")),
    request_body = NotePatch,
    responses((status = 200, description = "As it is now", body = Note), WriteErrors)
)]
pub(super) async fn edit_note(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<NoteId>,
    JsonObject(object): JsonObject,
) -> Result<Json<Note>, Problem> {
    let mut tx = documents::begin(&state, principal.tenant).await?;
    let mut document = super::open(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let edit = NoteEdit::patch_from_json(&object)?;
    super::check_names(&mut tx, &edit).await?;
    let chunk = domain::notes::edit(&mut document, &state.author, state.now().as_second(), &edit);
    let note = NoteRow::read(&mut document).show(id);
    documents::keep(&state, tx, id.0, document, chunk).await?;
    Ok(Json(note))
}
