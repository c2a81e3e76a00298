//! Free hours: which starts can be offered for a service, out of when she works and what is taken.
//!
//! A slice of the shared room, pure: server, devices and booking page call the same function and get the same answer, in
//! whatever zone the viewer is. Hours are meant by the wall of a day's zone; each end becomes an instant on its own, so days of
//! 23 and 25 hours and zones with odd offsets need no special care.

mod asked;
mod busy;
mod day;
mod rank;
mod spans;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;

pub use asked::{BEST, SlotQuery};
pub use busy::{buffers, busy_segments, hands_in, taken_by};
pub use day::{time_off, working};
pub use rank::{best, nearest};
pub use spans::{Span, holds, merge, touches, without};

use crate::appointments::AppointmentRow;
use crate::dates::{TimeError, VisitTime};
use crate::errors::FieldProblem;
use crate::ids::{AppointmentId, ServiceId};
use crate::services::Service;
use crate::settings::BusinessHours;

/// The most days that one question may span.
pub const MOST_DAYS: i32 = 92;

/// A calendar as slots see it.
#[derive(Clone, Debug)]
pub struct Calendar<'a> {
    /// When she works.
    pub hours: &'a BusinessHours,
    /// The zone of her wall at home.
    pub zone: &'a str,
    /// What is taken.
    pub taken: &'a Taken,
    /// The present moment.
    pub now: Timestamp,
}

/// What is taken of her time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Busy stretches with the minutes around them, merged.
    spans: Vec<Span>,
    /// When visits start, sorted.
    starts: Vec<i64>,
}

impl Taken {
    /// What these appointments take; a visit of a service with free stretches leaves them.
    #[must_use]
    pub fn by<'a>(
        appointments: impl IntoIterator<Item = (AppointmentId, &'a AppointmentRow)>,
        services: &BTreeMap<ServiceId, Service>,
    ) -> Self {
        let (mut spans, mut starts) = (Vec::new(), Vec::new());
        for (id, row) in appointments {
            let service = row.service_id.and_then(|service| services.get(&service));
            spans.extend(taken_by(id, row, service));
            starts.extend(row.busy(id).filter(|_| row.kind == "visit").map(|busy| busy.from.as_second()));
        }
        starts.sort_unstable();
        Self { spans: merge(spans), starts }
    }

    /// What these stretches take.
    #[must_use]
    pub fn stretches(spans: Vec<Span>) -> Self {
        Self { spans: merge(spans), starts: Vec::new() }
    }
}

/// A start that can be offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// When, and how long.
    pub time: VisitTime,
    /// Minutes that a visit here would leave before and after it and that are too short for anything.
    pub unusable_min: i64,
}

/// A slot as REST and devices show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ShownSlot {
    /// RFC 3339, by her wall on that day.
    #[cfg_attr(feature = "openapi", schema(example = "2026-12-01T10:00:00+03:00"))]
    pub starts_at: String,
    /// RFC 3339.
    #[cfg_attr(feature = "openapi", schema(example = "2026-12-01T11:30:00+03:00"))]
    pub ends_at: String,
}

impl Slot {
    /// The JSON that everybody sees.
    #[must_use]
    pub fn show(&self) -> ShownSlot {
        ShownSlot { starts_at: self.time.starts_at_rfc3339(), ends_at: self.time.ends_at_rfc3339() }
    }
}

/// Refuses days that run backwards or are too many.
///
/// # Errors
/// [`FieldProblem::OutOfRange`], of the last day.
pub fn check_days(from: Date, to: Date) -> Result<(), FieldProblem> {
    let last = from.checked_add(MOST_DAYS.days()).map_err(|_| FieldProblem::OutOfRange)?;
    if (from..=last).contains(&to) { Ok(()) } else { Err(FieldProblem::OutOfRange) }
}

/// The starts that can be offered for a service on these days, both inclusive, in the order of time.
///
/// # Errors
/// If a zone is none.
pub fn slots(
    calendar: &Calendar<'_>,
    service: &Service,
    from: Date,
    to: Date,
) -> Result<Vec<Slot>, TimeError> {
    let mut found = Vec::new();
    let mut date = from;
    for _ in 0..=MOST_DAYS {
        if date > to {
            break;
        }
        found.extend(day::slots_of(calendar, service, date)?);
        let Ok(tomorrow) = date.tomorrow() else { break };
        date = tomorrow;
    }
    // Hours past midnight may meet those of the next day.
    found.sort_by_key(|slot| slot.time.starts_at());
    found.dedup_by_key(|slot| slot.time.starts_at());
    Ok(found)
}

#[cfg(test)]
mod tests;
