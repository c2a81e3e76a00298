//! `MAP.toml`: how the columns of another program's file become fields here. `docs/import.md` tells every key.
//!
//! Part of the import room. Pure. A map is checked as a whole before a single row is read.

use std::collections::BTreeMap;

use crate::dates::check_zone;
use crate::money::Currency;
use jiff::civil::{DateTime, datetime};
use jiff::fmt::strtime;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::amounts::DecimalMark;
use super::text::Encoding;
use super::{ImportError, Kind};

/// A map as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportMap {
    /// The other program's name: part of what an imported thing is known by, for ever.
    pub source: String,
    /// How letters are written as bytes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub encoding: Encoding,
    /// `,`, `;` or tab; found in the header if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The columns that tell a row from all others; for appointments and payments all columns if absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// For a file of cancellations or no-shows: the fields by which a row finds its booking.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub matching: Vec<String>,
    /// Whether a booking takes the service's price and cost when the file has none.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub service_prices: bool,
    /// Which column, or which columns joined by a space, a field is read from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, Columns>,
    /// What a field is in every row; also where its cell is empty.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub constants: BTreeMap<String, String>,
    /// Per field: what a value of the file means.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<String, BTreeMap<String, String>>,
    /// Minutes by service code, name or category, and `default`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub durations: BTreeMap<String, u32>,
    /// Payments: the columns of taxes, by the tax's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub taxes: BTreeMap<String, String>,
    /// How values are written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub formats: Formats,
}

/// One column, or several whose cells are joined by a space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Columns {
    /// Their names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// How values are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Formats {
    /// A day, e.g. `%m/%d/%Y`.
    pub date: String,
    /// A time of day, e.g. `%I:%M:%S %p`.
    pub time: String,
    /// A day and a time in one cell.
    pub datetime: String,
    /// A birthday; with or without the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    /// What stands before the cents.
    pub decimal: DecimalMark,
    /// Whether further decimals of taxes are rounded to cents; refused if not.
    pub round_taxes: bool,
    /// ISO 4217; the business's own if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// IANA name; the business's own if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What stands between several tags in one cell.
    pub list: String,
    /// The words for yes; whatever case.
    pub yes: Vec<String>,
}

impl Default for Formats {
    fn default() -> Self {
        Self {
            date: "%Y-%m-%d".to_owned(),
            time: "%H:%M".to_owned(),
            datetime: "%Y-%m-%d %H:%M".to_owned(),
            birthday: None,
            decimal: DecimalMark::default(),
            round_taxes: false,
            currency: None,
            zone: None,
            list: ",".to_owned(),
            yes: ["true", "yes", "y", "1", "да", "истина"].map(str::to_owned).to_vec(),
        }
    }
}

impl ImportMap {
    /// A map that says nothing but where the file is from.
    pub(super) fn named(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            encoding: Encoding::Auto,
            delimiter: None,
            key: Vec::new(),
            matching: Vec::new(),
            service_prices: true,
            columns: BTreeMap::new(),
            constants: BTreeMap::new(),
            codes: BTreeMap::new(),
            durations: BTreeMap::new(),
            taxes: BTreeMap::new(),
            formats: Formats::default(),
        }
    }

    /// Reads a map and checks all of it that does not need the file.
    pub fn parse(text: &str) -> Result<Self, ImportError> {
        let map: Self = toml::from_str(text).map_err(|error| ImportError::Map(error.to_string()))?;
        map.checked()
    }

    /// Reads a map that came as JSON, as over REST.
    pub fn from_json(json: &Json) -> Result<Self, ImportError> {
        let map: Self = Self::deserialize(json).map_err(|error| ImportError::Map(error.to_string()))?;
        map.checked()
    }

    fn checked(self) -> Result<Self, ImportError> {
        let map = self;
        let wrong = |what: String| Err(ImportError::Map(what));
        if map.source.trim().is_empty() || map.source.len() > 64 || map.source.chars().any(char::is_control) {
            return wrong("`source` is a short name of the other program".to_owned());
        }
        if map.delimiter.is_some_and(|mark| ![',', ';', '\t'].contains(&mark)) {
            return wrong("`delimiter` is \",\", \";\" or \"\\t\"".to_owned());
        }
        if let Some(zone) = map.formats.zone.as_deref().filter(|zone| check_zone(zone).is_err()) {
            return wrong(format!("`zone`: {zone} is not the name of a time zone"));
        }
        let formats = &map.formats;
        let birthday = formats.birthday.as_ref();
        for format in [&formats.date, &formats.time, &formats.datetime].into_iter().chain(birthday) {
            if let Err(error) = strtime::format(format, SOME_DAY) {
                return wrong(format!("the format {format:?} is not understood: {error}"));
            }
        }
        if map.durations.values().any(|minutes| !(1..=20_160).contains(minutes)) {
            return wrong("`durations` are whole minutes, at least 1 and at most two weeks".to_owned());
        }
        Ok(map)
    }

    /// Checks that all fields are fields of this kind.
    pub fn check_fields(&self, kind: Kind) -> Result<(), ImportError> {
        let named = self.columns.keys().chain(self.constants.keys()).chain(self.codes.keys());
        if let Some(field) = named.into_iter().find(|field| !kind.fields().contains(&field.as_str())) {
            return Err(ImportError::UnknownField { field: field.clone(), known: kind.fields().join(", ") });
        }
        let has = |field: &str| self.columns.contains_key(field) || self.constants.contains_key(field);
        for needed in kind.needed() {
            if !needed.iter().any(|field| has(field)) {
                return Err(ImportError::Map(format!("the map says nothing about {}", needed.join(" or "))));
            }
        }
        if kind.is_known_by_its_key() && self.key.is_empty() {
            return Err(ImportError::Map("`key` names the column with the code of a row".to_owned()));
        }
        if !self.matching.is_empty() && kind != Kind::Appointments {
            return Err(ImportError::Map("`match` is for appointments".to_owned()));
        }
        if !self.taxes.is_empty() && kind != Kind::Payments {
            return Err(ImportError::Map("`taxes` is for payments".to_owned()));
        }
        let can_match = ["client", "service", "date"];
        if let Some(field) =
            self.matching.iter().find(|field| !can_match.contains(&field.as_str()) || !has(field))
        {
            return Err(ImportError::Map(format!("`match` takes client, service and date; not {field}")));
        }
        Ok(())
    }
}

const SOME_DAY: DateTime = datetime(2018, 6, 9, 15, 50, 0, 0);

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_yes(value: &bool) -> bool {
    *value
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
