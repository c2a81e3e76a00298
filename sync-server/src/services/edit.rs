//! `PATCH /services/{id}`: absent fields stay untouched.

use axum::extract::State;
use domain::ids::ServiceId;
use domain::services::{Service, ServiceEdit};

use super::schemas::ServicePatch;
use crate::http::{PathId, Problem, WriteErrors, now_text};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, auth};

/// Edit a service
#[utoipa::path(
    patch, path = "/services/{id}", operation_id = "editService", tag = "services",
    params(("id" = ServiceId, Path, description = "The service's id"), WriteHeaders),
    request_body = ServicePatch,
    responses((status = 200, description = "As it is now", body = Service), WriteErrors)
)]
pub(super) async fn edit_service(
    State(state): State<AppState>,
    PathId(id): PathId<ServiceId>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let service = super::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(super::tag(&service)?);
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let currency = service.currency.parse().unwrap_or_else(|_| tenant.currency());
    let edit = ServiceEdit::patch_from_json(&write.body.0, currency)?;
    let service = edit.apply(service, &now_text(state.now()));
    let reply = Reply::ok(&service)?;
    super::keep(&state, write, &service, reply).await
}
