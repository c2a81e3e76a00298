//! The slots of one day.
//!
//! Part of the slots room. Pure.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::busy::{buffers, busy_segments};
use super::spans::{Span, holds, merge, touches, without};
use super::{Calendar, Slot, rank};
use crate::dates::{TimeError, VisitTime, zone_rules};
use crate::services::Service;
use crate::settings::{BusinessHours, Interval, TimeOff};

const MINUTE: i64 = 60;

pub(super) fn slots_of(
    calendar: &Calendar<'_>,
    service: &Service,
    date: Date,
) -> Result<Vec<Slot>, TimeError> {
    let zone = calendar.hours.zone_of(date, calendar.zone);
    let rules = zone_rules(zone)?;
    if is_beyond(calendar, date)? || is_full(calendar, date, &rules) {
        return Ok(Vec::new());
    }
    let opened = opened(calendar.hours, date, &rules);
    let working = without(&merge(opened.clone()), &merge(closed(calendar.hours, date, &rules)));
    let free = without(&working, &calendar.taken.spans);

    let earliest =
        (calendar.now + SignedDuration::from_mins(calendar.hours.min_notice_min.into())).as_second();
    let segments = busy_segments(Some(service), service.duration_min);
    let (before, after) = buffers(Some(service));
    let length = i64::from(service.duration_min) * MINUTE;
    let fits = |start: i64| {
        segments.iter().all(|busy| holds(&free, Span::new(start + busy.from, start + busy.until)))
            && !touches(&calendar.taken.spans, Span::new(start - before, start))
            && !touches(&calendar.taken.spans, Span::new(start + length, start + length + after))
    };
    let mut slots = Vec::new();
    for start in
        starts(calendar, &opened, before).into_iter().filter(|start| *start >= earliest && fits(*start))
    {
        let at = Timestamp::from_second(start).map_err(|_| TimeError::YearOutOfRange)?;
        let unusable_min = rank::unusable(&free, Span::new(start, start + length), length) / MINUTE;
        slots.push(Slot { time: VisitTime::at(at, zone, service.duration_min)?, unusable_min });
    }
    Ok(slots)
}

/// When she works on a day, breaks and time off taken out; hours may run past midnight.
///
/// # Errors
/// If a zone is none.
pub fn working(hours: &BusinessHours, home: &str, date: Date) -> Result<Vec<Span>, TimeError> {
    let rules = zone_rules(hours.zone_of(date, home))?;
    Ok(without(&merge(opened(hours, date, &rules)), &merge(closed(hours, date, &rules))))
}

/// Her time off as the wall of a day shows it.
///
/// # Errors
/// If a zone is none.
pub fn time_off(hours: &BusinessHours, home: &str, date: Date) -> Result<Vec<Span>, TimeError> {
    let rules = zone_rules(hours.zone_of(date, home))?;
    Ok(off(hours, &rules).collect())
}

fn opened(hours: &BusinessHours, date: Date, rules: &TimeZone) -> Vec<Span> {
    spans_of(hours.of_day(date).0, date, rules)
}

fn closed(hours: &BusinessHours, date: Date, rules: &TimeZone) -> Vec<Span> {
    let mut closed = spans_of(hours.of_day(date).1, date, rules);
    // Hours may run past midnight, into the breaks of the next day.
    if let Ok(tomorrow) = date.tomorrow() {
        closed.extend(spans_of(hours.of_day(tomorrow).1, tomorrow, rules));
    }
    closed.extend(off(hours, rules));
    closed
}

fn off(hours: &BusinessHours, rules: &TimeZone) -> impl Iterator<Item = Span> {
    let span = |off: &TimeOff| Some(Span::new(second(off.from, rules)?, second(off.to, rules)?));
    hours.time_off.iter().filter_map(span)
}

/// Whether a day is further ahead than can be booked.
fn is_beyond(calendar: &Calendar<'_>, date: Date) -> Result<bool, TimeError> {
    let today = zone_rules(calendar.zone)?.to_datetime(calendar.now).date();
    let last = today.checked_add(i64::from(calendar.hours.horizon_days).days());
    Ok(last.is_ok_and(|last| date > last))
}

/// Whether a day has as many visits as she takes.
fn is_full(calendar: &Calendar<'_>, date: Date, rules: &TimeZone) -> bool {
    let Some(cap) = calendar.hours.daily_cap else { return false };
    let midnight = |date: Date| second(date.at(0, 0, 0, 0), rules);
    let (Some(from), Some(until)) = (midnight(date), date.tomorrow().ok().and_then(midnight)) else {
        return true;
    };
    let starts = &calendar.taken.starts;
    let count =
        starts.partition_point(|start| *start < until) - starts.partition_point(|start| *start < from);
    count >= usize::try_from(cap).unwrap_or(usize::MAX)
}

/// What the wall's intervals are in seconds, each end by itself; none is empty.
fn spans_of(intervals: &[Interval], date: Date, rules: &TimeZone) -> Vec<Span> {
    let span = |interval: &Interval| {
        let (from, to) = interval.on(date)?;
        Some(Span::new(second(from, rules)?, second(to, rules)?))
    };
    intervals.iter().filter_map(span).filter(|span| span.seconds() > 0).collect()
}

/// What the wall shows as an instant: in a gap it moves forward by the gap, of two it is the first.
fn second(wall: DateTime, rules: &TimeZone) -> Option<i64> {
    rules.to_timestamp(wall).ok().map(Timestamp::as_second)
}

/// Where a visit could start: every step from the opening of each interval, and right after each visit.
fn starts(calendar: &Calendar<'_>, opened: &[Span], before: i64) -> Vec<i64> {
    let step = i64::from(calendar.hours.step_min.max(1)) * MINUTE;
    let mut starts = Vec::new();
    for open in opened {
        let mut start = open.from;
        while start < open.until {
            starts.push(start);
            start += step;
        }
        let spans = &calendar.taken.spans;
        let first = spans.partition_point(|taken| taken.until < open.from);
        let within = spans[first..].iter().map(|taken| taken.until + before);
        // Whole minutes only: what an import or another program wrote may end in the middle of one.
        let within = within.map(|start| start + (MINUTE - start.rem_euclid(MINUTE)) % MINUTE);
        starts.extend(within.take_while(|start| *start < open.until).filter(|start| *start >= open.from));
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}
