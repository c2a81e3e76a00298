//! `POST /imports/{id}/run`: begins, answers at once; how far it is stands in `GET /imports/{id}`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::errors::{ErrorCode, FieldProblem};
use uuid::Uuid;

use super::create::business;
use super::views::{ALL, Counts, ImportView, Kept};
use super::{store, work};
use crate::AppState;
use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::sync;

/// Run an import
#[utoipa::path(
    post, path = "/imports/{id}/run", operation_id = "runImport", tag = "imports",
    params(("id" = Uuid, Path, description = "The import's id")),
    responses((status = 202, description = "Begun; ask for it to see how far it is", body = ImportView),
        (status = 409, description = "`conflict`: it is running, was run, or its file was dropped after 30 days"),
        (status = 422, description = "`validation_failed`: nobody knows yet what the columns mean"), ItemErrors)
)]
pub(super) async fn run_import(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<Uuid>,
) -> Result<(StatusCode, Json<ImportView>), Problem> {
    let mut tx = state.begin(&principal).await?;
    // With the lock, so that two calls do not both begin.
    sync::lock(&mut tx).await?;
    let mut import = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    // One that a process left running when it was killed goes on; one that was undone begins anew.
    import.require(&["preview", "running", "undone", "failed"])?;
    if store::any_held(&mut tx, state.now()).await? || !store::has_file(&mut tx, id).await? {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    if import.map.is_none() && import.kind != ALL {
        return Err(Problem::new(ErrorCode::ValidationFailed).field("map", FieldProblem::MapNeeded));
    }
    if import.state == "preview" || import.state == "undone" {
        store::clear_rows(&mut tx, id).await?;
        let kept = import.kept();
        import.keep(&Kept { counts: Counts::default(), undone: None, ..kept });
        import.done = 0;
    }
    let kept = import.kept();
    import.keep(&Kept { failure: None, ..kept });
    "running".clone_into(&mut import.state);
    import.lease_until = Some(work::lease(state.now()));
    let business = business(&mut tx).await?;
    let file = store::file(&mut tx, id).await?;
    store::update(&mut tx, &import, state.now()).await?;
    tx.commit().await?;
    work::begin_run(state, business, import.clone(), file, principal.cause());
    Ok((StatusCode::ACCEPTED, Json(import.show())))
}
