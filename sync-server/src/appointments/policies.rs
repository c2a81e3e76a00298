//! `GET /appointments/{id}/policies`: the rules of the day on which the visit was booked. A rule that is decided later reaches no
//! visit that was there before.

use axum::Json;
use domain::ids::AppointmentId;
use domain::settings::VisitPolicies;

use crate::db::StoreError;
use crate::http::{ItemErrors, PathId, Problem, Read};
use crate::settings;

/// Which rules hold for an appointment
///
/// Of cancellation and deposit, as they were on the day on which it was booked.
#[utoipa::path(
    get, path = "/appointments/{id}/policies", operation_id = "getAppointmentPolicies", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id")),
    responses((status = 200, description = "The rules", body = VisitPolicies), ItemErrors)
)]
pub(super) async fn get_appointment_policies(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<AppointmentId>,
) -> Result<Json<VisitPolicies>, Problem> {
    let row = super::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let booked = row.created_at.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let booked = booked.ok_or_else(|| StoreError::damaged("a visit that was never booked"))?;
    let policies = settings::policies_of(&mut tx, booked).await?;
    tx.commit().await?;
    Ok(Json(policies))
}
