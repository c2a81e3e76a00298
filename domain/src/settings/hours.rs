//! When she works: the hours of a week, breaks, days that are otherwise, time off, and where she is on a trip.
//!
//! Part of the settings room. Pure data and its reading; how hours become free slots is [`crate::slots`].

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Weekday};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::clock::{ClockTime, Interval};
use crate::dates::{check_zone, parse_wall};
use crate::errors::{FieldErrors, FieldProblem};
use crate::input::{Fields, Patch};

/// The most intervals of a day, and entries of a list.
const MOST: usize = 200;
/// The words of the days, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Intervals by day, `mon` to `sun`; a day that is not there has none.
pub type Week = BTreeMap<String, Vec<Interval>>;

/// When she works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BusinessHours {
    /// Open hours by day, `mon` to `sun`.
    pub weekly: Week,
    /// Breaks by day; they are taken out of the open hours.
    pub breaks: Week,
    /// Days that are otherwise: their intervals stand for the whole day, breaks included; none means closed.
    pub exceptions: Vec<DayException>,
    /// Time off, by the wall.
    pub time_off: Vec<TimeOff>,
    /// Days on which the wall is in another zone.
    pub travel: Vec<Travel>,
    /// Minutes between two starts that are offered.
    pub step_min: u32,
    /// How long before a start it can still be booked, in minutes.
    pub min_notice_min: u32,
    /// How many days ahead can be booked.
    pub horizon_days: u32,
    /// The most visits of a day, if there is a limit.
    pub daily_cap: Option<u32>,
}

/// A day that is otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayException {
    /// Which day.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-12-31"))]
    pub date: Date,
    /// When she works on it.
    pub intervals: Vec<Interval>,
    /// Why.
    pub note: Option<String>,
}

/// Time that she does not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimeOff {
    /// From, by the wall, inclusive.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2027-01-01T00:00:00"))]
    pub from: DateTime,
    /// To, exclusive.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2027-01-09T00:00:00"))]
    pub to: DateTime,
    /// Why.
    pub note: Option<String>,
}

/// A trip: her hours are meant by the wall of another zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Travel {
    /// The first day.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-12-05"))]
    pub from: Date,
    /// The last day.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-12-10"))]
    pub to: Date,
    /// IANA name.
    pub timezone: String,
}

impl Default for BusinessHours {
    /// Monday to Saturday, 10:00 to 19:00.
    fn default() -> Self {
        let hours = ClockTime::new(10, 0).zip(ClockTime::new(19, 0)).map(|(from, to)| Interval { from, to });
        let weekly = DAYS[..6].iter().map(|day| ((*day).to_owned(), hours.into_iter().collect())).collect();
        Self {
            weekly,
            breaks: Week::new(),
            exceptions: Vec::new(),
            time_off: Vec::new(),
            travel: Vec::new(),
            step_min: 30,
            min_notice_min: 60,
            horizon_days: 60,
            daily_cap: None,
        }
    }
}

impl BusinessHours {
    /// The open hours and the breaks of a day by the wall.
    #[must_use]
    pub fn of_day(&self, date: Date) -> (&[Interval], &[Interval]) {
        if let Some(exception) = self.exceptions.iter().find(|exception| exception.date == date) {
            return (&exception.intervals, &[]);
        }
        let day = word(date.weekday());
        (self.weekly.get(day).map_or(&[], Vec::as_slice), self.breaks.get(day).map_or(&[], Vec::as_slice))
    }

    /// The zone of a day's wall.
    #[must_use]
    pub fn zone_of<'a>(&'a self, date: Date, home: &'a str) -> &'a str {
        let trip = self.travel.iter().find(|trip| trip.from <= date && date <= trip.to);
        trip.map_or(home, |trip| &trip.timezone)
    }

