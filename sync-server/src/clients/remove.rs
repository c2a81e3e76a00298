//! `DELETE /clients/{id}`: marks the document, so that a device's later edit is not lost but seen.

use axum::extract::State;
use axum::http::StatusCode;
use domain::ids::ClientId;

use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::{AppState, documents};

/// Remove a client
#[utoipa::path(
    delete, path = "/clients/{id}", operation_id = "removeClient", tag = "clients",
    params(("id" = ClientId, Path, description = "The client's id")),
    responses((status = 204, description = "Removed"), ItemErrors)
)]
pub(super) async fn remove_client(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<ClientId>,
) -> Result<StatusCode, Problem> {
    let mut tx = documents::begin(&state, principal.tenant).await?;
    let mut document = super::open(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let chunk = domain::clients::remove(&mut document, &state.author, state.now().as_second());
    documents::keep(&state, tx, id.0, document, chunk).await?;
    Ok(StatusCode::NO_CONTENT)
}
