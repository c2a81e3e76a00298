//! `GET /imports/{id}`: how far it is, and how many rows became what.

use axum::Json;
use axum::extract::State;
use uuid::Uuid;

use super::store;
use super::views::ImportView;
use crate::AppState;
use crate::http::{ItemErrors, PathId, Principal, Problem};

/// Look at an import
#[utoipa::path(
    get, path = "/imports/{id}", operation_id = "getImport", tag = "imports",
    params(("id" = Uuid, Path, description = "The import's id")),
    responses((status = 200, description = "As it is now", body = ImportView), ItemErrors)
)]
pub(super) async fn get_import(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<Uuid>,
) -> Result<Json<ImportView>, Problem> {
    let mut tx = state.begin(&principal).await?;
    let import = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(Json(import.show()))
}
