//! Hours by the clock on the wall: `10:00`, and a stretch of them that may run past midnight.
//!
//! Part of the settings room. Pure; knows no zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan as _};
use serde::{Deserialize, Serialize};

/// Minutes of a day.
const DAY: u16 = 1_440;

/// A time of day in whole minutes, `00:00` to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(u16);

/// The text is not a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day such as 10:00")]
pub struct ClockTimeError;

impl ClockTime {
    /// A time from hours and minutes; `None` beyond `24:00`.
    #[must_use]
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        let minutes = hour.checked_mul(60)?.checked_add(minute)?;
        (minute < 60 && minutes <= DAY).then_some(Self(minutes))
    }
}

impl FromStr for ClockTime {
    type Err = ClockTimeError;

    fn from_str(text: &str) -> Result<Self, ClockTimeError> {
        let (hour, minute) = text.split_once(':').ok_or(ClockTimeError)?;
        let is_plain = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plain(hour) || !is_plain(minute) {
            return Err(ClockTimeError);
        }
        let number = |part: &str| part.parse().map_err(|_| ClockTimeError);
        Self::new(number(hour)?, number(minute)?).ok_or(ClockTimeError)
    }
}

impl TryFrom<String> for ClockTime {
    type Error = ClockTimeError;

    fn try_from(text: String) -> Result<Self, ClockTimeError> {
        text.parse()
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A stretch of a day. One whose end is not after its start ends on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Interval {
    /// `10:00`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "10:00"))]
    pub from: ClockTime,
    /// `19:00`, at most `24:00`; `02:00` after `22:00` is on the next day.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "19:00"))]
    pub to: ClockTime,
}

impl Interval {
    /// The minutes since midnight at which it ends: beyond 1,440 if on the next day.
    const fn end(self) -> u16 {
        if self.to.0 > self.from.0 { self.to.0 } else { self.to.0 + DAY }
    }

    /// What the wall shows at both ends of it, on a day.
    #[must_use]
    pub fn on(self, date: Date) -> Option<(DateTime, DateTime)> {
        let minutes = |minutes: u16| -> Span { i64::from(minutes).minutes() };
        let midnight = date.at(0, 0, 0, 0);
        Some((
            midnight.checked_add(minutes(self.from.0)).ok()?,
            midnight.checked_add(minutes(self.end())).ok()?,
        ))
    }

    /// Whether two of one day share a minute.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.from.0 < other.end() && other.from.0 < self.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(from: &str, to: &str) -> Interval {
        Interval { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn a_time_of_day_has_one_form() {
        for text in ["00:00", "09:30", "23:59", "24:00"] {
            assert_eq!(text.parse::<ClockTime>().unwrap().to_string(), text);
        }
        for text in ["", "9:30", "24:01", "12:60", "12.30", "12:30:00", "-1:30", "ab:cd", "+9:30"] {
            assert_eq!(text.parse::<ClockTime>(), Err(ClockTimeError), "{text}");
        }
    }

    #[test]
    fn a_stretch_may_run_past_midnight() {
        let date = jiff::civil::date(2026, 12, 31);
        let (from, to) = interval("22:00", "02:00").on(date).unwrap();
        assert_eq!(
            (from.to_string(), to.to_string()),
            ("2026-12-31T22:00:00".into(), "2027-01-01T02:00:00".into())
        );
        let (_, to) = interval("10:00", "24:00").on(date).unwrap();
        assert_eq!(to.to_string(), "2027-01-01T00:00:00");
        assert!(interval("22:00", "02:00").overlaps(interval("23:00", "23:30")));
        assert!(!interval("10:00", "13:00").overlaps(interval("13:00", "19:00")));
    }
}
