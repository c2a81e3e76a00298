//! Does what a picture names exist? Its visit, its client; of a visit follows whose picture it is.

use domain::errors::FieldProblem;
use domain::ids::AppointmentId;
use domain::media::MediaPlace;

use crate::db::TenantTx;
use crate::http::Problem;
use crate::{appointments, clients};

/// The place with the client of its visit, if nothing in it is unknown.
pub(super) async fn check(tx: &mut TenantTx, place: MediaPlace) -> Result<MediaPlace, Problem> {
    let mut place = place;
    if let Some(visit) = place.appointment_id {
        place = at_visit(tx, place, visit).await?;
    }
    if let Some(client) = place.client_id
        && clients::find(tx, client).await?.is_none()
    {
        return Err(Problem::not_found().field("clientId", FieldProblem::Unknown));
    }
    Ok(place)
}

/// A picture of a visit is a picture of the visit's client.
pub(super) async fn at_visit(
    tx: &mut TenantTx,
    place: MediaPlace,
    visit: AppointmentId,
) -> Result<MediaPlace, Problem> {
    let Some(row) = appointments::find(tx, visit).await? else {
        return Err(Problem::not_found().field("appointmentId", FieldProblem::Unknown));
    };
    Ok(MediaPlace { appointment_id: Some(visit), client_id: row.client_id.or(place.client_id), ..place })
}
