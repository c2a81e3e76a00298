//! Amounts as other programs write them: `1 234,50 ₽`, `$1,234.5`, `(82.00)`.
//!
//! Part of the import room. Pure, and strict where it matters: a mark that could be either thousands or decimals is
//! never guessed at, the map says which is which. What is left is read by `crate::money`, from its digits.

use crate::money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};

/// What stands before the cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecimalMark {
    /// `1234.50`
    #[default]
    #[serde(rename = ".")]
    Point,
    /// `1234,50`
    #[serde(rename = ",")]
    Comma,
}

/// An amount that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The money.
    pub money: Money,
    /// The decimal as it was written, if further decimals were rounded away.
    pub exact: Option<String>,
}

/// Signs of money around the digits; a sign says nothing about the currency, the map does.
const SIGNS: [&str; 9] = ["руб.", "руб", "р.", "₽", "$", "€", "£", "₸", "CA"];

/// Reads an amount of at most two decimals.
pub fn parse_amount(text: &str, mark: DecimalMark, currency: Currency) -> Result<Money, MoneyError> {
    Money::parse_decimal(&plain(text, mark).ok_or(MoneyError::NotANumber)?, currency)
}

/// Reads an amount of any number of decimals, half a cent and more rounded away from zero. For taxes, which some
/// programs write unrounded.
pub fn parse_rounded(text: &str, mark: DecimalMark, currency: Currency) -> Result<Amount, MoneyError> {
    let decimal = plain(text, mark).ok_or(MoneyError::NotANumber)?;
    let Some((units, fraction)) = decimal.split_once('.').filter(|(_, fraction)| fraction.len() > 2) else {
        return Ok(Amount { money: Money::parse_decimal(&decimal, currency)?, exact: None });
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MoneyError::NotANumber);
    }
    let cut = Money::parse_decimal(&format!("{units}.{}", &fraction[..2]), currency)?;
    let cent = match (fraction.as_bytes()[2] >= b'5', decimal.starts_with('-')) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => -1,
    };
    Ok(Amount { money: cut.checked_add(Money::new(cent, currency))?, exact: Some(decimal) })
}

/// The amount as `Money::parse_decimal` takes it.
fn plain(text: &str, mark: DecimalMark) -> Option<String> {
    let mut rest = text.trim();
    let in_brackets = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    rest = in_brackets.unwrap_or(rest);
    let mut negative = in_brackets.is_some();
    for _ in 0..2 {
        for sign in SIGNS {
            rest = rest.strip_prefix(sign).or_else(|| rest.strip_suffix(sign)).unwrap_or(rest).trim();
        }
        if let Some(unsigned) = rest.strip_prefix(['-', '\u{2212}']).filter(|_| !negative) {
            (negative, rest) = (true, unsigned.trim_start());
        }
    }
    let (point, other) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    let (units, fraction) = match rest.split_once(point) {
        Some((units, fraction)) => (units, Some(fraction)),
        None => (rest, None),
    };
    let mut groups = units.split(|c: char| c == other || c == '\'' || c.is_whitespace());
    let mut digits = groups.next()?.to_owned();
    for group in groups {
        if group.len() != 3 || digits.is_empty() {
            return None;
        }
        digits.push_str(group);
    }
    let sign = if negative { "-" } else { "" };
    Some(fraction.map_or_else(|| format!("{sign}{digits}"), |fraction| format!("{sign}{digits}.{fraction}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CAD: fn() -> Currency = || "CAD".parse().unwrap();

    fn minor(text: &str, mark: DecimalMark) -> Option<i64> {
        parse_amount(text, mark, CAD()).ok().map(Money::minor)
    }

    #[test]
    fn amounts_as_people_and_programs_write_them() {
        use DecimalMark::{Comma, Point};
        for (text, mark, cents) in [
            ("82", Point, 8_200),
            ("-50.4", Point, -5_040),
            ("$1,234.5", Point, 123_450),
            ("-$5", Point, -500),
            ("$-5", Point, -500),
            ("(82.00)", Point, -8_200),
            ("1 234,50 ₽", Comma, 123_450),
            ("1\u{a0}234\u{a0}567,05 руб.", Comma, 123_456_705),
            ("1.234,50", Comma, 123_450),
            ("\u{2212}12,5", Comma, -1_250),
            ("1'234.00", Point, 123_400),
        ] {
            assert_eq!(minor(text, mark), Some(cents), "{text}");
        }
    }

    #[test]
    fn what_could_be_read_two_ways_is_not_read() {
        use DecimalMark::{Comma, Point};
        let wrong = [
            ("12,5", Point),
            ("1.5", Comma),
            ("1 2", Point),
            ("", Point),
            ("--5", Point),
            ("(-5)", Point),
            ("1.005", Point),
            ("abc", Point),
            ("1,23,456", Point),
            (",5", Comma),
            ("5 kg", Point),
            ("1e3", Point),
        ];
        for (text, mark) in wrong {
            assert_eq!(minor(text, mark), None, "{text}");
        }
    }

    #[test]
    fn further_decimals_of_taxes_are_rounded_and_kept_as_text() {
        let read = |text: &str| {
            let amount = parse_rounded(text, DecimalMark::Point, CAD()).unwrap();
            (amount.money.minor(), amount.exact)
        };
        assert_eq!(read("1.215"), (122, Some("1.215".to_owned())));
        assert_eq!(read("2.4649"), (246, Some("2.4649".to_owned())));
        assert_eq!(read("-4.035"), (-404, Some("-4.035".to_owned())));
        assert_eq!(read("-0.005"), (-1, Some("-0.005".to_owned())));
        assert_eq!(read("6.56"), (656, None));
        assert!(parse_rounded("1.00x", DecimalMark::Point, CAD()).is_err());
    }

    proptest! {
        #[test]
        fn what_money_writes_is_read_back(minor in -9_000_000_000_000_i64..9_000_000_000_000) {
            let money = Money::new(minor, CAD());
            let written = money.to_string();
            let decimal = written.split(' ').next().unwrap();
            prop_assert_eq!(parse_amount(decimal, DecimalMark::Point, CAD()).unwrap(), money);
            let comma = decimal.replace('.', ",");
            prop_assert_eq!(parse_amount(&comma, DecimalMark::Comma, CAD()).unwrap(), money);
            prop_assert_eq!(parse_rounded(decimal, DecimalMark::Point, CAD()).unwrap().money, money);
            prop_assert_eq!(parse_amount(&money.to_json_number().to_string(), DecimalMark::Point, CAD()).unwrap(), money);
            let (units, cents) = decimal.split_once('.').unwrap();
            let (sign, units) = units.strip_prefix('-').map_or(("", units), |units| ("-", units));
            let groups: Vec<&str> = units.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap()).collect();
            let grouped = format!("{sign}{},{cents} ₽", groups.join("\u{a0}"));
            prop_assert_eq!(parse_amount(&grouped, DecimalMark::Comma, CAD()).unwrap(), money);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,12}") {
            let _ = parse_rounded(&text, DecimalMark::Comma, CAD());
            let _ = parse_amount(&text, DecimalMark::Point, CAD());
        }
    }
}
