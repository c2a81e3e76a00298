//! Birthdays: a day of the year, with the year if the client told it. Knows no ages and no today.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{YEARS, text};
use crate::errors::FieldProblem;

/// A birthday as `1990-05-01`, or `--05-01` where the year is not known (ISO 8601). 29 February needs a leap year or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Birthday {
    year: Option<i16>,
    month: i8,
    day: i8,
}

/// Why a text is not a birthday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthdayError {
    /// Neither `1990-05-01` nor `--05-01`.
    #[error("not a birthday")]
    NotABirthday,
    /// The calendar has no such day.
    #[error("there is no such day")]
    NoSuchDay,
    /// A year outside 1900..=2200.
    #[error("the year is out of range")]
    YearOutOfRange,
}

impl Birthday {
    /// Reads `1990-05-01` or `--05-01`, with spaces around at most.
    pub fn parse(text: &str) -> Result<Self, BirthdayError> {
        let text = text.trim();
        if text::has_shape(text, "0000-00-00") {
            let date = text.parse::<Date>().map_err(|_| BirthdayError::NoSuchDay)?;
            if !YEARS.contains(&date.year()) {
                return Err(BirthdayError::YearOutOfRange);
            }
            Ok(Self { year: Some(date.year()), month: date.month(), day: date.day() })
        } else if text::has_shape(text, "--00-00") {
            // Any day of a leap year may be somebody's birthday.
            let date =
                format!("2000-{}", &text[2..]).parse::<Date>().map_err(|_| BirthdayError::NoSuchDay)?;
            Ok(Self { year: None, month: date.month(), day: date.day() })
        } else {
            Err(BirthdayError::NotABirthday)
        }
    }

    /// The year of birth, if known.
    #[must_use]
    pub fn year(self) -> Option<i16> {
        self.year
    }

    /// The month, 1..=12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.month
    }

    /// The day of the month, 1..=31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.day
    }
}

impl FromStr for Birthday {
    type Err = BirthdayError;

    fn from_str(text: &str) -> Result<Self, BirthdayError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Birthday {
    type Error = BirthdayError;

    fn try_from(text: String) -> Result<Self, BirthdayError> {
        Self::parse(&text)
    }
}

impl From<Birthday> for String {
    fn from(birthday: Birthday) -> Self {
        birthday.to_string()
    }
}

impl From<BirthdayError> for FieldProblem {
    fn from(_: BirthdayError) -> Self {
        Self::InvalidBirthday
    }
}

impl fmt::Display for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}-{:02}-{:02}", self.month, self.day),
            None => write!(f, "--{:02}-{:02}", self.month, self.day),
        }
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    //! How a birthday looks in the API description: a string, not the parts that it is kept in.
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

    use super::Birthday;

    impl utoipa::PartialSchema for Birthday {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some(r"^(\d{4}|-)-\d{2}-\d{2}$"))
                .description(Some("A birthday, `--05-01` where the year is not known."))
                .examples([serde_json::json!("1990-05-01")])
                .into()
        }
    }

    impl utoipa::ToSchema for Birthday {}
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_year_is_optional() {
        let known = Birthday::parse(" 1990-05-01 ").unwrap();
        assert_eq!((known.year(), known.month(), known.day()), (Some(1990), 5, 1));
        assert_eq!(known.to_string(), "1990-05-01");
        let unknown: Birthday = serde_json::from_str("\"--02-29\"").unwrap();
        assert_eq!((unknown.year(), unknown.month(), unknown.day()), (None, 2, 29));
        assert_eq!(serde_json::to_string(&unknown).unwrap(), "\"--02-29\"");
        assert!(Birthday::parse("2000-02-29").is_ok());
    }

    #[test]
    fn days_that_do_not_exist_and_other_forms_are_refused() {
        for text in ["1990-02-29", "1990-13-01", "1990-04-31", "--02-30", "--00-10", "--12-00"] {
            assert_eq!(Birthday::parse(text), Err(BirthdayError::NoSuchDay), "{text:?}");
        }
        for text in
            ["", "01.05.1990", "1990-5-1", "90-05-01", "-05-01", "1990-05-01T00:00", "19900501", "١٩٩٠-٠٥"]
        {
            assert_eq!(Birthday::parse(text), Err(BirthdayError::NotABirthday), "{text:?}");
        }
        assert_eq!(Birthday::parse("1899-12-31"), Err(BirthdayError::YearOutOfRange));
    }

    proptest! {
        #[test]
        fn what_is_parsed_parses_to_itself(text in "(1[89][0-9]{2}|20[0-9]{2}|-)-[01][0-9]-[0-3][0-9]|\\PC{0,12}") {
            if let Ok(birthday) = Birthday::parse(&text) {
                prop_assert_eq!(birthday.to_string(), text.trim());
            }
        }
    }
}
