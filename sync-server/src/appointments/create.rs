//! `POST /appointments`.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::appointments::{
    Appointment, AppointmentEdit, AppointmentRow, BookContext, Status, book, named_service,
};
use domain::errors::FieldProblem;
use domain::ids::AppointmentId;

use super::schemas::NewAppointment;
use crate::http::{JsonObject, Principal, Problem, WriteErrors, created};
use crate::{AppState, auth, documents, services};

/// Book a visit, or block personal time
#[utoipa::path(
    post, path = "/appointments", operation_id = "createAppointment", tag = "appointments",
    request_body = NewAppointment,
    responses((status = 201, description = "Booked", body = Appointment, headers(("location" = String))), WriteErrors)
)]
pub(super) async fn create_appointment(
    State(state): State<AppState>,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<impl IntoResponse, Problem> {
    let mut tx = documents::begin(&state, principal.tenant).await?;
    let tenant = auth::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let service = match named_service(&object) {
        // Said before the fields are looked at: without its service a visit would also seem to lack a duration.
        Some(id) => Some(services::find(&mut tx, id).await?.ok_or_else(unknown_service)?),
        None => None,
    };
    let (zone, currency) = (tenant.timezone.as_str(), tenant.currency());
    let context = BookContext { zone, currency, service: service.as_ref(), source: "api" };
    let edit = AppointmentEdit::new_from_json(&object, &context)?;
    super::check_names(&mut tx, &edit).await?;
    let id = AppointmentId(state.new_id());
    let mut ids = state.ids.clone();
    let (mut document, chunk) = book(&state.author, state.now().as_second(), &mut ids, &edit, Status::Booked);
    let appointment = AppointmentRow::read(&mut document).show(id);
    documents::keep(&state, tx, id.0, document, chunk).await?;
    Ok(created("appointments", id, appointment))
}

fn unknown_service() -> Problem {
    Problem::not_found().field("serviceId", FieldProblem::Unknown)
}
