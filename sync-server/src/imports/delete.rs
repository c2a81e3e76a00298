//! `DELETE /imports/{id}`: throws the upload away. What it made stays; an undo takes that out.

use axum::extract::State;
use axum::http::StatusCode;
use domain::errors::ErrorCode;
use uuid::Uuid;

use super::store;
use crate::AppState;
use crate::http::{ItemErrors, PathId, Principal, Problem};

/// Throw an upload away
#[utoipa::path(
    delete, path = "/imports/{id}", operation_id = "deleteImport", tag = "imports",
    params(("id" = Uuid, Path, description = "The import's id")),
    responses((status = 204, description = "The file and its rows are gone; what was imported stays"),
        (status = 409, description = "`conflict`: it is running"), ItemErrors)
)]
pub(super) async fn delete_import(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<Uuid>,
) -> Result<StatusCode, Problem> {
    let mut tx = state.begin(&principal).await?;
    let import = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if import.is_held(state.now()) {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    store::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
