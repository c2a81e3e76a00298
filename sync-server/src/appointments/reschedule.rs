//! `POST /appointments/{id}/reschedule`: another time, one scalar of the document, so a move is atomic.

use axum::extract::State;
use domain::appointments::{Appointment, AppointmentRow, BookContext, allowing_overlap, read_time};
use domain::ids::AppointmentId;

use super::clash::refuse_clash;
use super::schemas::NewTime;
use crate::http::{BookErrors, PathId, Problem};
use crate::writes::{Reply, Tag, Write, WriteHeaders, documents};
use crate::{AppState, auth};

/// Move an appointment
#[utoipa::path(
    post, path = "/appointments/{id}/reschedule", operation_id = "rescheduleAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), WriteHeaders),
    request_body = NewTime,
    responses((status = 200, description = "As it is now", body = Appointment), BookErrors)
)]
pub(super) async fn reschedule_appointment(
    State(state): State<AppState>,
    PathId(id): PathId<AppointmentId>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let mut document = super::open(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(Tag::of_heads(&document.heads()));
    let tx = &mut write.tx;
    let tenant = auth::find_tenant(tx).await?.ok_or_else(Problem::not_found)?;
    let (zone, currency) = (tenant.timezone.as_str(), tenant.currency());
    let context = BookContext { zone, currency, service: None, source: "api" };
    let before = AppointmentRow::read(&mut document);
    let standing = before.visit_time();
    let (time, overlap) =
        allowing_overlap(&write.body.0, |object| read_time(object, &context, standing.as_ref()))?;
    let chunk =
        domain::appointments::reschedule(&mut document, &state.author, state.now().as_second(), &time);
    let row = AppointmentRow::read(&mut document);
    refuse_clash(tx, id, Some(&before), &row, overlap).await?;
    let reply = Reply::ok(&row.show(id))?;
    documents::keep(&state, write, id.0, document, chunk, reply, None).await
}
