//! The query of a list, read field by field like a body: every mistake is told, an unknown name is a mistake.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::paging::{Cursor, Limit};
use super::refusal::Refusal;
use crate::errors::{ErrorCode, FieldErrors, FieldProblem};

/// The query parameters of a request that nobody has read yet.
#[derive(Clone, Debug)]
pub struct QueryFields {
    fields: BTreeMap<String, String>,
    errors: FieldErrors,
}

impl QueryFields {
    /// The parameters of a query, each with its name and its value.
    #[must_use]
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut read = Self { fields: BTreeMap::new(), errors: FieldErrors::new() };
        for (name, value) in pairs {
            // `filter[...]` stays as it was written: the list reads it, and tells mistakes by that name.
            let name = if name.contains('[') { name } else { camel_case(&name) };
            // Said twice, it is not clear which one is meant.
            if value.contains('\0') || read.fields.insert(name.clone(), value).is_some() {
                read.errors.add(name, FieldProblem::Invalid);
            }
        }
        read
    }

    /// Takes all parameters whose names begin so.
    pub fn take_prefixed(&mut self, start: &str) -> Vec<(String, String)> {
        let (taken, left) =
            std::mem::take(&mut self.fields).into_iter().partition(|(name, _)| name.starts_with(start));
        self.fields = left;
        BTreeMap::into_iter(taken).collect()
    }

    /// Whether there are any parameters whose names begin so.
    #[must_use]
    pub fn has_prefixed(&self, start: &str) -> bool {
        self.fields.keys().any(|name| name.starts_with(start))
    }

    /// Notes a mistake.
    pub fn mistake(&mut self, name: &str, problem: FieldProblem) {
        self.errors.add(name, problem);
    }

    /// A word as it was written, also an empty one.
    pub fn word(&mut self, name: &str) -> Option<String> {
        self.fields.remove(name)
    }

    /// A text, trimmed; an empty one counts as absent.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let text = self.fields.remove(name)?;
        let text = text.trim();
        if text.chars().count() > crate::input::MAX_LINE {
            self.errors.add(name, FieldProblem::TooLong);
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Anything that can be parsed, such as an id.
    pub fn parsed<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let text = self.fields.remove(name)?;
        self.errors.check(name, text.trim().parse().map_err(|_| FieldProblem::Invalid))
    }

    /// Anything that can be parsed and must be there.
    pub fn required<T: FromStr>(&mut self, name: &str) -> Option<T> {
        if !self.fields.contains_key(name) {
            self.errors.add(name, FieldProblem::Required);
        }
        self.parsed(name)
    }

    /// Ends: whatever is left is unknown.
    pub fn finish(mut self) -> Result<(), Refusal> {
        for name in std::mem::take(&mut self.fields).into_keys() {
            self.errors.add(name, FieldProblem::Unknown);
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Refusal { fields: self.errors, ..Refusal::new(ErrorCode::BadRequest) })
    }

    /// A moment, RFC 3339, or a day, which then begins in the given zone.
    pub fn moment(&mut self, name: &str, zone: &str) -> Option<Timestamp> {
        let text = self.fields.remove(name)?;
        let moment = Self::read_moment(text.trim(), zone);
        self.errors.check(name, moment)
    }

    /// Reads a moment out of a text.
    pub fn read_moment(text: &str, zone: &str) -> Result<Timestamp, FieldProblem> {
        let midnight = (text.len() == "2026-12-01".len()).then(|| format!("{text}T00:00"));
        let time = crate::dates::VisitTime::parse_input(midnight.as_deref().unwrap_or(text), zone, 1)?;
        Ok(time.starts_at())
    }

    /// Reads `limit` and `cursor` of a list and ends: whatever is left is unknown.
    /// `filters` is all that the cursor must agree with; a cursor of another list or other filters is refused.
    pub fn page(mut self, list: &str, filters: &[&dyn std::fmt::Debug]) -> Result<(Limit, Cursor), Refusal> {
        let limit = self.limit();
        let cursor = self.fields.remove("cursor");
        self.finish()?;
        let view = hex::encode(&Sha256::digest(format!("{list} {filters:?}"))[..8]);
        Ok((limit, Cursor::read(view, cursor.as_deref())?))
    }

    fn limit(&mut self) -> Limit {
        let Some(text) = self.fields.remove("limit") else { return Limit::DEFAULT };
        let limit = text.parse().map_err(|_| FieldProblem::NotANumber);
        let limit = limit.and_then(|number| Limit::new(number).ok_or(FieldProblem::OutOfRange));
        self.errors.check("limit", limit).unwrap_or(Limit::DEFAULT)
    }
}

/// `updated_at` as `updatedAt`; camelCase stays.
#[must_use]
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}
