//! Which visits share an hour.
//!
//! Pure. Half-open spans: a visit that begins when another ends does not overlap it. A warning to the person who
//! books; a stored visit is never refused for it.

use jiff::Timestamp;

use crate::ids::AppointmentId;

/// A span of her time that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// By what.
    pub id: AppointmentId,
    /// From, inclusive.
    pub from: Timestamp,
    /// Until, exclusive.
    pub until: Timestamp,
}

/// The spans of a calendar that a new one would overlap, without itself, by start and id.
#[must_use]
pub fn overlapping(calendar: &[Busy], candidate: &Busy) -> Vec<AppointmentId> {
    let mut found: Vec<&Busy> = calendar
        .iter()
        .filter(|busy| busy.id != candidate.id && busy.from < candidate.until && candidate.from < busy.until)
        .collect();
    found.sort_by_key(|busy| (busy.from, busy.id));
    found.into_iter().map(|busy| busy.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn busy(id: u128, from: i64, until: i64) -> Busy {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        Busy { id: AppointmentId(Uuid::from_u128(id)), from: at(from), until: at(until) }
    }

    #[test]
    fn touching_ends_do_not_overlap() {
        let calendar = [busy(1, 0, 60), busy(2, 60, 120), busy(3, 119, 130)];
        let ids = |b: &Busy| overlapping(&calendar, b).iter().map(|id| id.0.as_u128()).collect::<Vec<_>>();
        assert_eq!(ids(&busy(9, 60, 119)), [2]);
        assert_eq!(ids(&busy(9, 30, 125)), [1, 2, 3]);
        assert_eq!(ids(&busy(2, 60, 120)), [3], "a visit does not overlap itself");
    }
}
