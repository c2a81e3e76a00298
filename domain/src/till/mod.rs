//! The till: what lies in it by the books, what was counted, and that both agree before a day is closed.
//!
//! A slice of the shared room. Pure. The figures come from the ledger; a closing is a record, and what was counted is where the next
//! day begins. In the currency of the business alone: sums do not mix.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value as Json};
use uuid::Uuid;

use crate::errors::{FieldErrors, FieldProblem};
use crate::ids::{TenantId, imported_id};
use crate::input::{Fields, Sign};
use crate::money::{Currency, Money, MoneyError};

/// A day that was closed, as stored and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Closing {
    /// The closing's id; it follows from the day.
    pub id: Uuid,
    /// The day, `2026-12-01`.
    pub date: String,
    /// ISO 4217.
    pub currency: String,
    /// What should have lain there, currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub expected: Number,
    /// What lay there.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub counted: Number,
    /// What lay there beside what should have; below zero if something is missing.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub difference: Number,
    /// Why there is a difference.
    pub reason: Option<String>,
    /// RFC 3339, the server's clock.
    pub closed_at: String,
}

/// What the books say of the cash of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// What lay in the till when the day began.
    pub opening: Money,
    /// What came in.
    pub came: Money,
    /// What went out.
    pub went: Money,
}

impl Figures {
    /// What should lie there.
    pub fn expected(&self) -> Result<Money, MoneyError> {
        self.opening.checked_add(self.came)?.checked_add(self.went.checked_neg()?)
    }
}

/// A day of the till, as REST shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "date": "2026-12-01",
    "currency": "RUB",
    "opening": 3000,
    "cashIn": 7500,
    "cashOut": 500,
    "expected": 10000,
    "corrected": 0,
    "byProvider": { "cash": 7000, "transfer": 2500 },
    "closing": {
        "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b9",
        "date": "2026-12-01",
        "currency": "RUB",
        "expected": 10000,
        "counted": 9950,
        "difference": -50,
        "reason": "Сдача",
        "closedAt": "2026-12-01T18:05:00Z",
    },
})))]
#[serde(rename_all = "camelCase")]
pub struct Till {
    /// The day.
    pub date: String,
    /// ISO 4217; the business's own.
    pub currency: String,
    /// What lay there when the day began, currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub opening: Number,
    /// Cash that came in.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub cash_in: Number,
    /// Cash that went out.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub cash_out: Number,
    /// What should lie there.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub expected: Number,
    /// By how much corrections have changed that since the day was closed.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub corrected: Number,
    /// What the day brought, by the way it was paid, less what was given back.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub by_provider: BTreeMap<String, Number>,
    /// How it was closed; `null` while it is open.
    pub closing: Option<Closing>,
}

impl Till {
    /// A day as the books have it.
    ///
    /// # Errors
    /// If an amount is beyond what we count with.
    pub fn new(
        date: Date,
        figures: Figures,
        by_provider: BTreeMap<String, Money>,
        closing: Option<Closing>,
    ) -> Result<Self, MoneyError> {
        let expected = figures.expected()?;
        let then = closing.as_ref().and_then(Closing::expected).unwrap_or(expected);
        Ok(Self {
            date: date.to_string(),
            currency: expected.currency().to_string(),
            opening: figures.opening.to_json_number(),
            cash_in: figures.came.to_json_number(),
            cash_out: figures.went.to_json_number(),
            expected: expected.to_json_number(),
            corrected: expected.checked_add(then.checked_neg()?)?.to_json_number(),
            by_provider: by_provider.into_iter().map(|(name, sum)| (name, sum.to_json_number())).collect(),
            closing,
        })
    }
}

/// What `POST /till/close` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Which day.
    pub date: Date,
    counted: Money,
    reason: Option<String>,
}

impl Count {
    /// Reads a request that closes a day; `today` by her wall is the last that can be.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn from_json(
        object: &Map<String, Json>,
        currency: Currency,
        today: Date,
    ) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let date = fields.date("date");
        let counted = fields.money("counted", currency, Sign::NotNegative);
        let reason = fields.line("reason");
        fields.require("date", &date);
        fields.require("counted", &counted);
        let date = date.into_option().and_then(|date| date.parse::<Date>().ok());
        if date.is_some_and(|date| date > today) {
            fields.mistake("date", FieldProblem::OutOfRange);
        }
        fields.finish(())?;
        Ok(Self {
            date: date.unwrap_or(today),
            counted: counted.into_option().unwrap_or(Money::new(0, currency)),
            reason: reason.into_option(),
        })
    }

    /// Closes the day. A difference needs a reason. `now` is RFC 3339.
    ///
    /// # Errors
    /// The reason that is missing, or an amount beyond what we count with.
    pub fn close(self, tenant: TenantId, figures: Figures, now: &str) -> Result<Closing, FieldErrors> {
        let too_much = |_: MoneyError| FieldErrors::one("counted", FieldProblem::OutOfRange);
        let expected = figures.expected().map_err(too_much)?;
        let taken = expected.checked_neg().map_err(too_much)?;
        let difference = self.counted.checked_add(taken).map_err(too_much)?;
        if difference.minor() != 0 && self.reason.is_none() {
            return Err(FieldErrors::one("reason", FieldProblem::Required));
        }
        Ok(Closing {
            id: Closing::id_of(tenant, self.date),
            date: self.date.to_string(),
            currency: expected.currency().to_string(),
            expected: expected.to_json_number(),
            counted: self.counted.to_json_number(),
            difference: difference.to_json_number(),
            reason: self.reason,
            closed_at: now.to_owned(),
        })
    }
}

impl Closing {
    /// The id of the closing of a day: a day is closed once.
    #[must_use]
    pub fn id_of(tenant: TenantId, date: Date) -> Uuid {
        imported_id(tenant, "veloria", "till", &date.to_string())
    }

    /// What should have lain there.
    #[must_use]
    pub fn expected(&self) -> Option<Money> {
        self.money(&self.expected)
    }

    /// What lay there beside what should have.
    #[must_use]
    pub fn difference(&self) -> Option<Money> {
        self.money(&self.difference)
    }

    /// Whether a record that a device offers back to a restored server can be one that this server once wrote.
    #[must_use]
    pub fn is_sound(&self, tenant: TenantId) -> bool {
        let day = self.date.parse().ok().filter(|day| crate::dates::is_day_of_ours(*day));
        let sum = self.difference().and_then(|difference| self.expected()?.checked_add(difference).ok());
        day.is_some_and(|day| Self::id_of(tenant, day) == self.id)
            && sum.is_some()
            && sum == self.money(&self.counted)
            && self.closed_at.parse::<jiff::Timestamp>().is_ok()
    }

    fn money(&self, number: &Number) -> Option<Money> {
        Money::from_json_number(number, self.currency.parse().ok()?).ok()
    }
}

#[cfg(test)]
mod tests;
