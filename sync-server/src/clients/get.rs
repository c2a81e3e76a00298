//! `GET /clients/{id}`.

use axum::Json;
use axum::extract::State;
use domain::clients::Client;
use domain::ids::ClientId;

use crate::AppState;
use crate::http::{ItemErrors, PathId, Principal, Problem};

/// Read a client
#[utoipa::path(
    get, path = "/clients/{id}", operation_id = "getClient", tag = "clients",
    params(("id" = ClientId, Path, description = "The client's id")),
    responses((status = 200, description = "The client", body = Client), ItemErrors)
)]
pub(super) async fn get_client(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<ClientId>,
) -> Result<Json<Client>, Problem> {
    let mut tx = state.db.tenant(principal.tenant).await?;
    let row = super::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let client = super::show(&mut tx, id, row).await?;
    tx.commit().await?;
    Ok(Json(client))
}
