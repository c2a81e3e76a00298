//! `POST /appointments/{id}/confirm`, `cancel`, `complete`, `no-show`: what she says happened. Said twice, it is one fact.

use axum::Json;
use axum::extract::State;
use domain::appointments::{Appointment, AppointmentRow, Step, take_step};
use domain::ids::AppointmentId;

use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::{AppState, documents};

/// Confirm a visit
#[utoipa::path(
    post, path = "/appointments/{id}/confirm", operation_id = "confirmAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id")),
    responses((status = 200, description = "As it is now", body = Appointment), ItemErrors)
)]
pub(super) async fn confirm_appointment(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<AppointmentId>,
) -> Result<Json<Appointment>, Problem> {
    take(&state, &principal, id, Step::Confirm).await
}

/// Cancel a visit
#[utoipa::path(
    post, path = "/appointments/{id}/cancel", operation_id = "cancelAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id")),
    responses((status = 200, description = "As it is now", body = Appointment), ItemErrors)
)]
pub(super) async fn cancel_appointment(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<AppointmentId>,
) -> Result<Json<Appointment>, Problem> {
    take(&state, &principal, id, Step::Cancel).await
}

/// Complete a visit
#[utoipa::path(
    post, path = "/appointments/{id}/complete", operation_id = "completeAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id")),
    responses((status = 200, description = "As it is now", body = Appointment), ItemErrors)
)]
pub(super) async fn complete_appointment(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<AppointmentId>,
) -> Result<Json<Appointment>, Problem> {
    take(&state, &principal, id, Step::Complete).await
}

/// Note that nobody came
#[utoipa::path(
    post, path = "/appointments/{id}/no-show", operation_id = "markNoShow", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id")),
    responses((status = 200, description = "As it is now", body = Appointment), ItemErrors)
)]
pub(super) async fn no_show_appointment(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<AppointmentId>,
) -> Result<Json<Appointment>, Problem> {
    take(&state, &principal, id, Step::NoShow).await
}

async fn take(
    state: &AppState,
    principal: &Principal,
    id: AppointmentId,
    step: Step,
) -> Result<Json<Appointment>, Problem> {
    let mut tx = documents::begin(state, principal.tenant).await?;
    let mut document = super::open(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let event = state.new_id().to_string();
    let chunk = take_step(&mut document, &state.author, state.now().as_second(), &event, step);
    let appointment = AppointmentRow::read(&mut document).show(id);
    documents::keep(state, tx, id.0, document, chunk).await?;
    Ok(Json(appointment))
}
