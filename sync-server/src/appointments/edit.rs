//! `PATCH /appointments/{id}`: absent fields stay untouched.

use axum::extract::State;
use domain::appointments::{Appointment, AppointmentEdit, AppointmentRow, BookContext, allowing_overlap};
use domain::ids::AppointmentId;

use super::clash::refuse_clash;
use super::schemas::AppointmentPatch;
use crate::http::{BookErrors, PathId, Problem};
use crate::writes::{Reply, Tag, Write, WriteHeaders, documents};
use crate::{AppState, auth};

/// Edit an appointment
#[utoipa::path(
    patch, path = "/appointments/{id}", operation_id = "editAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), WriteHeaders),
    request_body = AppointmentPatch,
    responses((status = 200, description = "As it is now", body = Appointment), BookErrors)
)]
pub(super) async fn edit_appointment(
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
    let (edit, overlap) =
        allowing_overlap(&write.body.0, |object| AppointmentEdit::patch_from_json(object, &context))?;
    super::check_names(tx, &edit).await?;
    let before = AppointmentRow::read(&mut document);
    let now = state.now().as_second();
    let mut ids = state.ids.clone();
    let chunk = domain::appointments::edit(&mut document, &state.author, now, &mut ids, &edit);
    let row = AppointmentRow::read(&mut document);
    refuse_clash(tx, id, Some(&before), &row, overlap).await?;
    let reply = Reply::ok(&row.show(id))?;
    documents::keep(&state, write, id.0, document, chunk, reply, None).await
}
