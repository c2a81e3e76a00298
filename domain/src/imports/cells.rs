//! From cells to values: a row read through the map.
//!
//! Part of the import room. Pure. What is not written as the map says is a [`Problem`] of that row.

use std::collections::BTreeMap;

use crate::dates::Birthday;
use crate::money::{Currency, Money, MoneyError};
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};

use super::amounts::{Amount, DecimalMark, parse_amount, parse_rounded};
use super::map::ImportMap;
use super::table::Table;
use super::{Filter, ImportError, Kind, Problem};

type Read<T> = Result<T, Problem>;

/// A map that was brought together with a header: every name is a place.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) map: &'a ImportMap,
    pub(super) currency: Currency,
    columns: BTreeMap<&'a str, Vec<usize>>,
    taxes: BTreeMap<&'a str, usize>,
    key: Vec<usize>,
    filters: Vec<(usize, &'a str)>,
    /// Whether the file is a spreadsheet: its numbers have a point whatever the map says.
    is_sheet: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        kind: Kind,
        map: &'a ImportMap,
        table: &Table,
        filters: &'a [Filter],
        currency: Currency,
    ) -> Result<Self, ImportError> {
        map.check_fields(kind)?;
        let place = |name: &str| {
            let is_twice = table.columns.iter().filter(|column| *column == name).count() > 1;
            let unknown =
                || ImportError::UnknownColumn { column: name.to_owned(), known: table.columns.join(", ") };
            if is_twice {
                Err(ImportError::TwoColumns(name.to_owned()))
            } else {
                table.column(name).ok_or_else(unknown)
            }
        };
        let places = |names: &[String]| names.iter().map(|name| place(name)).collect::<Result<Vec<_>, _>>();
        let columns = map.columns.iter().map(|(field, names)| Ok((field.as_str(), places(names.names())?)));
        let taxes = map.taxes.iter().map(|(tax, name)| Ok((tax.as_str(), place(name)?)));
        let filters = filters.iter().map(|filter| Ok((place(&filter.column)?, filter.value.as_str())));
        let key = if map.key.is_empty() { (0..table.columns.len()).collect() } else { places(&map.key)? };
        Ok(Self {
            map,
            currency,
            columns: columns.collect::<Result<_, ImportError>>()?,
            taxes: taxes.collect::<Result<_, ImportError>>()?,
            key,
            filters: filters.collect::<Result<_, ImportError>>()?,
            is_sheet: table.is_sheet,
        })
    }

    /// Whether `--where` asks for this row.
    pub(super) fn is_wanted(&self, cells: &[String]) -> bool {
        self.filters.iter().all(|(place, value)| cells[*place] == *value)
    }

    /// What tells the row from others; `None` if it is blank.
    pub(super) fn key(&self, cells: &[String]) -> Option<String> {
        let parts: Vec<&str> = self.key.iter().map(|place| cells[*place].as_str()).collect();
        parts.iter().any(|part| !part.is_empty()).then(|| parts.join("\u{1f}"))
    }
}

/// One row through its plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) cells: &'a [String],
}

