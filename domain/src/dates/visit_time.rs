//! When a visit takes place: wall time, zone and duration as one value and one scalar of the document, so that a move is
//! atomic and a later change of a zone's law moves the instant, not the hour that client and master agreed on.

use std::fmt;
use std::hash::{Hash, Hasher};

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Unit};

use super::{TimeError, YEARS, text, zones};

/// The longest visit: two weeks, in minutes.
pub const MAX_DURATION_MIN: u32 = 1440 * 14;

/// The time of a visit. Two are equal if they are stored equally; `starts_at` may then be compared across zones.
#[derive(Clone)]
#[must_use]
pub struct VisitTime {
    /// Whole minutes.
    wall: DateTime,
    zone: String,
    /// Which of the two it is, for an hour that the end of summer time repeats.
    offset_in_fold: Option<Offset>,
    duration_min: u32,
    /// Follow from the above and the tz data; kept because lists ask often.
    rules: TimeZone,
    start: Timestamp,
}

impl VisitTime {
    /// Reads a time as a request gives it: a wall time of the zone (`2026-12-01T10:00`, seconds allowed), or an RFC 3339
    /// time (`2026-12-01T07:00:00Z`), whose instant is then expressed in the zone. A wall time that the start of summer
    /// time skips moves forward by the gap; one that its end repeats is the first of the two. Seconds round down.
    pub fn parse_input(input: &str, zone: &str, duration_min: u32) -> Result<Self, TimeError> {
        let rules = zones::find(zone)?;
        let (wall, offset) = text::parse_time(input).ok_or(TimeError::NotATime)?;
        let instant = match offset {
            Some(offset) => offset.to_timestamp(wall),
            None => rules.to_timestamp(wall),
        };
        Self::at(instant.map_err(|_| TimeError::YearOutOfRange)?, zone, duration_min)
    }

    /// The visit that starts at an instant, as the clocks of the zone show it then.
    pub fn at(instant: Timestamp, zone: &str, duration_min: u32) -> Result<Self, TimeError> {
        let rules = zones::find(zone)?;
        let shown = rules.to_datetime(instant);
        let wall = shown.date().at(shown.hour(), shown.minute(), 0, 0);
        let folded = matches!(rules.to_ambiguous_timestamp(wall).offset(), AmbiguousOffset::Fold { .. });
        Self::build(wall, zone, folded.then(|| rules.to_offset(instant)), duration_min)
    }

    /// Reads what [`VisitTime::to_stored`] wrote, and nothing else. The tz data may be another than at the time of
    /// writing: an hour that does not exist any more starts as late as the gap is long, and an offset that no longer
    /// chooses between two hours is kept but not looked at.
    pub fn from_stored(stored: &str) -> Result<Self, TimeError> {
        let time = parse_stored(stored)?;
        if time.to_stored() == stored { Ok(time) } else { Err(TimeError::NotStored) }
    }

    /// The one scalar that a document keeps, an RFC 9557 time and an ISO 8601 duration:
    /// `2026-12-01T10:00[Europe/Moscow]/PT90M`, in a repeated hour `2026-10-25T02:30+02:00[Europe/Berlin]/PT90M`.
    #[must_use]
    pub fn to_stored(&self) -> String {
        let wall = text::write_minute(self.wall);
        let offset = self.offset_in_fold.map_or(String::new(), text::write_offset);
        format!("{wall}{offset}[{}]/PT{}M", self.zone, self.duration_min)
    }

    /// The start alone, as it is stored: `2026-12-01T10:00[Europe/Moscow]`.
    #[must_use]
    pub fn wall_and_zone(&self) -> String {
        let stored = self.to_stored();
        stored.rsplit_once('/').map_or_else(|| stored.clone(), |(start, _)| start.to_owned())
    }

    /// The same length from a start as [`VisitTime::wall_and_zone`] writes it.
    pub fn moved_to(&self, start: &str) -> Result<Self, TimeError> {
        Self::from_stored(&format!("{start}/PT{}M", self.duration_min))
    }

    /// The instant of the start.
    #[must_use]
    pub fn starts_at(&self) -> Timestamp {
        self.start
    }

