//! The hour that is taken: asked whenever an appointment comes to need a stretch of her time that it did not need before.
//! REST refuses unless told to overlap; sync never refuses, there both visits stay and the master sees the conflict.

use domain::appointments::{Busy, overlapping};
use domain::errors::{ErrorCode, FieldErrors, FieldProblem};
use serde_json::{Map, Value as Json, json};

use super::store;
use crate::db::TenantTx;
use crate::http::Problem;
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

/// Refuses the stretch that an appointment would take after an edit, if it did not have it before and others are there.
pub(super) async fn refuse_clash(
    tx: &mut TenantTx,
    before: Option<Busy>,
    after: Option<Busy>,
    overlap: Overlap,
) -> Result<(), Problem> {
    let Some(wanted) = after.filter(|_| after != before && overlap == Overlap::Refused) else {
        return Ok(());
    };
    let mut standing = store::touching(tx, wanted.from, wanted.until).await?;
    let calendar: Vec<Busy> = standing.iter().filter_map(|found| found.row.busy(found.id)).collect();
    let taken = overlapping(&calendar, &wanted);
    if taken.is_empty() {
        return Ok(());
    }
    standing.retain(|found| taken.contains(&found.id));
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
