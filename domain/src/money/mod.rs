//! Amounts of money: whole minor units (kopecks, cents) and a currency. Amounts enter and leave as decimal text, never
//! through binary arithmetic, and currencies never mix. Knows no prices, discounts or rates.

mod currency;

use std::fmt;

use serde::Serialize;
use serde_json::Number;

pub use self::currency::Currency;
use crate::errors::FieldProblem;

/// The largest amount either way, in minor units: small enough that its decimal form survives JSON's binary numbers.
pub const MAX_MINOR: i64 = 90_000_000_000_000;

/// An amount in minor units of its currency. Every currency here has two decimals, which is true of those that are
/// offered (RUB, EUR, USD, CAD, KZT, BYN); one without (JPY) or with three (KWD) must not be added as it is.
///
/// Serialised as the decimal number of the REST contract (`1500`, `1500.5`; the currency travels in a field of its own).
/// Read it back with [`Money::from_json_number`], which can say what is wrong. Documents hold [`Money::to_stored`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why something is not an amount, or two amounts do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// A third decimal digit.
    #[error("more than two decimals")]
    TooPrecise,
    /// Beyond [`MAX_MINOR`] either way.
    #[error("the amount is out of range")]
    OutOfRange,
    /// Two currencies in one sum.
    #[error("the amounts are in different currencies")]
    MixedCurrency,
    /// Not three upper-case ASCII letters.
    #[error("not a currency code")]
    BadCurrency,
    /// Not of the form that [`Money::to_stored`] writes.
    #[error("not a stored amount")]
    BadStored,
}

impl Money {
    /// An amount in minor units: 150 000 is 1500.00. Amounts from outside come through the parsers, which check the range.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// An amount in kopecks.
    pub const fn rub(minor: i64) -> Self {
        Self::new(minor, Currency::RUB)
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Reads a JSON number in currency units: 1500 is 1500.00. Works on the digits that the number is written with.
    pub fn from_json_number(number: &Number, currency: Currency) -> Result<Self, MoneyError> {
        let text = number.to_string();
        match text.split_once(['e', 'E']) {
            // serde_json writes an exponent only below 0.00001 and from 10 000 000 000 000 000 on.
            Some((_, exponent)) if exponent.starts_with('-') => Err(MoneyError::TooPrecise),
            Some(_) => Err(MoneyError::OutOfRange),
            None => Self::parse_decimal(&text, currency),
        }
    }

    /// Reads decimal text in currency units: `1500`, `1500.5`, `1500.50`, `-0.05`. No spaces, no comma, no `+`.
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (units, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "00"));
        if !is_digits(units) || !is_digits(fraction) {
            return Err(MoneyError::NotANumber);
        }
        // Digits only, so the one thing that can go wrong with them is their number.
        let hundredths = match fraction.len() {
            1 => fraction.parse::<i64>().map(|tenths| tenths * 10),
            2 => fraction.parse(),
            _ => return Err(MoneyError::TooPrecise),
        };
        let (Ok(units), Ok(hundredths)) = (units.parse::<i64>(), hundredths) else {
            return Err(MoneyError::OutOfRange);
        };
        let size = i128::from(units) * 100 + i128::from(hundredths);
        Self::in_range(if unsigned.len() == text.len() { size } else { -size }, currency)
    }

    /// The amount as a JSON number in currency units: an integer when whole (`1500`), otherwise the shortest decimal
    /// (`1500.5`). Exact up to [`MAX_MINOR`].
    #[must_use]
    pub fn to_json_number(self) -> Number {
        let whole = Number::from(self.minor / 100);
        if self.minor % 100 == 0 {
            return whole;
        }
        // Up to 15 digits survive the way to the nearest binary number and back, so readers see these very digits.
        self.decimal().parse().ok().and_then(Number::from_f64).unwrap_or(whole)
    }

    /// The one scalar that a document keeps: `150000 RUB`, minor units and currency.
    #[must_use]
    pub fn to_stored(self) -> String {
        format!("{} {}", self.minor, self.currency)
    }

    /// Reads what [`Money::to_stored`] wrote, and nothing else.
    pub fn from_stored(text: &str) -> Result<Self, MoneyError> {
        let (minor, currency) = text.split_once(' ').ok_or(MoneyError::BadStored)?;
        let minor: i64 = minor.parse().map_err(|_| MoneyError::BadStored)?;
        let money = Self::in_range(i128::from(minor), currency.parse()?)?;
        if money.to_stored() == text { Ok(money) } else { Err(MoneyError::BadStored) }
    }

    /// Both amounts together.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        Self::sum([self, other], self.currency)
    }

    /// The amount with the other sign.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        Self::in_range(-i128::from(self.minor), self.currency)
    }

    /// All amounts together, which must be in `currency`; none gives zero.
    pub fn sum(amounts: impl IntoIterator<Item = Self>, currency: Currency) -> Result<Self, MoneyError> {
        let mut total = 0_i128;
        for amount in amounts {
            if amount.currency != currency {
                return Err(MoneyError::MixedCurrency);
            }
            total += i128::from(amount.minor);
        }
        Self::in_range(total, currency)
    }

    fn in_range(minor: i128, currency: Currency) -> Result<Self, MoneyError> {
        match i64::try_from(minor) {
            Ok(minor) if (-MAX_MINOR..=MAX_MINOR).contains(&minor) => Ok(Self::new(minor, currency)),
            _ => Err(MoneyError::OutOfRange),
        }
    }

    /// The amount as decimal text with two decimals and without its currency: `1500.00`.
    #[must_use]
    pub fn decimal(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let size = self.minor.unsigned_abs();
        format!("{sign}{}.{:02}", size / 100, size % 100)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json_number().serialize(serializer)
    }
}

impl From<MoneyError> for FieldProblem {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::NotANumber => Self::NotANumber,
            MoneyError::TooPrecise => Self::TooPrecise,
            MoneyError::OutOfRange => Self::OutOfRange,
            MoneyError::MixedCurrency | MoneyError::BadCurrency | MoneyError::BadStored => Self::Invalid,
        }
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    //! How an amount looks in the API description: a number with at most two decimals.
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

    use super::Money;

    impl utoipa::PartialSchema for Money {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::Number)
                .description(Some(
                    "An amount in units of the currency, at most two decimals: 1500 is 1500 ₽.",
                ))
                .examples([serde_json::json!(1500.5)])
                .into()
        }
    }

    impl utoipa::ToSchema for Money {}
}

#[cfg(test)]
mod tests;
