//! `POST /appointments`.

use axum::extract::State;
use domain::appointments::{
    Appointment, AppointmentEdit, AppointmentRow, BookContext, Status, allowing_overlap, book, named_service,
};
use domain::errors::FieldProblem;
use domain::ids::AppointmentId;

use super::clash::refuse_clash;
use super::schemas::NewAppointment;
use crate::http::{BookErrors, Problem};
use crate::writes::{Reply, Write, WriteHeaders, documents};
use crate::{AppState, auth, services};

/// Book a visit, or block personal time
#[utoipa::path(
    post, path = "/appointments", operation_id = "createAppointment", tag = "appointments",
    params(WriteHeaders),
    request_body = NewAppointment,
    responses((status = 201, description = "Booked", body = Appointment, headers(("location" = String))), BookErrors)
)]
pub(super) async fn create_appointment(
    State(state): State<AppState>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let tx = &mut write.tx;
    let tenant = auth::find_tenant(tx).await?.ok_or_else(Problem::not_found)?;
    let service = match named_service(&write.body.0) {
        // Said before the fields are looked at: without its service a visit would also seem to lack a duration.
        Some(id) => Some(services::find(tx, id).await?.ok_or_else(unknown_service)?),
        None => None,
    };
    let (zone, currency) = (tenant.timezone.as_str(), tenant.currency());
    let context = BookContext { zone, currency, service: service.as_ref(), source: "api" };
    let (edit, overlap) =
        allowing_overlap(&write.body.0, |object| AppointmentEdit::new_from_json(object, &context))?;
    super::check_names(tx, &edit).await?;
    let id = AppointmentId(state.new_id());
    let mut ids = state.ids.clone();
    let (mut document, chunk) = book(&state.author, state.now().as_second(), &mut ids, &edit, Status::Booked);
    let row = AppointmentRow::read(&mut document);
    refuse_clash(tx, id, None, &row, overlap).await?;
    let reply = Reply::created(&format!("appointments/{id}"), &row.show(id))?;
    documents::keep(&state, write, id.0, document, chunk, reply, None).await
}

fn unknown_service() -> Problem {
    Problem::not_found().field("serviceId", FieldProblem::Unknown)
}
