//! Warnings: visits that are ahead and lie outside of her hours, or in her time off.
//!
//! Part of the conflicts room. Pure. Computed when they are asked for, from a moment on: her hours of today say nothing of
//! last year, and nobody has to settle a warning.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::conflict::{Conflict, Detail, Kind};
use super::standing;
use crate::appointments::AppointmentRow;
use crate::ids::AppointmentId;
use crate::settings::BusinessHours;
use crate::slots::{Span, holds, time_off, touches, working};

/// The warnings about visits that end after `now`, in seconds since 1970, by id. `home` is the zone of her wall at home.
#[must_use]
pub fn warnings<'a>(
    visits: impl IntoIterator<Item = (Uuid, &'a AppointmentRow)>,
    hours: &BusinessHours,
    home: &str,
    now: i64,
) -> BTreeMap<Uuid, Conflict> {
    let found = visits.into_iter().filter_map(|(id, row)| warning(id, row, hours, home, now));
    found.map(|conflict| (conflict.id, conflict)).collect()
}

fn warning(id: Uuid, row: &AppointmentRow, hours: &BusinessHours, home: &str, now: i64) -> Option<Conflict> {
    let busy = row.busy(AppointmentId(id)).filter(|_| standing(row) && row.kind == "visit")?;
    let span = Span::new(busy.from.as_second(), busy.until.as_second());
    if span.until <= now {
        return None;
    }
    // The wall of the visit may be another day than that of her home.
    let date = row.visit_time()?.date();
    let days = [date.yesterday().ok(), Some(date), date.tomorrow().ok()].into_iter().flatten();
    let (mut open, mut off) = (Vec::new(), Vec::new());
    for day in days {
        open.extend(working(hours, home, day).ok()?);
        off.extend(time_off(hours, home, day).ok()?);
    }
    let kind = if touches(&crate::slots::merge(off), span) {
        Kind::TimeOff
    } else if holds(&crate::slots::merge(open), span) {
        return None;
    } else {
        Kind::OutsideHours
    };
    let detail = Detail::Nothing {};
    Some(Conflict::new(kind, (&[id], id), &json!(row.time), detail, &row.facts.decisions))
}
