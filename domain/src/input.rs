//! Reading a request's JSON object field by field: every mistake is collected, none hides another.
//!
//! Pure. Used by REST and by devices alike, so that what the server would refuse is refused on the device first.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value as Json};
use uuid::Uuid;

use crate::dates::Birthday;
use crate::documents::MAX_NESTING;
use crate::email::Email;
use crate::errors::{FieldErrors, FieldProblem};
use crate::money::{Currency, Money, MoneyError};
use crate::phone::Phone;

/// What a request says about one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// It does not mention it.
    #[default]
    Keep,
    /// It says `null`.
    Clear,
    /// It gives a value.
    Set(T),
}

impl<T> Patch<T> {
    /// The value, if one is given.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// The same with another type of value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(convert(value)),
        }
    }

    /// The value, if one is given.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// Whether the field is mentioned at all.
    pub const fn is_mentioned(&self) -> bool {
        !matches!(self, Self::Keep)
    }

    /// Calls `write` with the new value, or `None` to clear; not at all when the field is not mentioned.
    pub fn write(&self, write: impl FnOnce(Option<&T>)) {
        match self {
            Self::Keep => {}
            Self::Clear => write(None),
            Self::Set(value) => write(Some(value)),
        }
    }
}

/// The longest name or other single line, in characters. With four bytes each it still has the form of a line
/// (`crate::shapes`).
pub const MAX_LINE: usize = 300;
/// The longest note, in characters. With four bytes a character it still fits into one change.
pub const MAX_TEXT: usize = 100_000;
/// The most entries of a map or set.
pub const MAX_ENTRIES: usize = 200;

/// A JSON object that is being read.
#[derive(Debug)]
pub struct Fields<'a> {
    object: &'a Map<String, Json>,
    known: BTreeSet<&'static str>,
    errors: FieldErrors,
}

impl<'a> Fields<'a> {
    /// Begins to read.
    #[must_use]
    pub fn new(object: &'a Map<String, Json>) -> Self {
        Self { object, known: BTreeSet::new(), errors: FieldErrors::default() }
    }

    /// Ends: the value if nothing was wrong. Fields that nobody asked for are mistakes too; the first [`MAX_ENTRIES`] of them
    /// are named, for a program that sends a hundred thousand is not helped by as many words.
    pub fn finish<T>(mut self, value: T) -> Result<T, FieldErrors> {
        let unknown = self.object.keys().filter(|name| !self.known.contains(name.as_str()));
        for name in unknown.take(MAX_ENTRIES) {
            self.errors.add(name, FieldProblem::Unknown);
        }
        self.errors.into_result(value)
    }

    /// Notes a mistake that a rule across fields found.
    pub fn mistake(&mut self, name: &str, problem: FieldProblem) {
        self.errors.add(name, problem);
    }

    /// Marks a field as missing if it gives no value.
    pub fn require<T>(&mut self, name: &'static str, field: &Patch<T>) {
        if field.value().is_none() && self.errors.get(name).is_none() {
            self.errors.add(name, FieldProblem::Required);
        }
    }

    /// Marks a field as missing if it says `null`; not to mention it is fine.
    pub fn refuse_null<T>(&mut self, name: &'static str, field: &Patch<T>) {
        if matches!(field, Patch::Clear) {
            self.errors.add(name, FieldProblem::Required);
        }
    }

    /// One trimmed line of at most [`MAX_LINE`] characters; an empty one counts as `null`.
    pub fn line(&mut self, name: &'static str) -> Patch<String> {
        self.read(name, one_line).emptied(String::is_empty)
    }

    /// A longer text of at most [`MAX_TEXT`] characters, kept as it is.
    pub fn text(&mut self, name: &'static str) -> Patch<String> {
        self.read(name, |value| {
            let text = value.as_str().filter(|text| !text.contains('\0')).ok_or(FieldProblem::Invalid)?;
            if text.chars().count() > MAX_TEXT { Err(FieldProblem::TooLong) } else { Ok(text.to_owned()) }
        })
    }

    /// A phone number, stored as E.164.
    pub fn phone(&mut self, name: &'static str) -> Patch<Phone> {
        self.read(name, |value| {
            Phone::parse(value.as_str().ok_or(FieldProblem::InvalidPhone)?)
                .map_err(|_| FieldProblem::InvalidPhone)
        })
    }

    /// A mail address.
    pub fn email(&mut self, name: &'static str) -> Patch<Email> {
        self.read(name, |value| {
            Email::parse(value.as_str().ok_or(FieldProblem::InvalidEmail)?)
                .map_err(|_| FieldProblem::InvalidEmail)
        })
    }

    /// A birthday, `1990-05-01` or `--05-01`.
    pub fn birthday(&mut self, name: &'static str) -> Patch<Birthday> {
        self.read(name, |value| {
            let text = value.as_str().ok_or(FieldProblem::InvalidBirthday)?;
            text.parse().map_err(|_| FieldProblem::InvalidBirthday)
        })
    }

