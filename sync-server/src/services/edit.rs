//! `PATCH /services/{id}`: absent fields stay untouched.

use axum::Json;
use axum::extract::State;
use domain::ids::ServiceId;
use domain::services::{Service, ServiceEdit};
use domain::sync::RecordKind;

use super::schemas::ServicePatch;
use crate::AppState;
use crate::auth;
use crate::http::{JsonObject, PathId, Principal, Problem, WriteErrors, now_text};
use crate::sync;

/// Edit a service
#[utoipa::path(
    patch, path = "/services/{id}", operation_id = "editService", tag = "services",
    params(("id" = ServiceId, Path, description = "The service's id")),
    request_body = ServicePatch,
    responses((status = 200, description = "As it is now", body = Service), WriteErrors)
)]
pub(super) async fn edit_service(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<ServiceId>,
    JsonObject(object): JsonObject,
) -> Result<Json<Service>, Problem> {
    let mut tx = state.db.tenant(principal.tenant).await?;
    sync::lock(&mut tx).await?;
    let service = super::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let tenant = auth::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let currency = service.currency.parse().unwrap_or_else(|_| tenant.currency());
    let edit = ServiceEdit::patch_from_json(&object, currency)?;
    let service = edit.apply(service, &now_text(state.now()));
    let body = serde_json::to_value(&service).map_err(|error| Problem::internal(&error))?;
    let head = Box::pin(sync::write_record(&mut tx, RecordKind::Service, id.0, Some(&body))).await?;
    tx.commit().await?;
    state.live.poke(principal.tenant, head);
    Ok(Json(service))
}
