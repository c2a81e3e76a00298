//! `DELETE /services/{id}`: visits that name it keep its id.

use axum::extract::State;
use axum::http::StatusCode;
use domain::ids::ServiceId;
use domain::sync::RecordKind;

use crate::AppState;
use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::sync;

/// Remove a service
#[utoipa::path(
    delete, path = "/services/{id}", operation_id = "removeService", tag = "services",
    params(("id" = ServiceId, Path, description = "The service's id")),
    responses((status = 204, description = "Removed"), ItemErrors)
)]
pub(super) async fn remove_service(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<ServiceId>,
) -> Result<StatusCode, Problem> {
    let mut tx = state.db.tenant(principal.tenant).await?;
    sync::lock(&mut tx).await?;
    super::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let head = Box::pin(sync::write_record(&mut tx, RecordKind::Service, id.0, None)).await?;
    tx.commit().await?;
    state.live.poke(principal.tenant, head);
    Ok(StatusCode::NO_CONTENT)
}
