//! `GET /appointments/{id}`.

use axum::Json;
use axum::extract::State;
use domain::appointments::Appointment;
use domain::ids::AppointmentId;

use crate::AppState;
use crate::http::{ItemErrors, PathId, Principal, Problem};

/// Read an appointment
#[utoipa::path(
    get, path = "/appointments/{id}", operation_id = "getAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id")),
    responses((status = 200, description = "The appointment", body = Appointment), ItemErrors)
)]
pub(super) async fn get_appointment(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<AppointmentId>,
) -> Result<Json<Appointment>, Problem> {
    let mut tx = state.db.tenant(principal.tenant).await?;
    let row = super::find(&mut tx, id).await?;
    tx.commit().await?;
    row.map(|row| Json(row.show(id))).ok_or_else(Problem::not_found)
}
