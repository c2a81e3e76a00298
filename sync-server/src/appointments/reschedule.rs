//! `POST /appointments/{id}/reschedule`: another time, one scalar of the document, so a move is atomic.

use axum::Json;
use axum::extract::State;
use domain::appointments::{Appointment, AppointmentEdit, AppointmentRow, BookContext};
use domain::dates::VisitTime;
use domain::errors::{FieldErrors, FieldProblem};
use domain::ids::AppointmentId;
use serde_json::{Map, Value};

use super::schemas::NewTime;
use crate::http::{JsonObject, PathId, Principal, Problem, WriteErrors};
use crate::{AppState, auth, documents};

/// Move an appointment
#[utoipa::path(
    post, path = "/appointments/{id}/reschedule", operation_id = "rescheduleAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id")),
    request_body = NewTime,
    responses((status = 200, description = "As it is now", body = Appointment), WriteErrors)
)]
pub(super) async fn reschedule_appointment(
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
    let standing = AppointmentRow::read(&mut document).visit_time();
    let time = read_time(&object, &context, standing.as_ref())?;
    let chunk =
        domain::appointments::reschedule(&mut document, &state.author, state.now().as_second(), &time);
    let appointment = AppointmentRow::read(&mut document).show(id);
    documents::keep(&state, tx, id.0, document, chunk).await?;
    Ok(Json(appointment))
}

/// The new time; no other field of an appointment may be given here.
fn read_time(
    object: &Map<String, Value>,
    context: &BookContext<'_>,
    standing: Option<&VisitTime>,
) -> Result<VisitTime, FieldErrors> {
    let mut errors = FieldErrors::new();
    for name in object.keys().filter(|name| !matches!(name.as_str(), "startsAt" | "durationMin" | "timezone"))
    {
        errors.add(name, FieldProblem::Unknown);
    }
    let edit = AppointmentEdit::patch_from_json(object, context);
    for (name, problem) in edit.as_ref().err().into_iter().flat_map(FieldErrors::iter) {
        errors.add(name, problem);
    }
    let edit = edit.unwrap_or_default();
    if edit.starts_at.value().is_none() {
        errors.add("startsAt", FieldProblem::Required);
    } else if standing.is_none() && edit.duration_min.value().is_none() {
        errors.add("durationMin", FieldProblem::Required);
    }
    let time = edit.time(standing);
    if time.is_none() {
        errors.add("startsAt", FieldProblem::InvalidTime);
    }
    time.filter(|_| errors.is_empty()).ok_or(errors)
}
