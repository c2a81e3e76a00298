//! `DELETE /notes/{id}`: marks the document, so that a device's later edit is not lost but seen.

use axum::extract::State;
use domain::ids::NoteId;

use crate::AppState;
use crate::http::{PathId, Problem, RemoveErrors};
use crate::writes::{NoBody, Reply, Tag, Write, WriteHeaders, documents};

/// Remove a note
#[utoipa::path(
    delete, path = "/notes/{id}", operation_id = "removeNote", tag = "notes",
    params(("id" = NoteId, Path, description = "The note's id"), WriteHeaders),
    responses((status = 204, description = "Removed"), RemoveErrors)
)]
pub(super) async fn remove_note(
    State(state): State<AppState>,
    PathId(id): PathId<NoteId>,
    mut write: Write<NoBody>,
) -> Result<Reply, Problem> {
    let mut document = super::open(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(Tag::of_heads(&document.heads()));
    let chunk = domain::notes::remove(&mut document, &state.author, state.now().as_second());
    documents::keep(&state, write, id.0, document, chunk, Reply::no_content(), None).await
}
