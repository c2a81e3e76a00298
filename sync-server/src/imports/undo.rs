//! `POST /imports/{id}/undo`: takes out what it made and nobody has touched since; answers at once.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::errors::ErrorCode;
use uuid::Uuid;

use super::create::business;
use super::views::ImportView;
use super::{store, work};
use crate::AppState;
use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::sync;

/// Undo an import
#[utoipa::path(
    post, path = "/imports/{id}/undo", operation_id = "undoImport", tag = "imports",
    params(("id" = Uuid, Path, description = "The import's id")),
    responses((status = 202, description = "Begun; ask for it to see what was taken out", body = ImportView),
        (status = 409, description = "`conflict`: it is running, was not run, or is a restored export"), ItemErrors)
)]
pub(super) async fn undo_import(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<Uuid>,
) -> Result<(StatusCode, Json<ImportView>), Problem> {
    let mut tx = state.begin(&principal).await?;
    sync::lock(&mut tx).await?;
    let mut import = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    import.require(&["done", "running", "failed", "undoing"])?;
    // A restored export is not marked: its base must equal the exported one.
    if import.import_id.is_none() || store::any_held(&mut tx, state.now()).await? {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    "undoing".clone_into(&mut import.state);
    import.lease_until = Some(work::lease(state.now()));
    let business = business(&mut tx).await?;
    store::update(&mut tx, &import, state.now()).await?;
    tx.commit().await?;
    work::begin_undo(state, business, import.clone(), principal.cause());
    Ok((StatusCode::ACCEPTED, Json(import.show())))
}
