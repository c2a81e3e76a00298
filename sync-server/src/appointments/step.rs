//! `POST /appointments/{id}/confirm`, `cancel`, `complete`, `no-show`: what she says happened. Said twice, it is one fact.

use axum::extract::State;
use domain::appointments::{Appointment, AppointmentRow, Overlap, Step, take_step};
use domain::ids::AppointmentId;

use super::clash::refuse_clash;
use super::schemas::StepOptions;
use crate::AppState;
use crate::http::{BookErrors, PathId, Problem};
use crate::writes::{MaybeObject, Reply, Tag, Write, WriteHeaders, documents};

/// Confirm a visit
#[utoipa::path(
    post, path = "/appointments/{id}/confirm", operation_id = "confirmAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), WriteHeaders),
    request_body = Option<StepOptions>,
    responses((status = 200, description = "As it is now", body = Appointment), BookErrors)
)]
pub(super) async fn confirm_appointment(
    State(state): State<AppState>,
    PathId(id): PathId<AppointmentId>,
    write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    Box::pin(take(&state, write, id, Step::Confirm)).await
}

/// Cancel a visit
#[utoipa::path(
    post, path = "/appointments/{id}/cancel", operation_id = "cancelAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), WriteHeaders),
    request_body = Option<StepOptions>,
    responses((status = 200, description = "As it is now", body = Appointment), BookErrors)
)]
pub(super) async fn cancel_appointment(
    State(state): State<AppState>,
    PathId(id): PathId<AppointmentId>,
    write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    Box::pin(take(&state, write, id, Step::Cancel)).await
}

/// Complete a visit
#[utoipa::path(
    post, path = "/appointments/{id}/complete", operation_id = "completeAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), WriteHeaders),
    request_body = Option<StepOptions>,
    responses((status = 200, description = "As it is now", body = Appointment), BookErrors)
)]
pub(super) async fn complete_appointment(
    State(state): State<AppState>,
    PathId(id): PathId<AppointmentId>,
    write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    Box::pin(take(&state, write, id, Step::Complete)).await
}

/// Note that nobody came
#[utoipa::path(
    post, path = "/appointments/{id}/no-show", operation_id = "markNoShow", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), WriteHeaders),
    request_body = Option<StepOptions>,
    responses((status = 200, description = "As it is now", body = Appointment), BookErrors)
)]
pub(super) async fn no_show_appointment(
    State(state): State<AppState>,
    PathId(id): PathId<AppointmentId>,
    write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    Box::pin(take(&state, write, id, Step::NoShow)).await
}

async fn take(
    state: &AppState,
    mut write: Write<MaybeObject>,
    id: AppointmentId,
    step: Step,
) -> Result<Reply, Problem> {
    let mut document = super::open(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(Tag::of_heads(&document.heads()));
    let overlap = Overlap::from_flag(write.body.clone().only_flag(Overlap::FLAG)?);
    let before = AppointmentRow::read(&mut document);
    let event = state.new_id().to_string();
    let chunk = take_step(&mut document, &state.author, state.now().as_second(), &event, step);
    let row = AppointmentRow::read(&mut document);
    // Called back to life, a visit needs its hour again.
    refuse_clash(&mut write.tx, id, Some(&before), &row, overlap).await?;
    let reply = Reply::ok(&row.show(id))?;
    documents::keep(state, write, id.0, document, chunk, reply, None).await
}