    /// Reads a request; what is absent is as in [`BusinessHours::default`].
    ///
    /// # Errors
    /// Every field that is unknown or wrong, inside of lists by the name of the list.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let standard = Self::default();
        let mut fields = Fields::new(object);
        let weekly = week(&mut fields, "weekly");
        let breaks = week(&mut fields, "breaks");
        let exceptions = list(&mut fields, "exceptions", exception);
        let time_off = list(&mut fields, "timeOff", time_off);
        let travel = list(&mut fields, "travel", travel);
        let step = fields.whole("stepMin", 5, 240);
        let notice = fields.whole("minNoticeMin", 0, 60 * 24 * 60);
        let horizon = fields.whole("horizonDays", 1, 730);
        let cap = fields.whole("dailyCap", 1, 200);
        if twice(exceptions.iter().map(|exception| exception.date)) {
            fields.mistake("exceptions", FieldProblem::Overlaps);
        }
        let trips = |a: &Travel, b: &Travel| a.from <= b.to && b.from <= a.to;
        if travel.iter().enumerate().any(|(n, a)| travel[n + 1..].iter().any(|b| trips(a, b))) {
            fields.mistake("travel", FieldProblem::Overlaps);
        }
        fields.finish(Self {
            weekly: weekly.unwrap_or(standard.weekly),
            breaks: breaks.unwrap_or_default(),
            exceptions,
            time_off,
            travel,
            step_min: step.into_option().unwrap_or(standard.step_min),
            min_notice_min: notice.into_option().unwrap_or(standard.min_notice_min),
            horizon_days: horizon.into_option().unwrap_or(standard.horizon_days),
            daily_cap: cap.into_option(),
        })
    }
}

fn word(day: Weekday) -> &'static str {
    DAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())]
}

