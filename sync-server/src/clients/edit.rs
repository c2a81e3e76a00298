//! `PATCH /clients/{id}`: absent fields stay untouched, so two devices' edits of different fields both stay.

use axum::extract::State;
use domain::clients::{Client, ClientEdit, ClientRow, allowing_duplicates};
use domain::ids::ClientId;

use super::exists::refuse_duplicate;
use super::schemas::ClientPatch;
use crate::AppState;
use crate::http::{ContactErrors, PathId, Problem};
use crate::writes::{Reply, Tag, Write, WriteHeaders, documents};

/// Edit a client
#[utoipa::path(
    patch, path = "/clients/{id}", operation_id = "editClient", tag = "clients",
    params(("id" = ClientId, Path, description = "The client's id"), WriteHeaders),
    request_body = ClientPatch,
    responses((status = 200, description = "As it is now", body = Client), ContactErrors)
)]
pub(super) async fn edit_client(
    State(state): State<AppState>,
    PathId(id): PathId<ClientId>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let mut document = super::open(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(Tag::of_heads(&document.heads()));
    let (edit, duplicates) = allowing_duplicates(&write.body.0, ClientEdit::patch_from_json)?;
    let standing = ClientRow::read(&mut document);
    refuse_duplicate(&mut write.tx, id, Some(&standing), &edit, duplicates).await?;
    let chunk = domain::clients::edit(&mut document, &state.author, state.now().as_second(), &edit);
    let client = super::show(&mut write.tx, id, ClientRow::read(&mut document)).await?;
    let last_visit = client.last_visit_at.clone().unwrap_or_default();
    let reply = Reply::ok(&client)?;
    documents::keep(&state, write, id.0, document, chunk, reply, Some(&last_visit)).await
}