    /// An amount in currency units, a JSON number or a decimal in a string; not negative unless `signed`.
    pub fn money(&mut self, name: &'static str, currency: Currency, sign: Sign) -> Patch<Money> {
        self.read(name, |value| {
            let money = match value {
                Json::Number(number) => Money::from_json_number(number, currency),
                Json::String(text) => Money::parse_decimal(text, currency),
                _ => return Err(FieldProblem::NotANumber),
            };
            match money {
                Ok(money) if money.minor() < 0 && sign == Sign::NotNegative => Err(FieldProblem::OutOfRange),
                Ok(money) => Ok(money),
                Err(MoneyError::TooPrecise) => Err(FieldProblem::TooPrecise),
                Err(MoneyError::OutOfRange) => Err(FieldProblem::OutOfRange),
                Err(_) => Err(FieldProblem::NotANumber),
            }
        })
    }

    /// Amounts by name, e.g. taxes.
    pub fn amounts(&mut self, name: &'static str, currency: Currency) -> Patch<BTreeMap<String, Number>> {
        self.read(name, |value| {
            let map = value.as_object().ok_or(FieldProblem::Invalid)?;
            let amount = |value: &Json| match value {
                Json::Number(number) => {
                    Money::from_json_number(number, currency).map_err(|_| FieldProblem::NotANumber)
                }
                _ => Err(FieldProblem::NotANumber),
            };
            map.iter().map(|(key, value)| Ok((key_line(key)?, amount(value)?.to_json_number()))).collect()
        })
    }

    /// A currency code; the given one if the field is absent.
    pub fn currency(&mut self, name: &'static str, default: Currency) -> Currency {
        let read = self.read(name, |value| {
            value.as_str().and_then(|code| code.parse().ok()).ok_or(FieldProblem::Invalid)
        });
        read.into_option().unwrap_or(default)
    }

    /// A calendar day, `2018-06-09`, in the years that a visit may lie in.
    pub fn date(&mut self, name: &'static str) -> Patch<String> {
        self.read(name, |value| {
            let text = value.as_str().ok_or(FieldProblem::Invalid)?;
            let date: jiff::civil::Date = text.parse().map_err(|_| FieldProblem::Invalid)?;
            if date.to_string() != text {
                return Err(FieldProblem::Invalid);
            }
            if crate::dates::YEARS.contains(&date.year()) {
                Ok(text.to_owned())
            } else {
                Err(FieldProblem::OutOfRange)
            }
        })
    }

    /// Any JSON number.
    pub fn number(&mut self, name: &'static str) -> Patch<Number> {
        self.read(name, |value| value.as_number().cloned().ok_or(FieldProblem::NotANumber))
    }

    /// A whole number within bounds.
    pub fn whole(&mut self, name: &'static str, least: u32, most: u32) -> Patch<u32> {
        self.read(name, |value| {
            let number = value.as_i64().ok_or(FieldProblem::NotANumber)?;
            u32::try_from(number).ok().filter(|n| (least..=most).contains(n)).ok_or(FieldProblem::OutOfRange)
        })
    }

    /// Yes or no.
    pub fn flag(&mut self, name: &'static str) -> Patch<bool> {
        self.read(name, |value| value.as_bool().ok_or(FieldProblem::Invalid))
    }

    /// An id.
    pub fn id<T: From<Uuid>>(&mut self, name: &'static str) -> Patch<T> {
        self.read(name, |value| {
            value
                .as_str()
                .and_then(|text| Uuid::parse_str(text).ok())
                .map(T::from)
                .ok_or(FieldProblem::Invalid)
        })
    }

