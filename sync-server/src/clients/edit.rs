//! `PATCH /clients/{id}`: absent fields stay untouched, so two devices' edits of different fields both stay.

use axum::Json;
use axum::extract::State;
use domain::clients::{Client, ClientEdit, ClientRow};
use domain::ids::ClientId;

use super::schemas::ClientPatch;
use crate::http::{JsonObject, PathId, Principal, Problem, WriteErrors};
use crate::{AppState, documents};

/// Edit a client
#[utoipa::path(
    patch, path = "/clients/{id}", operation_id = "editClient", tag = "clients",
    params(("id" = ClientId, Path, description = "The client's id")),
    request_body = ClientPatch,
    responses((status = 200, description = "As it is now", body = Client), WriteErrors)
)]
pub(super) async fn edit_client(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<ClientId>,
    JsonObject(object): JsonObject,
) -> Result<Json<Client>, Problem> {
    let mut tx = documents::begin(&state, principal.tenant).await?;
    let mut document = super::open(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let edit = ClientEdit::patch_from_json(&object)?;
    let chunk = domain::clients::edit(&mut document, &state.author, state.now().as_second(), &edit);
    let client = super::show(&mut tx, id, ClientRow::read(&mut document)).await?;
    documents::keep(&state, tx, id.0, document, chunk).await?;
    Ok(Json(client))
}
