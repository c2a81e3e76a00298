//! `PATCH /appointments/{id}`: absent fields stay untouched.

use axum::Json;
use axum::extract::State;
use domain::appointments::{Appointment, AppointmentEdit, AppointmentRow, BookContext};
use domain::ids::AppointmentId;

use super::schemas::AppointmentPatch;
use crate::http::{JsonObject, PathId, Principal, Problem, WriteErrors};
use crate::{AppState, auth, documents};

/// Edit an appointment
#[utoipa::path(
    patch, path = "/appointments/{id}", operation_id = "editAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id")),
    request_body = AppointmentPatch,
    responses((status = 200, description = "As it is now", body = Appointment), WriteErrors)
)]
pub(super) async fn edit_appointment(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<AppointmentId>,
    JsonObject(object): JsonObject,
) -> Result<Json<Appointment>, Problem> {
    let mut tx = documents::begin(&state, principal.tenant).await?;
    let mut document = super::open(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let tenant = auth::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let (zone, currency) = (tenant.timezone.as_str(), tenant.currency());
    let context = BookContext { zone, currency, service: None, source: "api" };
    let edit = AppointmentEdit::patch_from_json(&object, &context)?;
    super::check_names(&mut tx, &edit).await?;
    let now = state.now().as_second();
    let mut ids = state.ids.clone();
    let chunk = domain::appointments::edit(&mut document, &state.author, now, &mut ids, &edit);
    let appointment = AppointmentRow::read(&mut document).show(id);
    documents::keep(&state, tx, id.0, document, chunk).await?;
    Ok(Json(appointment))
}