    /// One of some words.
    pub fn word(&mut self, name: &'static str, words: &'static [&'static str]) -> Patch<&'static str> {
        self.read(name, |value| {
            let text = value.as_str().ok_or(FieldProblem::Invalid)?;
            words.iter().copied().find(|word| *word == text).ok_or(FieldProblem::Invalid)
        })
    }

    /// A set of lines: `["vip", "утро"]`. Sorted, no line twice.
    pub fn set(&mut self, name: &'static str) -> Patch<Vec<String>> {
        self.read(name, |value| {
            let list = value.as_array().ok_or(FieldProblem::Invalid)?;
            if list.len() > MAX_ENTRIES {
                return Err(FieldProblem::TooLong);
            }
            let lines: BTreeSet<String> = list.iter().map(one_line).collect::<Result<_, _>>()?;
            Ok(lines.into_iter().filter(|line| !line.is_empty()).collect())
        })
    }

    /// A map of lines: `{ "+79161234567": "мама" }`.
    pub fn lines(&mut self, name: &'static str) -> Patch<BTreeMap<String, String>> {
        self.read(name, |value| {
            let map = value.as_object().ok_or(FieldProblem::Invalid)?;
            if map.len() > MAX_ENTRIES {
                return Err(FieldProblem::TooLong);
            }
            map.iter().map(|(key, value)| Ok((key_line(key)?, one_line(value)?))).collect()
        })
    }

    /// Any JSON object of moderate size, such as `meta` or `preferences`. `null` removes an entry.
    pub fn object(&mut self, name: &'static str) -> Patch<Map<String, Json>> {
        self.read(name, |value| {
            let map = value.as_object().filter(|_| is_plain(value)).ok_or(FieldProblem::Invalid)?;
            if map.len() > MAX_ENTRIES || value.to_string().len() > MAX_TEXT {
                return Err(FieldProblem::TooLong);
            }
            map.iter().map(|(key, value)| Ok((key_line(key)?, value.clone()))).collect()
        })
    }

    /// A list of anything, of moderate size.
    pub fn list(&mut self, name: &'static str) -> Patch<Vec<Json>> {
        self.read(name, |value| {
            let list = value.as_array().filter(|_| is_plain(value)).ok_or(FieldProblem::Invalid)?;
            if list.len() > MAX_ENTRIES { Err(FieldProblem::TooLong) } else { Ok(list.clone()) }
        })
    }

    /// A list of JSON objects of moderate size.
    pub fn objects(&mut self, name: &'static str) -> Patch<Vec<Map<String, Json>>> {
        self.read(name, |value| {
            let list = value.as_array().filter(|_| is_plain(value)).ok_or(FieldProblem::Invalid)?;
            if list.len() > MAX_ENTRIES || value.to_string().len() > MAX_TEXT {
                return Err(FieldProblem::TooLong);
            }
            list.iter().map(|entry| entry.as_object().cloned().ok_or(FieldProblem::Invalid)).collect()
        })
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&Json) -> Result<T, FieldProblem>,
    ) -> Patch<T> {
        self.known.insert(name);
        match self.object.get(name) {
            None => Patch::Keep,
            Some(Json::Null) => Patch::Clear,
            Some(value) => match parse(value) {
                Ok(value) => Patch::Set(value),
                Err(problem) => {
                    self.errors.add(name, problem);
                    Patch::Keep
                }
            },
        }
    }
}

/// Whether an amount may be below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Zero and above.
    NotNegative,
    /// Refunds are below zero.
    Any,
}

impl<T> Patch<T> {
    fn emptied(self, is_empty: impl FnOnce(&T) -> bool) -> Self {
        match self {
            Self::Set(value) if is_empty(&value) => Self::Clear,
            other => other,
        }
    }
}

/// Whether every place can keep and read a value of any shape: no U+0000 in its texts, which no database keeps and nobody
/// types, and no more nesting than a document is read with.
#[must_use]
pub fn is_plain(value: &Json) -> bool {
    levels(value) < MAX_NESTING && !has_nul(value)
}

/// How many objects and lists lie inside each other. No parser of ours gives one that is too deep to be walked.
fn levels(value: &Json) -> usize {
    match value {
        Json::Array(list) => 1 + list.iter().map(levels).max().unwrap_or(0),
        Json::Object(map) => 1 + map.values().map(levels).max().unwrap_or(0),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 0,
    }
}

fn has_nul(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains('\0'),
        Json::Array(list) => list.iter().any(has_nul),
        Json::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn one_line(value: &Json) -> Result<String, FieldProblem> {
    let text = value.as_str().ok_or(FieldProblem::Invalid)?.trim();
    if text.chars().any(char::is_control) {
        Err(FieldProblem::Invalid)
    } else if text.chars().count() > MAX_LINE {
        Err(FieldProblem::TooLong)
    } else {
        Ok(text.to_owned())
    }
}

fn key_line(key: &str) -> Result<String, FieldProblem> {
    let key = one_line(&Json::from(key))?;
    if key.is_empty() { Err(FieldProblem::Invalid) } else { Ok(key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_three_hundred_characters_is_taken_as_it_is_and_not_one_more() {
        let read = |length: usize| {
            let body = serde_json::json!({ "name": "🌸".repeat(length) });
            let mut fields = Fields::new(body.as_object().unwrap());
            let name = fields.line("name");
            fields.finish(name)
        };
        assert_eq!(read(300).unwrap(), Patch::Set("🌸".repeat(300)));
        assert_eq!(
            serde_json::to_value(read(301).unwrap_err()).unwrap(),
            serde_json::json!({ "name": "too_long" })
        );
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let body = serde_json::json!({ "name": "", "phone": "12", "price": 1.005, "colour": "red" });
        let mut fields = Fields::new(body.as_object().unwrap());
        let name = fields.line("name");
        fields.require("name", &name);
        fields.phone("phone");
        fields.money("price", Currency::RUB, Sign::NotNegative);
        let errors = fields.finish(()).unwrap_err();
        assert_eq!(
            serde_json::to_value(&errors).unwrap(),
            serde_json::json!({ "colour": "unknown", "name": "required", "phone": "invalid_phone", "price": "too_precise" })
        );
    }

    #[test]
    fn of_a_flood_of_unknown_fields_the_first_are_named() {
        let body: Map<String, Json> = (0..10_000).map(|n| (format!("k{n}"), Json::Null)).collect();
        let errors = Fields::new(&body).finish(()).unwrap_err();
        assert_eq!(errors.iter().count(), MAX_ENTRIES);
    }
}
