//! What she asks for when a visit is called off, and before it: rules with the day from which they hold. A visit keeps the
//! rule that held on the day it was booked, so a new rule never reaches back.
//!
//! Part of the settings room. Pure.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value as Json};

use crate::errors::{FieldErrors, FieldProblem};
use crate::input::{Fields, Patch, Sign};
use crate::money::{Currency, Money};

/// What a client owes who calls a visit off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CancelPolicy {
    /// By the day from which they hold, the earliest first.
    pub rules: Vec<CancelRule>,
}

/// What holds from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CancelRule {
    /// For visits booked on this day or later.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-12-01"))]
    pub effective_from: Date,
    /// Until how many hours before the start it costs nothing.
    pub free_until_hours: u32,
    /// How much of the price after that, in percent.
    pub late_fee_percent: u32,
    /// How much of the price if nobody comes, in percent.
    pub no_show_fee_percent: u32,
}

/// What she asks for before a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DepositPolicy {
    /// By the day from which they hold, the earliest first.
    pub rules: Vec<DepositRule>,
}

/// What holds from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DepositRule {
    /// For visits booked on this day or later.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-12-01"))]
    pub effective_from: Date,
    /// Whether, and how it is counted.
    pub mode: DepositMode,
    /// With `fixed`: currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub amount: Option<Number>,
    /// With `percent`: of the price.
    pub percent: Option<u32>,
    /// Whether only clients pay it who were not here before.
    pub new_clients_only: bool,
}

/// How a deposit is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DepositMode {
    /// There is none.
    None,
    /// An amount.
    Fixed,
    /// A part of the price.
    Percent,
}

impl CancelPolicy {
    /// The rule for a visit that was booked on this day; none before the first.
    #[must_use]
    pub fn on(&self, booked: Date) -> Option<&CancelRule> {
        self.rules.iter().rev().find(|rule| rule.effective_from <= booked)
    }

    /// Reads a request.
    ///
    /// # Errors
    /// Every field that is unknown or wrong; inside of rules by `rules`.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let rules = rules(object, |fields| {
            let from = fields.date("effectiveFrom");
            let free = fields.whole("freeUntilHours", 0, 24 * 30);
            let late = fields.whole("lateFeePercent", 0, 100);
            let missed = fields.whole("noShowFeePercent", 0, 100);
            Ok(CancelRule {
                effective_from: day(from)?,
                free_until_hours: free.into_option().unwrap_or(24),
                late_fee_percent: late.into_option().unwrap_or(0),
                no_show_fee_percent: missed.into_option().unwrap_or(0),
            })
        })?;
        Ok(Self { rules: by_day(rules, |rule| rule.effective_from)? })
    }
}

impl DepositPolicy {
    /// The rule for a visit that was booked on this day; none before the first.
    #[must_use]
    pub fn on(&self, booked: Date) -> Option<&DepositRule> {
        self.rules.iter().rev().find(|rule| rule.effective_from <= booked)
    }

    /// Reads a request.
    ///
    /// # Errors
    /// Every field that is unknown or wrong; inside of rules by `rules`.
    pub fn from_json(object: &Map<String, Json>, currency: Currency) -> Result<Self, FieldErrors> {
        let rules = rules(object, |fields| {
            let from = fields.date("effectiveFrom");
            let mode = fields.word("mode", &["none", "fixed", "percent"]);
            let amount = fields.money("amount", currency, Sign::NotNegative);
            let percent = fields.whole("percent", 1, 100);
            let new_only = fields.flag("newClientsOnly");
            let mode = match mode.value() {
                Some(&"fixed") if amount.value().is_none() => return Err(FieldProblem::Required),
                Some(&"percent") if percent.value().is_none() => return Err(FieldProblem::Required),
                Some(&"fixed") => DepositMode::Fixed,
                Some(&"percent") => DepositMode::Percent,
                _ => DepositMode::None,
            };
            let (amount, percent) = (amount.into_option(), percent.into_option());
            Ok(DepositRule {
                effective_from: day(from)?,
                mode,
                amount: amount.filter(|_| mode == DepositMode::Fixed).map(Money::to_json_number),
                percent: percent.filter(|_| mode == DepositMode::Percent),
                new_clients_only: new_only.into_option().unwrap_or(false),
            })
        })?;
        Ok(Self { rules: by_day(rules, |rule| rule.effective_from)? })
    }
}

