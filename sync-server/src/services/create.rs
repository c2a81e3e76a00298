//! `POST /services`.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::ids::ServiceId;
use domain::services::{Service, ServiceEdit};
use domain::sync::RecordKind;

use super::schemas::NewService;
use crate::AppState;
use crate::auth;
use crate::http::{JsonObject, Principal, Problem, WriteErrors, created, now_text};
use crate::sync;

/// Add a service
#[utoipa::path(
    post, path = "/services", operation_id = "createService", tag = "services",
    request_body = NewService,
    responses((status = 201, description = "Added", body = Service, headers(("location" = String))), WriteErrors)
)]
pub(super) async fn create_service(
    State(state): State<AppState>,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<impl IntoResponse, Problem> {
    let mut tx = state.db.tenant(principal.tenant).await?;
    sync::lock(&mut tx).await?;
    let tenant = auth::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let edit = ServiceEdit::new_from_json(&object, tenant.currency())?;
    let service = edit.add(ServiceId(state.new_id()), tenant.currency(), &now_text(state.now()));
    let body = serde_json::to_value(&service).map_err(|error| Problem::internal(&error))?;
    let head = Box::pin(sync::write_record(&mut tx, RecordKind::Service, service.id.0, Some(&body))).await?;
    tx.commit().await?;
    state.live.poke(principal.tenant, head);
    Ok(created("services", service.id, service))
}