fn twice<T: Ord>(values: impl Iterator<Item = T>) -> bool {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

/// Reads `{ "mon": [{ "from", "to" }] }`.
fn week(fields: &mut Fields<'_>, name: &'static str) -> Option<Week> {
    let Patch::Set(days) = fields.object(name) else { return None };
    let mut week = Week::new();
    for (day, value) in days {
        let read = value.as_array().filter(|_| DAYS.contains(&day.as_str()));
        match read.ok_or(FieldProblem::Invalid).and_then(|list| intervals(list)) {
            Ok(intervals) => {
                week.insert(day, intervals);
            }
            Err(problem) => fields.mistake(name, problem),
        }
    }
    Some(week)
}

/// Reads intervals of one day; sorted, and none over another.
fn intervals(list: &[Json]) -> Result<Vec<Interval>, FieldProblem> {
    if list.len() > MOST {
        return Err(FieldProblem::TooLong);
    }
    let read = |value: &Json| serde_json::from_value(value.clone()).map_err(|_| FieldProblem::InvalidTime);
    let mut intervals: Vec<Interval> = list.iter().map(read).collect::<Result<_, _>>()?;
    intervals.sort_unstable();
    if intervals.windows(2).any(|pair| pair[0].overlaps(pair[1])) {
        return Err(FieldProblem::Overlaps);
    }
    Ok(intervals)
}

fn list<T>(
    fields: &mut Fields<'_>,
    name: &'static str,
    read: impl Fn(&Map<String, Json>) -> Result<T, FieldProblem>,
) -> Vec<T> {
    let objects = fields.objects(name).into_option().unwrap_or_default();
    let mut entries = Vec::with_capacity(objects.len());
    for object in &objects {
        match read(object) {
            Ok(entry) => entries.push(entry),
            Err(problem) => fields.mistake(name, problem),
        }
    }
    entries
}

fn exception(object: &Map<String, Json>) -> Result<DayException, FieldProblem> {
    let mut fields = Fields::new(object);
    let (date, note) = (fields.date("date"), fields.line("note"));
    let list = fields.list("intervals");
    fields.require("date", &date);
    fields.finish(()).map_err(|errors| first(&errors))?;
    let date = date.into_option().and_then(|date| date.parse().ok()).ok_or(FieldProblem::Invalid)?;
    let intervals = intervals(list.value().map_or(&[], Vec::as_slice))?;
    Ok(DayException { date, intervals, note: note.into_option() })
}

fn time_off(object: &Map<String, Json>) -> Result<TimeOff, FieldProblem> {
    let mut fields = Fields::new(object);
    let (from, to, note) = (fields.line("from"), fields.line("to"), fields.line("note"));
    fields.finish(()).map_err(|errors| first(&errors))?;
    let wall = |text: Patch<String>| {
        let text = text.into_option().ok_or(FieldProblem::Required)?;
        parse_wall(&text).ok_or(FieldProblem::InvalidTime)
    };
    let (from, to) = (wall(from)?, wall(to)?);
    if from >= to {
        return Err(FieldProblem::OutOfRange);
    }
    Ok(TimeOff { from, to, note: note.into_option() })
}

fn travel(object: &Map<String, Json>) -> Result<Travel, FieldProblem> {
    let mut fields = Fields::new(object);
    let (from, to, zone) = (fields.date("from"), fields.date("to"), fields.line("timezone"));
    fields.finish(()).map_err(|errors| first(&errors))?;
    let day = |text: Patch<String>| -> Result<Date, FieldProblem> {
        text.into_option().ok_or(FieldProblem::Required)?.parse().map_err(|_| FieldProblem::Invalid)
    };
    let (from, to, timezone) = (day(from)?, day(to)?, zone.into_option().ok_or(FieldProblem::Required)?);
    check_zone(&timezone).map_err(|_| FieldProblem::UnknownZone)?;
    if from > to {
        return Err(FieldProblem::OutOfRange);
    }
    Ok(Travel { from, to, timezone })
}

/// An entry of a list has one problem to tell: its first.
fn first(errors: &FieldErrors) -> FieldProblem {
    errors.iter().next().map_or(FieldProblem::Invalid, |(_, problem)| problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Json) -> Result<BusinessHours, FieldErrors> {
        let Json::Object(object) = value else { unreachable!("the tests write objects") };
        BusinessHours::from_json(&object)
    }

    #[test]
    fn what_is_not_said_is_monday_to_saturday_ten_to_seven() {
        let hours = read(json!({})).unwrap();
        assert_eq!(hours, BusinessHours::default());
        let open = |day| hours.of_day(day).0.len();
        assert_eq!((open(jiff::civil::date(2026, 12, 5)), open(jiff::civil::date(2026, 12, 6))), (1, 0));
        let json = serde_json::to_value(&hours).unwrap();
        assert_eq!(json["weekly"]["sat"], json!([{ "from": "10:00", "to": "19:00" }]));
        assert_eq!(read(json).unwrap(), hours, "what is written can be read");
    }

    #[test]
    fn an_exception_stands_for_its_whole_day() {
        let hours = read(json!({
            "breaks": { "thu": [{ "from": "13:00", "to": "13:30" }] },
            "exceptions": [{ "date": "2026-12-31", "intervals": [{ "from": "10:00", "to": "14:00" }] }],
        }));
        let hours = hours.unwrap();
        let (open, breaks) = hours.of_day(jiff::civil::date(2026, 12, 31));
        assert_eq!((open.len(), open[0].to.to_string(), breaks.len()), (1, "14:00".to_owned(), 0));
        assert_eq!(hours.of_day(jiff::civil::date(2026, 12, 24)).1.len(), 1);
    }

    #[test]
    fn hours_that_cannot_be_are_told_by_the_name_of_their_list() {
        let errors = read(json!({
            "weekly": { "mon": [{ "from": "10:00", "to": "14:00" }, { "from": "13:00", "to": "15:00" }] },
            "breaks": { "noday": [] },
            "exceptions": [{ "date": "2026-02-30" }],
            "timeOff": [{ "from": "2027-01-09T00:00", "to": "2027-01-01T00:00" }],
            "travel": [{ "from": "2026-12-05", "to": "2026-12-10", "timezone": "Mars/Base" }],
            "stepMin": 1, "colour": "red",
        }));
        assert_eq!(
            serde_json::to_value(errors.unwrap_err()).unwrap(),
            json!({ "weekly": "overlaps", "breaks": "invalid", "exceptions": "invalid", "timeOff": "out_of_range",
                    "travel": "unknown_zone", "stepMin": "out_of_range", "colour": "unknown" })
        );
        let twice = json!({ "exceptions": [{ "date": "2026-12-31" }, { "date": "2026-12-31" }] });
        assert_eq!(read(twice).unwrap_err().get("exceptions"), Some(FieldProblem::Overlaps));
        let late = json!({ "weekly": { "fri": [{ "from": "22:00", "to": "02:00" }] } });
        assert_eq!(read(late).unwrap().weekly["fri"].len(), 1, "past midnight is fine");
    }
}