/// What holds for one visit: the rules of the day on which it was booked, whatever was decided since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VisitPolicies {
    /// The day on which it was booked, by the wall of the business.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-12-01"))]
    pub booked_on: Date,
    /// What its client owes who calls it off; `null` if there was no rule yet.
    pub cancel: Option<CancelRule>,
    /// What is asked for before it; `null` if there was no rule yet.
    pub deposit: Option<DepositRule>,
}

impl VisitPolicies {
    /// The rules for a visit that was booked at a moment, by the wall of this zone.
    #[must_use]
    pub fn of(booked: Timestamp, zone: &TimeZone, cancel: &CancelPolicy, deposit: &DepositPolicy) -> Self {
        let booked_on = zone.to_datetime(booked).date();
        Self { booked_on, cancel: cancel.on(booked_on).cloned(), deposit: deposit.on(booked_on).cloned() }
    }
}

fn rules<T>(
    object: &Map<String, Json>,
    read: impl Fn(&mut Fields<'_>) -> Result<T, FieldProblem>,
) -> Result<Vec<T>, FieldErrors> {
    let mut fields = Fields::new(object);
    let objects = fields.objects("rules");
    let mut rules = Vec::new();
    for object in objects.value().into_iter().flatten() {
        let mut inner = Fields::new(object);
        let rule = read(&mut inner);
        match (inner.finish(()), rule) {
            (Ok(()), Ok(rule)) => rules.push(rule),
            (Err(errors), _) => {
                let problem = errors.iter().next().map_or(FieldProblem::Invalid, |(_, problem)| problem);
                fields.mistake("rules", problem);
            }
            (Ok(()), Err(problem)) => fields.mistake("rules", problem),
        }
    }
    fields.finish(rules)
}

fn day(date: Patch<String>) -> Result<Date, FieldProblem> {
    date.into_option().and_then(|date| date.parse().ok()).ok_or(FieldProblem::Required)
}

/// Sorted by day; of one day there is one.
fn by_day<T>(mut rules: Vec<T>, day: impl Fn(&T) -> Date) -> Result<Vec<T>, FieldErrors> {
    rules.sort_by_key(&day);
    if rules.windows(2).any(|pair| day(&pair[0]) == day(&pair[1])) {
        return Err(FieldErrors::one("rules", FieldProblem::Overlaps));
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::json;

    fn cancel(value: &Json) -> Result<CancelPolicy, FieldErrors> {
        CancelPolicy::from_json(value.as_object().unwrap())
    }

    #[test]
    fn a_visit_keeps_the_rule_of_the_day_it_was_booked() {
        let policy = cancel(&json!({ "rules": [
            { "effectiveFrom": "2026-12-01", "freeUntilHours": 48, "lateFeePercent": 50 },
            { "effectiveFrom": "2026-06-01" },
        ] }));
        let policy = policy.unwrap();
        let hours = |booked| policy.on(booked).map(|rule| rule.free_until_hours);
        assert_eq!(hours(date(2026, 5, 31)), None);
        assert_eq!(hours(date(2026, 11, 30)), Some(24));
        assert_eq!(hours(date(2026, 12, 1)), Some(48));
        let json = serde_json::to_value(&policy).unwrap();
        assert_eq!(cancel(&json).unwrap(), policy);
    }

    #[test]
    fn rules_that_cannot_be_are_told() {
        for (rules, problem) in [
            (json!([{}]), FieldProblem::Required),
            (json!([{ "effectiveFrom": "2026-13-01" }]), FieldProblem::Invalid),
            (json!([{ "effectiveFrom": "2026-12-01", "lateFeePercent": 101 }]), FieldProblem::OutOfRange),
            (
                json!([{ "effectiveFrom": "2026-12-01" }, { "effectiveFrom": "2026-12-01" }]),
                FieldProblem::Overlaps,
            ),
        ] {
            assert_eq!(
                cancel(&json!({ "rules": rules })).unwrap_err().get("rules"),
                Some(problem),
                "{rules}"
            );
        }
        let deposit = |rule: Json| {
            let body = json!({ "rules": [rule] });
            DepositPolicy::from_json(body.as_object().unwrap(), Currency::RUB)
        };
        let fixed =
            deposit(json!({ "effectiveFrom": "2026-12-01", "mode": "fixed", "amount": 500.5 })).unwrap();
        assert_eq!(serde_json::to_value(&fixed.rules[0].amount).unwrap(), json!(500.5));
        let lacking = deposit(json!({ "effectiveFrom": "2026-12-01", "mode": "percent" })).unwrap_err();
        assert_eq!(lacking.get("rules"), Some(FieldProblem::Required));
    }
}
