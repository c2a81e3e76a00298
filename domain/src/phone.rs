//! Telephone numbers: parsed once, at the door, and carried in their international form. Knows nothing of SMS or calls.
//!
//! Which numbers exist comes from the tables of the crate `phonenumber`; its own parser is not used, because 0.3.10 takes
//! the 8 of `+7 812`, `+7 843` and `8 800` for the trunk prefix and refuses St Petersburg and Kazan (its issue 76).

use std::fmt;
use std::str::FromStr;

use phonenumber::metadata::{DATABASE, Format};
use phonenumber::{Metadata, Type};
use serde::{Deserialize, Serialize};

use crate::errors::FieldProblem;

/// A telephone number in E.164 form: `+79161234567`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = "phone", example = "+79161234567"))]
pub struct Phone(String);

/// Why a text is not a telephone number. Says nothing of the text itself, which may be somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Empty, or it holds more than digits, `+` and the usual separators (a name, an extension).
    #[error("not a telephone number")]
    NotANumber,
    /// Digits, but no country has such a number.
    #[error("no such telephone number is possible")]
    NotValid,
    /// Not of the form that [`Phone::as_str`] gives.
    #[error("not an E.164 number")]
    NotStored,
}

/// The country code of a number written without one. Russia and Kazakhstan share it, and the habit of dialling 8 first.
const HOME: &str = "7";

/// The international prefixes that are dialled instead of a `+`: from Russia, and from most of the world.
const DIALLED_PLUS: [&str; 2] = ["810", "00"];

/// Longer texts are not looked at; a number with all its separators has about 20 characters.
const MAX_TYPED: usize = 64;

impl Phone {
    /// Reads a number as people write it: `8 916 123-45-67`, `+7 (916) 123 45 67`, `79161234567`, `+375 29 123-45-67`.
    /// Without a country code it is Russian. The number must be one that its country can have.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let dialled = dialled(text).ok_or(PhoneError::NotANumber)?;
        let found = match dialled.strip_prefix('+') {
            Some(international) => existing(international),
            None => existing(&format!("{HOME}{dialled}"))
                .or_else(|| DIALLED_PLUS.iter().find_map(|plus| existing(dialled.strip_prefix(plus)?)))
                .or_else(|| existing(&dialled)),
        };
        found.ok_or(PhoneError::NotValid)
    }

    /// Takes a number in E.164 form and nothing else. Whether its country can have it is not asked again, because the
    /// list of countries grows from build to build and what is stored must stay readable.
    pub fn from_stored(text: &str) -> Result<Self, PhoneError> {
        match text.strip_prefix('+').map(str::as_bytes) {
            Some([b'1'..=b'9', rest @ ..])
                if (5..=14).contains(&rest.len()) && rest.iter().all(u8::is_ascii_digit) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(PhoneError::NotStored),
        }
    }

    /// The number in E.164 form: `+`, country code, number, digits only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as its country writes it for the rest of the world: `+7 916 123-45-67`.
    #[must_use]
    pub fn shown(&self) -> String {
        let digits = self.0.trim_start_matches('+');
        let Some((code, national, countries)) = country_of(digits) else { return self.0.clone() };
        let formats = countries.iter().flat_map(|country| match country.international_formats() {
            [] => country.formats(),
            formats => formats,
        });
        let fits = |format: &&Format| {
            // The last of the leading digits are the longest, and say the most.
            format
                .leading_digits()
                .last()
                .is_none_or(|leading| leading.find(national).is_some_and(|found| found.start() == 0))
                && format.pattern().find(national).is_some_and(|found| found.as_str() == national)
        };
        match formats.into_iter().find(fits) {
            Some(format) => format!("+{code} {}", format.pattern().replace(national, format.format())),
            None => format!("+{code} {national}"),
        }
    }
}

/// The digits, with the `+` that may stand first. Separators and the invisible marks that copying from a contact list
/// leaves behind are dropped; any other character means that this is not (only) a number.
fn dialled(text: &str) -> Option<String> {
    if text.len() > MAX_TYPED {
        return None;
    }
    let mut dialled = String::new();
    for character in text.trim().trim_start_matches("tel:").chars() {
        match character {
            '0'..='9' => dialled.push(character),
            '+' if dialled.is_empty() => dialled.push(character),
            _ if is_separator(character) => {}
            _ => return None,
        }
    }
    dialled.contains(|character: char| character.is_ascii_digit()).then_some(dialled)
}

