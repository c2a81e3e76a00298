//! What happens again and again: "at 9:30 on weekdays" in the five fields of cron, by the wall of a zone. Pure: the moment
//! after which is an argument, the zone's rules come from the bundled tz data.
//!
//! When clocks jump, people still mean what is on the wall. A time that a day does not have happens as much later as the
//! clock jumped; a time that a day has twice happens the first time only. What is asked for every hour (`*` hours) follows
//! the hours that pass, so it happens in both of the two.

use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::dates::{TimeError, zone_rules};

/// How many days ahead a next time is looked for: the longest wait, for 29 February on a certain weekday, is 40 years.
const FAR: i32 = 366 * 41;

/// Not the five fields of cron, or a time that never comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a recurrence: minute, hour, day of the month, month, weekday")]
pub struct RecurrenceError;

/// When something happens again: `minute hour day month weekday`, with `*`, lists, ranges and steps. Weekdays are 0 to 7,
/// Sunday is both ends; given a day and a weekday, either is enough, as cron has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recurrence {
    minutes: Set,
    hours: Set,
    days: Set,
    months: Set,
    weekdays: Set,
    every_hour: bool,
    either_day: bool,
}

impl Recurrence {
    /// The first time after a moment, by the wall of a zone. `None` if there is none in a lifetime: 30 February.
    pub fn next(&self, after: Timestamp, zone: &str) -> Result<Option<Timestamp>, TimeError> {
        let zone = zone_rules(zone)?;
        let first = after.to_zoned(zone.clone()).date();
        let mut day = Some(first);
        for _ in 0..FAR {
            let Some(date) = day else { break };
            if self.has_day(date) {
                let found = self.on(date, &zone).filter(|at| *at > after).min();
                if found.is_some() {
                    return Ok(found);
                }
            }
            day = date.tomorrow().ok();
        }
        Ok(None)
    }

    /// Its moments on a day, in no order.
    fn on<'a>(&'a self, date: Date, zone: &'a TimeZone) -> Box<dyn Iterator<Item = Timestamp> + 'a> {
        if self.every_hour {
            // Minute by minute as they pass; a day has 23 to 25 hours.
            let Ok(start) = date.to_zoned(zone.clone()) else { return Box::new(std::iter::empty()) };
            let minutes = (0..26 * 60).filter_map(move |minute| start.checked_add(minute.minutes()).ok());
            let fitting = minutes
                .take_while(move |at| at.date() == date)
                .filter(|at| at.second() == 0 && self.minutes.has(at.minute()));
            return Box::new(fitting.map(|at| at.timestamp()));
        }
        let walls = self.hours.all().flat_map(|hour| self.minutes.all().map(move |minute| (hour, minute)));
        Box::new(walls.filter_map(move |(hour, minute)| {
            let wall = date.at(hour, minute, 0, 0);
            // Of a time that is there twice the first, in a gap as far behind it as the clock jumped.
            zone.to_ambiguous_timestamp(wall).compatible().ok()
        }))
    }

    fn has_day(&self, date: Date) -> bool {
        let day = self.days.has(date.day());
        let weekday = self.weekdays.has(sunday_first(date.weekday()));
        let fits = if self.either_day { day || weekday } else { day && weekday };
        fits && self.months.has(date.month())
    }
}

fn sunday_first(day: Weekday) -> i8 {
    day.to_sunday_zero_offset()
}

impl FromStr for Recurrence {
    type Err = RecurrenceError;

    fn from_str(text: &str) -> Result<Self, RecurrenceError> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else { return Err(RecurrenceError) };
        let mut week = Set::parse(weekdays, 0, 7)?;
        if week.has(7) {
            week.0 |= 1;
        }
        Ok(Self {
            minutes: Set::parse(minutes, 0, 59)?,
            hours: Set::parse(hours, 0, 23)?,
            days: Set::parse(days, 1, 31)?,
            months: Set::parse(months, 1, 12)?,
            weekdays: week,
            every_hour: hours.starts_with('*'),
            either_day: !days.starts_with('*') && !weekdays.starts_with('*'),
        })
    }
}

/// Small numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Set(u64);

impl Set {
    fn has(self, number: i8) -> bool {
        u32::try_from(number).is_ok_and(|number| number < 64 && self.0 >> number & 1 == 1)
    }

    fn all(self) -> impl Iterator<Item = i8> {
        (0..60).filter(move |number| self.has(*number))
    }

    /// `*`, `5`, `1-5`, `*/15`, `8-20/4`, and lists of these.
    fn parse(text: &str, least: i8, most: i8) -> Result<Self, RecurrenceError> {
        let mut set = 0;
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, number(step)?),
                None => (part, 1),
            };
            let (from, to) = match range.split_once('-') {
                Some((from, to)) => (number(from)?, number(to)?),
                None if range == "*" => (least, most),
                None => (number(range)?, if part.contains('/') { most } else { number(range)? }),
            };
            if step < 1 || from < least || to > most || from > to {
                return Err(RecurrenceError);
            }
            let step = usize::try_from(step).map_err(|_| RecurrenceError)?;
            for fitting in (from..=to).step_by(step) {
                set |= 1 << fitting;
            }
        }
        Ok(Self(set))
    }
}

