//! `GET /appointments/{id}`.

use domain::appointments::Appointment;
use domain::ids::AppointmentId;

use crate::http::{ItemErrors, PathId, Problem, Read};
use crate::writes::{IfNoneMatch, ReadHeaders, Reply};

/// Read an appointment
#[utoipa::path(
    get, path = "/appointments/{id}", operation_id = "getAppointment", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), ReadHeaders),
    responses((status = 200, description = "The appointment", body = Appointment), (status = 304, description = "As it is known"), ItemErrors)
)]
pub(super) async fn get_appointment(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<AppointmentId>,
    known: IfNoneMatch,
) -> Result<Reply, Problem> {
    let found = super::find_with_tag(&mut tx, id).await?;
    tx.commit().await?;
    let (row, tag) = found.ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(&row.show(id))?.unless_known(&known, &tag))
}
