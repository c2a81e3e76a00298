//! The hour that is taken: asks the rows, and lets `domain::appointments` refuse.

use domain::appointments::{AppointmentRow, Overlap, clash, wanted};
use domain::ids::AppointmentId;

use crate::db::TenantTx;
use crate::http::Problem;
use crate::services;

/// Refuses the time that an appointment would take after an edit and did not take before, if others are there.
pub(super) async fn refuse_clash(
    tx: &mut TenantTx,
    id: AppointmentId,
    before: Option<&AppointmentRow>,
    after: &AppointmentRow,
    overlap: Overlap,
) -> Result<(), Problem> {
    let Some(wanted) = wanted(id, before, after, overlap) else { return Ok(()) };
    let mut standing = super::touching(tx, wanted.from, wanted.until).await?;
    standing.retain(|(found, _)| *found != id);
    if standing.is_empty() {
        return Ok(());
    }
    Ok(clash(id, before, after, standing, &services::all(tx).await?)?)
}