    /// The instant of the end: the duration is real time, also across a change of the clocks.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.start + SignedDuration::from_mins(self.duration_min.into())
    }

    /// The start with the offset of the zone at that moment: `2026-12-01T10:00:00+03:00`.
    #[must_use]
    pub fn starts_at_rfc3339(&self) -> String {
        self.rfc3339(self.starts_at())
    }

    /// The end with the offset of the zone at that moment.
    #[must_use]
    pub fn ends_at_rfc3339(&self) -> String {
        self.rfc3339(self.ends_at())
    }

    /// What the clock on the salon's wall shows at the start, in whole minutes.
    #[must_use]
    pub fn wall(&self) -> DateTime {
        self.wall
    }

    /// The day of the start by that clock.
    #[must_use]
    pub fn date(&self) -> Date {
        self.wall.date()
    }

    /// The IANA name of the zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// The length in minutes, 1..=[`MAX_DURATION_MIN`].
    #[must_use]
    pub fn duration_min(&self) -> u32 {
        self.duration_min
    }

    /// The same start with another length in minutes.
    pub fn with_duration(&self, duration_min: u32) -> Result<Self, TimeError> {
        check_duration(duration_min)?;
        Ok(Self { duration_min, ..self.clone() })
    }

    /// Whether the two share any moment. One that ends when the other starts does not.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.starts_at() < other.ends_at() && other.starts_at() < self.ends_at()
    }

    fn build(
        wall: DateTime,
        zone: &str,
        offset: Option<Offset>,
        duration_min: u32,
    ) -> Result<Self, TimeError> {
        check_duration(duration_min)?;
        if !YEARS.contains(&wall.year()) {
            return Err(TimeError::YearOutOfRange);
        }
        let rules = zones::find(zone)?;
        let ambiguous = rules.to_ambiguous_timestamp(wall);
        let start = match (ambiguous.offset(), offset) {
            (AmbiguousOffset::Fold { after, .. }, Some(kept)) if kept == after => ambiguous.later(),
            _ => ambiguous.compatible(),
        };
        let start = start.map_err(|_| TimeError::YearOutOfRange)?;
        Ok(Self { wall, zone: zone.to_owned(), offset_in_fold: offset, duration_min, rules, start })
    }

    fn rfc3339(&self, instant: Timestamp) -> String {
        // RFC 3339 has no seconds in its offsets; rounding the offset and not the time keeps the instant.
        let exact = self.rules.to_offset(instant);
        let offset = exact.round(Unit::Minute).unwrap_or(exact);
        format!("{}{}", offset.to_datetime(instant), text::write_offset(offset))
    }

    fn stored_parts(&self) -> (DateTime, &str, Option<Offset>, u32) {
        (self.wall, &self.zone, self.offset_in_fold, self.duration_min)
    }
}

/// The parts of a stored form, each read leniently enough; the caller compares the whole.
fn parse_stored(stored: &str) -> Result<VisitTime, TimeError> {
    let (start, minutes) = stored.rsplit_once("]/PT").ok_or(TimeError::NotStored)?;
    let (wall, zone) = start.split_once('[').ok_or(TimeError::NotStored)?;
    let (wall, offset) = text::parse_time(wall).ok_or(TimeError::NotStored)?;
    let minutes =
        minutes.strip_suffix('M').and_then(|minutes| minutes.parse().ok()).ok_or(TimeError::NotStored)?;
    VisitTime::build(wall, zone, offset, minutes)
}

fn check_duration(minutes: u32) -> Result<(), TimeError> {
    if (1..=MAX_DURATION_MIN).contains(&minutes) { Ok(()) } else { Err(TimeError::DurationOutOfRange) }
}

impl PartialEq for VisitTime {
    fn eq(&self, other: &Self) -> bool {
        self.stored_parts() == other.stored_parts()
    }
}

impl Eq for VisitTime {}

impl Hash for VisitTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.stored_parts().hash(state);
    }
}

/// The stored form.
impl fmt::Display for VisitTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_stored())
    }
}

impl fmt::Debug for VisitTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VisitTime({self})")
    }
}

#[cfg(test)]
mod tests;
