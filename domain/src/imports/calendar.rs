//! Calendars (`.ics`) as a table of visits.
//!
//! Part of the import room. Pure. A calendar has the same lines as a file of contact cards, so it is read by the same
//! reader. Times of other zones are told in the one that the calendar begins with. What repeats comes once.

use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::vcard::{Property, properties};
use super::{Problem, Row, Table};
use crate::dates::zone_rules;

const COLUMNS: [&str; 7] = ["UID", "date", "time", "duration", "client", "status", "note"];

/// Whether a text is a calendar.
pub(super) fn is_calendar(text: &str) -> bool {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    start.get(..15).is_some_and(|word| word.eq_ignore_ascii_case("BEGIN:VCALENDAR"))
}

/// Reads all events. One that is cut is told, and takes no other along.
pub(super) fn read(text: &str) -> Table {
    let lines = properties(text);
    let zone = lines.iter().find_map(|(_, property)| {
        let named = (property.name == "X-WR-TIMEZONE").then(|| property.value.clone());
        named
            .or_else(|| property.parameter("TZID").map(str::to_owned))
            .filter(|zone| time_zone(zone).is_some())
    });
    let mut rows = Vec::new();
    let mut event: Option<(u64, Event)> = None;
    // Alarms stand inside of events and have properties of the same names.
    let mut inner = 0_u32;
    for (line, property) in &lines {
        let value = property.value.trim();
        match (property.name.as_str(), value.eq_ignore_ascii_case("VEVENT")) {
            ("BEGIN", true) => {
                rows.extend(event.replace((*line, Event::default())).map(|(line, _)| cut(line)));
                inner = 0;
            }
            ("END", true) => rows.extend(event.take().map(|(line, event)| event.row(line, zone.as_deref()))),
            ("BEGIN", false) => inner += 1,
            ("END", false) => inner = inner.saturating_sub(1),
            _ => {
                if let Some((_, event)) = event.as_mut().filter(|_| inner == 0) {
                    event.take(property);
                }
            }
        }
    }
    rows.extend(event.map(|(line, _)| cut(line)));
    Table { columns: COLUMNS.map(str::to_owned).to_vec(), rows, is_sheet: false, pictures: 0, zone }
}

fn cut(line: u64) -> Row {
    Row { line, cells: Err(Problem::CutCard) }
}

/// The map of a calendar: its columns are the fields.
pub(super) fn map(zone: Option<&str>) -> Json {
    let columns = COLUMNS[1..].iter().map(|name| ((*name).to_owned(), Json::from(*name)));
    let mut map = json!({
        // Of cards, so that the clients of an export's cards are found.
        "source": "vcard", "key": [COLUMNS[0]], "columns": Json::Object(columns.collect()),
    });
    if let Some(zone) = zone {
        map["formats"] = json!({ "zone": zone });
    }
    map
}

#[derive(Debug, Default)]
struct Event {
    uid: String,
    starts: Option<(String, Option<String>)>,
    ends: Option<(String, Option<String>)>,
    duration: Option<u32>,
    client: String,
    status: String,
    summary: String,
    description: String,
    is_ours: bool,
}

impl Event {
    fn take(&mut self, property: &Property) {
        let text = property.text();
        let moment =
            || Some((property.value.trim().to_owned(), property.parameter("TZID").map(str::to_owned)));
        match property.name.as_str() {
            "UID" => self.uid = text,
            "DTSTART" => self.starts = moment(),
            "DTEND" => self.ends = moment(),
            "DURATION" => self.duration = minutes(&text),
            "SUMMARY" => self.summary = text,
            "DESCRIPTION" => self.description = text,
            "STATUS" if self.status.is_empty() && text.eq_ignore_ascii_case("CANCELLED") => {
                "cancelled".clone_into(&mut self.status);
            }
            "X-VELORIA-STATUS" => {
                self.status = text;
                self.is_ours = true;
            }
            "X-VELORIA-CLIENT" => self.client = text,
            _ => {}
        }
    }

    fn row(self, line: u64, zone: Option<&str>) -> Row {
        let wrong = |value: &str| Problem::Form {
            field: "DTSTART",
            value: value.to_owned(),
            format: "20261201T100000".to_owned(),
        };
        let Some((starts, of)) = &self.starts else {
            return Row { line, cells: Err(Problem::Missing("DTSTART")) };
        };
        let Some((start, has_time)) = wall(starts, of.as_deref(), zone) else {
            return Row { line, cells: Err(wrong(starts)) };
        };
        let end = self.ends.as_ref().and_then(|(ends, of)| wall(ends, of.as_deref(), zone));
        let length =
            end.filter(|(_, timed)| *timed && has_time).map(|(end, _)| start.duration_until(end).as_mins());
        let length = length.and_then(|minutes| u32::try_from(minutes).ok()).filter(|minutes| *minutes > 0);
        let note = if self.is_ours || self.summary.is_empty() {
            self.description
        } else {
            [self.summary, self.description].join("\n").trim().to_owned()
        };
        let time = if has_time { start.strftime("%H:%M").to_string() } else { String::new() };
        let length = length.or(self.duration).map(|minutes| minutes.to_string()).unwrap_or_default();
        let date = start.date().to_string();
        Row { line, cells: Ok(vec![self.uid, date, time, length, self.client, self.status, note]) }
    }
}

/// Wall time in the calendar's zone, and whether there is a time at all.
fn wall(text: &str, of: Option<&str>, zone: Option<&str>) -> Option<(DateTime, bool)> {
    if let Ok(day) = strtime::parse("%Y%m%d", text).and_then(|time| time.to_date()) {
        return Some((day.to_datetime(Time::midnight()), false));
    }
    let (digits, is_utc) = text.strip_suffix('Z').map_or((text, false), |digits| (digits, true));
    let time = strtime::parse("%Y%m%dT%H%M%S", digits).and_then(|time| time.to_datetime()).ok()?;
    let from = if is_utc { Some(TimeZone::UTC) } else { of.and_then(time_zone) };
    let told = match (from, zone.and_then(time_zone)) {
        (Some(from), Some(zone)) => from.to_zoned(time).ok()?.with_time_zone(zone).datetime(),
        _ => time,
    };
    Some((told, true))
}

fn time_zone(name: &str) -> Option<TimeZone> {
    zone_rules(name).ok()
}

/// `PT1H30M`.
fn minutes(text: &str) -> Option<u32> {
    let span: jiff::SignedDuration = text.parse().ok()?;
    u32::try_from(span.as_mins()).ok().filter(|minutes| *minutes > 0)
}
