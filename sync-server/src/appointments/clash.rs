//! The hour that is taken: asked whenever an appointment comes to need a stretch of her time that it did not need before.
//! REST refuses unless told to overlap; sync never refuses, there both visits stay and the master sees the conflict.

use domain::appointments::AppointmentRow;
use domain::errors::{ErrorCode, FieldErrors, FieldProblem};
use domain::ids::AppointmentId;
use domain::slots::{hands_in, touches, without};
use serde_json::{Map, Value as Json, json};

use super::store;
use crate::db::TenantTx;
use crate::http::Problem;
use crate::services;
use crate::writes::take_flag;

/// Whether two appointments may share an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overlap {
    /// The caller knows of it.
    Allowed,
    /// It would be a mistake.
    Refused,
}

impl Overlap {
    /// The field that allows it.
    pub(super) const FLAG: &'static str = "allowOverlap";

    pub(super) const fn from_flag(is_allowed: bool) -> Self {
        if is_allowed { Self::Allowed } else { Self::Refused }
    }
}

/// Reads a body without its flag, and the flag; mistakes of both are told together.
pub(super) fn allowing_overlap<T>(
    body: &Map<String, Json>,
    read: impl FnOnce(&Map<String, Json>) -> Result<T, FieldErrors>,
) -> Result<(T, Overlap), FieldErrors> {
    let mut object = body.clone();
    let mut errors = FieldErrors::new();
    let flag = take_flag(&mut object, Overlap::FLAG, &mut errors);
    let read = read(&object).map_err(|found| found.and(&errors))?;
    errors.into_result((read, Overlap::from_flag(flag)))
}

/// Refuses the time that an appointment would take after an edit and did not take before, if others are there. Only the
/// stretches count in which her hands are taken: while one client's colour works, another may come.
pub(super) async fn refuse_clash(
    tx: &mut TenantTx,
    id: AppointmentId,
    before: Option<&AppointmentRow>,
    after: &AppointmentRow,
    overlap: Overlap,
) -> Result<(), Problem> {
    let Some(wanted) = after.busy(id).filter(|_| overlap == Overlap::Refused) else { return Ok(()) };
    if before.is_some_and(|before| {
        before.busy(id).is_some()
            && before.service_id == after.service_id
            && before.busy(id) == after.busy(id)
    }) {
        return Ok(());
    }
    let mut standing = store::touching(tx, wanted.from, wanted.until).await?;
    standing.retain(|found| found.id != id);
    if standing.is_empty() {
        return Ok(());
    }
    let services = services::all(tx).await?;
    let hands = |id, row: &AppointmentRow| {
        hands_in(id, row, row.service_id.and_then(|service| services.get(&service)))
    };
    let had = before.map(|before| hands(id, before)).unwrap_or_default();
    let needed = without(&hands(id, after), &had);
    standing.retain(|found| hands(found.id, &found.row).iter().any(|span| touches(&needed, *span)));
    if standing.is_empty() {
        return Ok(());
    }
    let clashes: Vec<Json> = standing
        .into_iter()
        .map(|found| {
            let shown = found.row.show(found.id);
            json!({
                "id": shown.id, "kind": shown.kind, "status": shown.status, "startsAt": shown.starts_at,
                "endsAt": shown.ends_at, "clientId": shown.client_id, "serviceId": shown.service_id,
            })
        })
        .collect();
    let problem = Problem::new(ErrorCode::SlotTaken).field("startsAt", FieldProblem::Taken);
    Err(problem.details(json!({ "appointments": clashes })))
}