fn is_separator(character: char) -> bool {
    let dash_or_bracket =
        matches!(character, '-' | '(' | ')' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let mark = matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    dash_or_bracket || mark || character.is_whitespace()
}

/// The number with these digits, country code first, if some country has it: as it is, or without the trunk prefix that
/// people leave in (`+7 8 916..`, `+44 (0)20..`).
fn existing(international: &str) -> Option<Phone> {
    let (code, national, countries) = country_of(international)?;
    let as_it_is = countries.iter().any(|country| has_number(country, national)).then_some(national);
    let national = as_it_is.or_else(|| {
        countries.iter().find_map(|country| {
            national.strip_prefix(country.national_prefix()?).filter(|national| has_number(country, national))
        })
    })?;
    Phone::from_stored(&format!("+{code}{national}")).ok()
}

/// Country code, national number, and the countries with this code. No code is the beginning of another one, so at most one
/// length finds countries.
fn country_of(international: &str) -> Option<(&str, &str, Vec<&'static Metadata>)> {
    (1..=3).find_map(|length| {
        let (code, national) =
            international.split_at_checked(length).filter(|_| !international.starts_with('0'))?;
        Some((code, national, DATABASE.by_code(&code.parse::<u16>().ok()?)?))
    })
}

/// Whether a country gives out such a number, to anybody for anything.
fn has_number(country: &Metadata, national: &str) -> bool {
    let all = country.descriptors();
    all.general().is_match(national)
        && KINDS.iter().filter_map(|kind| all.get(*kind)).any(|kind| {
            // The patterns are not bound to the end of the number: its length is.
            kind.possible_length().iter().any(|length| usize::from(*length) == national.len())
                && kind.is_match(national)
        })
}

const KINDS: [Type; 10] = [
    Type::Mobile,
    Type::FixedLine,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        Self::from_stored(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl From<PhoneError> for FieldProblem {
    fn from(_: PhoneError) -> Self {
        Self::InvalidPhone
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Hides the middle of the number: what is printed for debugging may end in a log.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({}…{})", &self.0[..2], &self.0[self.0.len() - 2..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ways_people_write_one_number_give_one_number() {
        for text in [
            "8 916 123-45-67",
            "+7 (916) 123 45 67",
            "+79161234567",
            "79161234567",
            "89161234567",
            "9161234567",
            "916 123 45 67",
            "8(916)123.45.67",
            " tel:+7-916-123-45-67 ",
            "\u{202a}+7\u{a0}916\u{a0}123\u{2011}45\u{2013}67\u{202c}",
            "8 10 7 916 123 45 67",
        ] {
            assert_eq!(Phone::parse(text).as_ref().map(Phone::as_str), Ok("+79161234567"), "{text:?}");
        }
    }

    #[test]
    fn other_countries_need_their_code() {
        let parse = |text: &str| Phone::parse(text).map(String::from);
        assert_eq!(parse("+375 29 123-45-67"), Ok("+375291234567".to_owned()));
        assert_eq!(parse("+7 701 123 45 67"), Ok("+77011234567".to_owned()));
        assert_eq!(parse("+1 416-555-0123"), Ok("+14165550123".to_owned()));
        assert_eq!(parse("+49 30 901820"), Ok("+4930901820".to_owned()));
        assert_eq!(parse("+44 (0)20 7946 0958"), Ok("+442079460958".to_owned()));
        assert_eq!(parse("+39 06 698 1234"), Ok("+39066981234".to_owned()));
        assert_eq!(parse("+81 80 1234 5678"), Ok("+818012345678".to_owned()));
        assert_eq!(parse("+375 800 111 111"), Ok("+375800111111".to_owned()));
        assert_eq!(parse("375 29 123-45-67"), Ok("+375291234567".to_owned()));
        assert_eq!(parse("00 49 30 901820"), Ok("+4930901820".to_owned()));
    }

    #[test]
    fn an_area_code_that_begins_with_8_is_not_a_trunk_prefix() {
        for (text, number) in [
            ("+7 812 325-45-67", "+78123254567"),
            ("8 (812) 325-45-67", "+78123254567"),
            ("812 325 45 67", "+78123254567"),
            ("78123254567", "+78123254567"),
            ("8 843 200 45 67", "+78432004567"),
            ("8 800 555-35-35", "+78005553535"),
            ("+7 8 916 123 45 67", "+79161234567"),
        ] {
            assert_eq!(Phone::parse(text).as_ref().map(Phone::as_str), Ok(number), "{text:?}");
        }
    }

    #[test]
    fn the_example_numbers_of_every_country_parse_to_themselves() {
        for country in DATABASE.iter() {
            let examples = KINDS.iter().filter_map(|kind| country.descriptors().get(*kind)?.example());
            for number in examples.map(|national| format!("+{}{national}", country.country_code())) {
                assert_eq!(Phone::parse(&number).map(String::from), Ok(number), "{}", country.id());
            }
        }
    }

    #[test]
    fn names_extensions_and_impossible_numbers_are_refused() {
        for text in [
            "",
            " ",
            "+",
            "Анна",
            "8 916 123 45 67 Анна",
            "8 800 CALL NOW",
            "+7 916 123 45 67 доб. 5",
            "٨٩١٦",
        ] {
            assert_eq!(Phone::parse(text), Err(PhoneError::NotANumber), "{text:?}");
        }
        for text in ["1", "123", "8 916 123-45-6", "8 916 123-45-678", "+7 000 000 00 00", "+999 123 456 789"]
        {
            assert_eq!(Phone::parse(text), Err(PhoneError::NotValid), "{text:?}");
        }
    }

    #[test]
    fn stored_numbers_are_taken_as_they_are_and_only_in_e164() {
        assert_eq!(serde_json::from_str::<Phone>("\"+79161234567\"").unwrap().to_string(), "+79161234567");
        for text in
            ["79161234567", "8 916 123-45-67", "+7 916 1234567", "+0916123456", "+12345", "+1234567890123456"]
        {
            assert_eq!(Phone::from_stored(text), Err(PhoneError::NotStored), "{text:?}");
        }
    }

    #[test]
    fn a_log_does_not_show_the_number() {
        let phone = Phone::parse("+79161234567").unwrap();
        assert_eq!(format!("{phone:?}"), "Phone(+7…67)");
        assert_eq!(serde_json::to_string(&phone).unwrap(), "\"+79161234567\"");
    }

    proptest! {
        #[test]
        fn what_is_parsed_parses_to_itself(text in "\\PC{0,20}|[+]?[0-9() -]{1,20}|[+]?[78]9[0-9]{9}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
                prop_assert_eq!(Phone::from_stored(phone.as_str()), Ok(phone));
            }
        }
    }
}