impl Cells<'_> {
    /// A value as text, its code translated; `None` if the cell is empty or there is none.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        let map = self.plan.map;
        let places = self.plan.columns.get(field).map(Vec::as_slice).unwrap_or_default();
        let parts: Vec<&str> =
            places.iter().map(|place| self.cells[*place].as_str()).filter(|cell| !cell.is_empty()).collect();
        let written = if parts.is_empty() { map.constants.get(field)?.clone() } else { parts.join(" ") };
        let meant = map.codes.get(field).and_then(|codes| codes.get(&written)).cloned().unwrap_or(written);
        Some(meant).filter(|meant| !meant.is_empty())
    }

    pub(super) fn date(&self, field: &'static str) -> Read<Option<Date>> {
        self.with_formats(field, &[&self.plan.map.formats.date], ISO_DATES, BrokenDownTime::to_date)
    }

    pub(super) fn time(&self, field: &'static str) -> Read<Option<Time>> {
        self.with_formats(field, &[&self.plan.map.formats.time], ISO_TIMES, BrokenDownTime::to_time)
    }

    pub(super) fn datetime(&self, field: &'static str) -> Read<Option<DateTime>> {
        let formats = &[self.plan.map.formats.datetime.as_str()];
        self.with_formats(field, formats, ISO_DATETIMES, BrokenDownTime::to_datetime)
    }

    /// A birthday as `1990-05-01`, or `--05-01` where the format has no year.
    pub(super) fn birthday(&self, field: &'static str) -> Read<Option<String>> {
        let formats = &self.plan.map.formats;
        let format = formats.birthday.as_ref().unwrap_or(&formats.date);
        self.with_formats(field, &[format], ISO_BIRTHDAYS, |time| {
            let (month, day) = (time.month().unwrap_or_default(), time.day().unwrap_or_default());
            let text = match time.year() {
                Some(year) => format!("{year:04}-{month:02}-{day:02}"),
                None => format!("--{month:02}-{day:02}"),
            };
            text.parse::<Birthday>().map(|_| text)
        })
    }

    pub(super) fn money(&self, field: &'static str) -> Read<Option<Money>> {
        let Some(value) = self.text(field) else { return Ok(None) };
        self.amount(&value).map(Some).map_err(|error| not_an_amount(field, value, error))
    }

    /// Taxes by name; empty cells are left out.
    pub(super) fn taxes(&self) -> Read<BTreeMap<String, Amount>> {
        let formats = &self.plan.map.formats;
        let mut taxes = BTreeMap::new();
        for (name, place) in &self.plan.taxes {
            let value = &self.cells[*place];
            if value.is_empty() {
                continue;
            }
            let is_plain = self.plan.is_sheet && !value.contains(',');
            let mark = if is_plain { DecimalMark::Point } else { formats.decimal };
            let read = parse_rounded(value, mark, self.plan.currency);
            let tax = read.map_err(|error| not_an_amount("taxes", value.clone(), error))?;
            if tax.exact.is_some() && !formats.round_taxes {
                return Err(not_an_amount("taxes", value.clone(), MoneyError::TooPrecise));
            }
            taxes.insert((*name).to_owned(), tax);
        }
        Ok(taxes)
    }

    /// Minutes, as `90` or `1:30`.
    pub(super) fn minutes(&self, field: &'static str) -> Read<Option<u32>> {
        let Some(value) = self.text(field) else { return Ok(None) };
        let read = match value.split_once(':') {
            None => value.parse().ok(),
            Some((hours, minutes)) => {
                let parts =
                    (hours.parse::<u32>().ok(), minutes.parse::<u32>().ok().filter(|minutes| *minutes < 60));
                parts.0.zip(parts.1).and_then(|(hours, minutes)| hours.checked_mul(60)?.checked_add(minutes))
            }
        };
        read.map(Some).ok_or(Problem::Form { field, value, format: "minutes or hours:minutes".to_owned() })
    }

    /// Yes or no.
    pub(super) fn flag(&self, field: &str) -> Option<bool> {
        let value = self.text(field)?.to_lowercase();
        Some(self.plan.map.formats.yes.iter().any(|yes| yes.to_lowercase() == value))
    }

    /// Several values in one cell.
    pub(super) fn list(&self, field: &str) -> Option<Vec<String>> {
        let value = self.text(field)?;
        let mark = self.plan.map.formats.list.as_str();
        let parts: Vec<&str> = if mark.is_empty() { vec![&value] } else { value.split(mark).collect() };
        Some(parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }

    /// As the map says, or else as ISO 8601, which cannot be misread, and which spreadsheets' own dates become.
    fn with_formats<T, E>(
        &self,
        field: &'static str,
        formats: &[&str],
        iso: &[&str],
        read: impl Fn(&BrokenDownTime) -> Result<T, E>,
    ) -> Read<Option<T>> {
        let Some(value) = self.text(field) else { return Ok(None) };
        let parse = |format: &&str| strtime::parse(format, &value).ok().and_then(|time| read(&time).ok());
        let parsed = formats.iter().chain(iso).find_map(parse);
        let format = formats.first().copied().unwrap_or_default().to_owned();
        parsed.map(Some).ok_or(Problem::Form { field, value, format })
    }

    fn amount(&self, value: &str) -> Result<Money, MoneyError> {
        let mark = self.plan.map.formats.decimal;
        let is_plain =
            self.plan.is_sheet && value.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
        parse_amount(value, if is_plain { DecimalMark::Point } else { mark }, self.plan.currency)
    }
}

const ISO_DATES: &[&str] = &["%Y-%m-%d", "%Y-%m-%d %H:%M:%S"];
const ISO_TIMES: &[&str] = &["%H:%M", "%H:%M:%S"];
const ISO_DATETIMES: &[&str] =
    &["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
const ISO_BIRTHDAYS: &[&str] = &["%Y-%m-%d", "--%m-%d"];

fn not_an_amount(field: &'static str, value: String, error: MoneyError) -> Problem {
    let format = match error {
        MoneyError::TooPrecise => "an amount of at most two decimals",
        MoneyError::OutOfRange => "an amount within reason",
        _ => "an amount (see `decimal` in the map)",
    };
    Problem::Form { field, value, format: format.to_owned() }
}
