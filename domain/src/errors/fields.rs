//! What is wrong with single fields of a request: collected all at once, so that a form shows every mistake together.
//! Knows no field by name and no words for people.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::wire_enum;

wire_enum! {
    /// What is wrong with one field. Written in `snake_case` under `error.fields`.
    pub enum FieldProblem {
        /// Absent, null or blank, but needed.
        Required = "required",
        /// Not acceptable, and no other problem says it better.
        Invalid = "invalid",
        /// More characters or entries than allowed.
        TooLong = "too_long",
        /// Fewer characters or entries than needed.
        TooShort = "too_short",
        /// Names something that does not exist (an id, a value of a list).
        Unknown = "unknown",
        /// Should be a number.
        NotANumber = "not_a_number",
        /// An amount with more than two decimals.
        TooPrecise = "too_precise",
        /// A number or date outside its limits.
        OutOfRange = "out_of_range",
        /// Must be unique and is in use.
        Taken = "taken",
        /// Not the name of a time zone.
        UnknownZone = "unknown_zone",
        /// Not a telephone number that can be called.
        InvalidPhone = "invalid_phone",
        /// Not an e-mail address.
        InvalidEmail = "invalid_email",
        /// Not a birthday, with or without the year.
        InvalidBirthday = "invalid_birthday",
        /// Not a date and time.
        InvalidTime = "invalid_time",
        /// Lies over another entry of its list.
        Overlaps = "overlaps",
        /// May not be set here or now.
        NotAllowed = "not_allowed",
        /// A code that was never given out, was used, or is past its time.
        CodeInvalid = "code_invalid",
        /// Not the password of the account.
        WrongPassword = "wrong_password",
        /// A file with nothing in it.
        FileEmpty = "file_empty",
        /// A file over the limit.
        FileTooLarge = "file_too_large",
        /// A file with more rows than one import takes.
        TooManyRows = "too_many_rows",
        /// A table with more columns than anybody fills.
        TooManyColumns = "too_many_columns",
        /// A spreadsheet that unpacks to more than the limit.
        SpreadsheetTooLarge = "spreadsheet_too_large",
        /// A spreadsheet that is cut or damaged.
        SpreadsheetUnreadable = "spreadsheet_unreadable",
        /// A spreadsheet of before 2007, or one with a password.
        SpreadsheetOld = "spreadsheet_old",
        /// Text in other letters than the map says.
        WrongEncoding = "wrong_encoding",
        /// The columns do not say what they mean; a map must.
        MapNeeded = "map_needed",
        /// A map that cannot be understood.
        MapInvalid = "map_invalid",
        /// A map that names columns which the file has not, or has twice.
        MapDoesNotFit = "map_does_not_fit",
        /// Contact cards where something else than clients is imported.
        CardsAreClients = "cards_are_clients",
        /// A calendar where something else than visits is imported.
        CalendarsAreVisits = "calendars_are_visits",
        /// Not a full export of this program, or one that is cut.
        BadExport = "bad_export",
        /// A file that is not a picture of a kind we keep.
        NotAPicture = "not_a_picture",
        /// A picture with more points than we open.
        PictureTooLarge = "picture_too_large",
        /// A picture that is cut or damaged.
        PictureUnreadable = "picture_unreadable",
        /// A place in a text that nothing fills in.
        UnknownPlaceholder = "unknown_placeholder",
        /// A currency other than that of the business.
        OtherCurrency = "other_currency",
    }
}

/// The problems of a request by field name, in the alphabetical order of the names. A field has one problem: the first
/// that was found. As JSON `{ "email": "invalid_email", "phone": "invalid_phone" }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[must_use]
pub struct FieldErrors(BTreeMap<String, FieldProblem>);

impl FieldErrors {
    /// No problem yet.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Just this one problem.
    pub fn one(field: impl Into<String>, problem: FieldProblem) -> Self {
        let mut errors = Self::new();
        errors.add(field, problem);
        errors
    }

    /// Notes a problem, unless the field has one already.
    pub fn add(&mut self, field: impl Into<String>, problem: FieldProblem) {
        self.0.entry(field.into()).or_insert(problem);
    }

    /// The value of a parse, or `None` with its error noted as the problem of the field.
    pub fn check<T, E: Into<FieldProblem>>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error.into())).ok()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problem of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<FieldProblem> {
        self.0.get(field).copied()
    }

    /// All problems with the names of their fields, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, FieldProblem)> {
        self.0.iter().map(|(field, problem)| (field.as_str(), *problem))
    }

    /// These problems and others; of a field that has one in both, this one's.
    pub fn and(mut self, others: &Self) -> Self {
        for (field, problem) in others.iter() {
            self.add(field, problem);
        }
        self
    }

    /// The value if nothing is wrong, otherwise the problems.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (field, problem)) in self.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{field}: {problem}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Phone;

    #[test]
    fn every_problem_has_one_name() {
        for &problem in FieldProblem::ALL {
            assert_eq!(serde_json::to_string(&problem).unwrap(), format!("\"{problem}\""));
            assert_eq!(FieldProblem::from_wire(problem.as_str()), Some(problem));
        }
    }

    #[test]
    fn problems_are_sorted_by_field_and_the_first_of_a_field_stays() {
        let mut errors = FieldErrors::one("phone", FieldProblem::InvalidPhone);
        errors.add("name", FieldProblem::Required);
        errors.add("phone", FieldProblem::Taken);
        assert_eq!(serde_json::to_string(&errors).unwrap(), r#"{"name":"required","phone":"invalid_phone"}"#);
        assert_eq!(errors.to_string(), "name: required, phone: invalid_phone");
        assert_eq!(errors.get("phone"), Some(FieldProblem::InvalidPhone));
        assert_eq!(errors.clone().into_result("value"), Err(errors));
    }

    #[test]
    fn a_failed_check_leaves_a_problem_and_a_good_one_its_value() {
        let mut errors = FieldErrors::new();
        assert!(errors.check("phone", Phone::parse("8 916 123-45-67")).is_some());
        assert!(errors.is_empty());
        assert_eq!(errors.check("phone", Phone::parse("123")), None);
        assert_eq!(errors.get("phone"), Some(FieldProblem::InvalidPhone));
        assert_eq!(FieldErrors::new().into_result(7), Ok(7));
    }
}
