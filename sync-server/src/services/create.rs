//! `POST /services`.

use axum::extract::State;
use domain::ids::ServiceId;
use domain::services::{Service, ServiceEdit};

use super::schemas::NewService;
use crate::http::{Problem, WriteErrors, now_text};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, auth};

/// Add a service
#[utoipa::path(
    post, path = "/services", operation_id = "createService", tag = "services",
    params(WriteHeaders),
    request_body = NewService,
    responses((status = 201, description = "Added", body = Service, headers(("location" = String))), WriteErrors)
)]
pub(super) async fn create_service(
    State(state): State<AppState>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let edit = ServiceEdit::new_from_json(&write.body.0, tenant.currency())?;
    let service = edit.add(ServiceId(state.new_id()), tenant.currency(), &now_text(state.now()));
    let reply = Reply::created(&format!("services/{}", service.id), &service)?;
    super::keep(&state, write, &service, reply).await
}