/// Digits and nothing else: `+5` is a number to Rust.
fn number(text: &str) -> Result<i8, RecurrenceError> {
    let is_plain = !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten().ok_or(RecurrenceError)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn times(cron: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let recurrence: Recurrence = cron.parse().unwrap();
        let mut at: Timestamp = after.parse().unwrap();
        let zone_rules = zone_rules(zone).unwrap();
        (0..count)
            .map(|_| {
                at = recurrence.next(at, zone).unwrap().unwrap();
                at.to_zoned(zone_rules.clone()).strftime("%F %H:%M%:z").to_string()
            })
            .collect()
    }

    #[test]
    fn times_of_a_week_by_the_wall() {
        assert_eq!(
            times("30 9,18 * * 1-5", "Europe/Moscow", "2026-11-20T07:00:00Z", 3),
            ["2026-11-20 18:30+03:00", "2026-11-23 09:30+03:00", "2026-11-23 18:30+03:00"]
        );
        assert_eq!(
            times("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2),
            ["2028-02-29 00:00+00:00", "2032-02-29 00:00+00:00"]
        );
        // The first of a month, or a Sunday.
        assert_eq!(
            times("0 8 1 * 7", "UTC", "2026-11-27T00:00:00Z", 3),
            ["2026-11-29 08:00+00:00", "2026-12-01 08:00+00:00", "2026-12-06 08:00+00:00"]
        );
    }

    #[test]
    fn a_time_in_a_gap_comes_as_late_as_the_clock_jumped_and_a_double_one_once() {
        // Berlin, 29 March 2026: 02:00 becomes 03:00. 25 October: 03:00 becomes 02:00.
        assert_eq!(
            times("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3),
            ["2026-03-28 02:30+01:00", "2026-03-29 03:30+02:00", "2026-03-30 02:30+02:00"]
        );
        assert_eq!(
            times("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", 3),
            ["2026-10-24 02:30+02:00", "2026-10-25 02:30+02:00", "2026-10-26 02:30+01:00"]
        );
        // Half an hour, and midnight itself in the gap.
        assert_eq!(
            times("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 1),
            ["2026-10-04 02:45+11:00"]
        );
        assert_eq!(times("0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z", 1), ["2026-04-24 01:00+03:00"]);
    }

    #[test]
    fn what_comes_every_hour_follows_the_hours_that_pass() {
        assert_eq!(
            times("30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 4),
            [
                "2026-10-25 02:30+02:00",
                "2026-10-25 02:30+01:00",
                "2026-10-25 03:30+01:00",
                "2026-10-25 04:30+01:00"
            ]
        );
        assert_eq!(
            times("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2),
            ["2026-03-29 01:30+01:00", "2026-03-29 03:30+02:00"]
        );
    }

    #[test]
    fn nonsense_is_refused_and_what_never_comes_is_said() {
        for text in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "5-1 * * * *",
            "*/0 * * * *",
            "+5 * * * *",
            "1,,2 * * * *",
            "a * * * *",
            "* * * * 8",
            "1-2-3 * * * *",
        ] {
            assert_eq!(text.parse::<Recurrence>(), Err(RecurrenceError), "{text}");
        }
        let never: Recurrence = "0 0 30 2 *".parse().unwrap();
        assert_eq!(never.next("2026-01-01T00:00:00Z".parse().unwrap(), "UTC"), Ok(None));
        assert_eq!(never.next(Timestamp::UNIX_EPOCH, "Moon/Base"), Err(TimeError::UnknownZone));
    }

    proptest! {
        /// Every day has its daily time once, whatever the clocks do: never twice, never missed, always later.
        #[test]
        fn each_day_has_its_time_once(
            hour in 0..24_i8,
            minute in 0..60_i8,
            start in 1_700_000_000_i64..2_000_000_000,
            zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"]),
        ) {
            let recurrence: Recurrence = format!("{minute} {hour} * * *").parse().unwrap();
            let rules = zone_rules(zone).unwrap();
            let mut at = recurrence.next(Timestamp::from_second(start).unwrap(), zone).unwrap().unwrap();
            for _ in 0..400 {
                let next = recurrence.next(at, zone).unwrap().unwrap();
                prop_assert!(next > at);
                let days = [at, next].map(|moment| moment.to_zoned(rules.clone()).date());
                prop_assert_eq!(days[0].tomorrow().unwrap(), days[1]);
                at = next;
            }
        }
    }
}
