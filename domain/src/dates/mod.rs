//! Days and hours as people mean them: birthdays, the times of visits, time zones. All zone rules come from the tz data
//! bundled with the build, never from the system, so that a phone and the server compute the same. Reads no clock.

mod birthday;
mod text;
mod visit_time;
mod zones;

use jiff::Timestamp;

pub use self::birthday::{Birthday, BirthdayError};
pub use self::visit_time::{MAX_DURATION_MIN, VisitTime};
pub use self::zones::{check_zone, find as zone_rules, tzdata_version};
use crate::errors::FieldProblem;

/// Why something is not the time of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not the name of a zone in the bundled tz data, spelled as it is there.
    #[error("unknown time zone")]
    UnknownZone,
    /// Neither a wall time nor an RFC 3339 time.
    #[error("not a date and time")]
    NotATime,
    /// A year outside 1900..=2200.
    #[error("the year is out of range")]
    YearOutOfRange,
    /// A duration outside 1..=[`MAX_DURATION_MIN`] minutes.
    #[error("the duration is out of range")]
    DurationOutOfRange,
    /// Not of the form that [`VisitTime::to_stored`] writes.
    #[error("not a stored time of a visit")]
    NotStored,
}

impl From<TimeError> for FieldProblem {
    fn from(error: TimeError) -> Self {
        match error {
            TimeError::UnknownZone => Self::UnknownZone,
            TimeError::NotATime | TimeError::NotStored => Self::InvalidTime,
            TimeError::YearOutOfRange | TimeError::DurationOutOfRange => Self::OutOfRange,
        }
    }
}

/// The years that a birthday or a visit may lie in.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// A wall time without an offset, in whole minutes: `2026-12-01T10:00`, seconds allowed and rounded down.
#[must_use]
pub fn parse_wall(input: &str) -> Option<jiff::civil::DateTime> {
    let (wall, offset) = text::parse_time(input)?;
    (offset.is_none() && YEARS.contains(&wall.year())).then_some(wall)
}

/// Whether a day is in the years that a visit may lie in.
#[must_use]
pub fn is_day_of_ours(date: jiff::civil::Date) -> bool {
    YEARS.contains(&date.year())
}

/// Unix seconds as an RFC 3339 time in UTC: `2026-11-22T10:00:00Z`. `None` outside the years 0000..=9999.
#[must_use]
pub fn format_seconds(seconds: i64) -> Option<String> {
    let instant = Timestamp::from_second(seconds).ok()?;
    let text = instant.to_string();
    (!text.starts_with('-')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_written_in_utc() {
        assert_eq!(format_seconds(1_795_341_600).as_deref(), Some("2026-11-22T10:00:00Z"));
        assert_eq!(format_seconds(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(format_seconds(-1).as_deref(), Some("1969-12-31T23:59:59Z"));
        assert_eq!(format_seconds(-70_000_000_000), None);
        assert_eq!(format_seconds(i64::MAX), None);
    }
}
