//! Which slots to offer first: those that leave the least time that is good for nothing.
//!
//! Part of the slots room. Pure. For one service the margin of a minute is the same everywhere, so the gaps decide.

use super::Slot;
use super::spans::Span;
use crate::dates::VisitTime;

/// Seconds that are left before and after a visit in its free stretch and are shorter than the shortest visit.
pub(super) fn unusable(free: &[Span], visit: Span, shortest: i64) -> i64 {
    let rest = |seconds: i64| if (1..shortest).contains(&seconds) { seconds } else { 0 };
    let before = free.iter().find(|span| span.from <= visit.from && visit.from < span.until);
    let after = free.iter().find(|span| span.from < visit.until && visit.until <= span.until);
    rest(before.map_or(0, |span| visit.from - span.from))
        + rest(after.map_or(0, |span| span.until - visit.until))
}

/// The best few, in the order of time.
#[must_use]
pub fn best(slots: &[Slot], most: usize) -> Vec<Slot> {
    let mut ranked: Vec<&Slot> = slots.iter().collect();
    ranked.sort_by_key(|slot| (slot.unusable_min, slot.time.starts_at()));
    ranked.truncate(most);
    ranked.sort_by_key(|slot| slot.time.starts_at());
    ranked.into_iter().cloned().collect()
}

/// The few whose starts are nearest to a visit, in the order of time.
#[must_use]
pub fn nearest(slots: &[Slot], visit: &VisitTime, most: usize) -> Vec<Slot> {
    let start = visit.starts_at().as_second();
    let mut ranked: Vec<&Slot> = slots.iter().collect();
    ranked.sort_by_key(|slot| (slot.time.starts_at().as_second().abs_diff(start), slot.time.starts_at()));
    ranked.truncate(most);
    ranked.sort_by_key(|slot| slot.time.starts_at());
    ranked.into_iter().cloned().collect()
}
