//! The hour that is taken: asked whenever an appointment comes to need a stretch of her time that it did not need before.
//! The API refuses unless told to overlap; sync never refuses, there both visits stay and the master sees the conflict.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{AppointmentRow, Busy};
use crate::api::{Refusal, take_flag};
use crate::errors::{ErrorCode, FieldErrors, FieldProblem};
use crate::ids::{AppointmentId, ServiceId};
use crate::services::Service;
use crate::slots::{hands_in, touches, without};

/// Whether two appointments may share an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// The caller knows of it.
    Allowed,
    /// It would be a mistake.
    Refused,
}

impl Overlap {
    /// The field that allows it.
    pub const FLAG: &'static str = "allowOverlap";

    /// What the field says.
    #[must_use]
    pub const fn from_flag(is_allowed: bool) -> Self {
        if is_allowed { Self::Allowed } else { Self::Refused }
    }
}

/// Reads a body without its flag, and the flag; mistakes of both are told together.
pub fn allowing_overlap<T>(
    body: &Map<String, Json>,
    read: impl FnOnce(&Map<String, Json>) -> Result<T, FieldErrors>,
) -> Result<(T, Overlap), FieldErrors> {
    let mut object = body.clone();
    let mut errors = FieldErrors::new();
    let flag = take_flag(&mut object, Overlap::FLAG, &mut errors);
    let read = read(&object).map_err(|found| found.and(&errors))?;
    errors.into_result((read, Overlap::from_flag(flag)))
}

/// The span in which others may stand in the way of an appointment after an edit; none if it needs no time that it did not
/// need before.
#[must_use]
pub fn wanted(
    id: AppointmentId,
    before: Option<&AppointmentRow>,
    after: &AppointmentRow,
    overlap: Overlap,
) -> Option<Busy> {
    let wanted = after.busy(id).filter(|_| overlap == Overlap::Refused)?;
    let needs_more = before.is_none_or(|before| {
        before.service_id != after.service_id || before.busy(id).as_ref() != Some(&wanted)
    });
    needs_more.then_some(wanted)
}

/// Refuses the time that an appointment would take after an edit and did not take before, if some of those that stand there
/// need it. Only the stretches count in which her hands are taken: while one client's colour works, another may come.
pub fn clash(
    id: AppointmentId,
    before: Option<&AppointmentRow>,
    after: &AppointmentRow,
    standing: Vec<(AppointmentId, AppointmentRow)>,
    services: &BTreeMap<ServiceId, Service>,
) -> Result<(), Refusal> {
    let hands = |id, row: &AppointmentRow| {
        hands_in(id, row, row.service_id.and_then(|service| services.get(&service)))
    };
    let had = before.map(|before| hands(id, before)).unwrap_or_default();
    let needed = without(&hands(id, after), &had);
    let in_the_way = |found: &(AppointmentId, AppointmentRow)| {
        found.0 != id && hands(found.0, &found.1).iter().any(|span| touches(&needed, *span))
    };
    let clashes: Vec<Json> = standing
        .into_iter()
        .filter(in_the_way)
        .map(|(id, row)| {
            let shown = row.show(id);
            json!({
                "id": shown.id, "kind": shown.kind, "status": shown.status, "startsAt": shown.starts_at,
                "endsAt": shown.ends_at, "clientId": shown.client_id, "serviceId": shown.service_id,
            })
        })
        .collect();
    if clashes.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::new(ErrorCode::SlotTaken).field("startsAt", FieldProblem::Taken);
    Err(refusal.details(json!({ "appointments": clashes })))
}
