//! `POST /notes`.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::ids::NoteId;
use domain::notes::{Note, NoteEdit, NoteRow};

use super::schemas::NewNote;
use crate::http::{JsonObject, Principal, Problem, WriteErrors, created};
use crate::{AppState, documents};

/// Add a note
#[utoipa::path(
    post, path = "/notes", operation_id = "createNote", tag = "notes",
    request_body = NewNote,
    responses((status = 201, description = "Added", body = Note, headers(("location" = String))), WriteErrors)
)]
pub(super) async fn create_note(
    State(state): State<AppState>,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<impl IntoResponse, Problem> {
    let edit = NoteEdit::new_from_json(&object)?;
    let id = NoteId(state.new_id());
    let mut tx = documents::begin(&state, principal.tenant).await?;
    super::check_names(&mut tx, &edit).await?;
    let (mut document, chunk) = domain::notes::add(&state.author, state.now().as_second(), &edit);
    let note = NoteRow::read(&mut document).show(id);
    documents::keep(&state, tx, id.0, document, chunk).await?;
    Ok(created("notes", id, note))
}
