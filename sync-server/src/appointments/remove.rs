//! `DELETE /appointments/{id}`: marks the document, so that a device's later edit is not lost but seen.

use axum::extract::State;
use axum::http::StatusCode;
use domain::ids::AppointmentId;

use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::{AppState, documents};

/// Remove an appointment
#[utoipa::path(
    delete, path = "/appointments/{id}", operation_id = "removeAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id")),
    responses((status = 204, description = "Removed"), ItemErrors)
)]
pub(super) async fn remove_appointment(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<AppointmentId>,
) -> Result<StatusCode, Problem> {
    let mut tx = documents::begin(&state, principal.tenant).await?;
    let mut document = super::open(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let chunk = domain::appointments::remove(&mut document, &state.author, state.now().as_second());
    documents::keep(&state, tx, id.0, document, chunk).await?;
    Ok(StatusCode::NO_CONTENT)
}
