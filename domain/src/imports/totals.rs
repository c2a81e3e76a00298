//! What a month brought: payments summed by the day of their receipts.
//!
//! Part of the import room. Pure, in whole minor units. Taxes stand apart and refunds are below zero, as payments
//! have them; currencies are never mixed.

use std::collections::BTreeMap;
use std::fmt;

use crate::money::{Currency, Money, MoneyError};
use crate::payments::Payment;
use serde::Serialize;

/// The sum of one month in one currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthTotal {
    /// `2018-06`.
    pub month: String,
    /// ISO 4217.
    pub currency: Currency,
    /// Without taxes; refunds taken off.
    pub amount: Money,
    /// Taxes by name.
    pub taxes: BTreeMap<String, Money>,
    /// How many payments and refunds.
    pub payments: usize,
}

/// As in `2018-06 12365.73`.
impl fmt::Display for MonthTotal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = self.amount.to_string();
        let decimal = amount.split(' ').next().unwrap_or_default();
        write!(f, "{} {decimal}", self.month)
    }
}

/// Sums payments by month and currency, in that order.
pub fn month_totals<'a>(
    payments: impl IntoIterator<Item = &'a Payment>,
) -> Result<Vec<MonthTotal>, MoneyError> {
    let mut months: BTreeMap<(String, Currency), MonthTotal> = BTreeMap::new();
    for payment in payments {
        let currency: Currency = payment.currency.parse()?;
        let month = payment.date.get(..7).unwrap_or(&payment.date).to_owned();
        let total = months.entry((month.clone(), currency)).or_insert_with(|| MonthTotal {
            month,
            currency,
            amount: Money::new(0, currency),
            taxes: BTreeMap::new(),
            payments: 0,
        });
        total.amount = total.amount.checked_add(Money::from_json_number(&payment.amount, currency)?)?;
        total.payments += 1;
        for (name, tax) in &payment.taxes {
            let sum = total.taxes.entry(name.clone()).or_insert(Money::new(0, currency));
            *sum = sum.checked_add(Money::from_json_number(tax, currency)?)?;
        }
    }
    Ok(months.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PaymentId;
    use serde_json::json;

    fn payment(date: &str, amount: f64, tax: f64, currency: &str) -> Payment {
        let fields = json!({ "date": date, "amount": amount, "taxes": { "GST": tax }, "currency": currency });
        let id = PaymentId(uuid::Uuid::from_u128(1));
        Payment::new_from_json(id, fields.as_object().unwrap(), Currency::RUB, "").unwrap()
    }

    #[test]
    fn refunds_are_taken_off_and_taxes_stand_apart() {
        let payments = [
            payment("2018-06-30", 82.1, 4.1, "CAD"),
            payment("2018-06-01", -50.4, -2.52, "CAD"),
            payment("2018-07-01", 0.0, 0.0, "CAD"),
            payment("2018-06-02", 1500.0, 0.0, "RUB"),
        ];
        let totals = month_totals(&payments).unwrap();
        let shown: Vec<String> = totals.iter().map(|t| format!("{t} {}", t.currency)).collect();
        assert_eq!(shown, ["2018-06 31.70 CAD", "2018-06 1500.00 RUB", "2018-07 0.00 CAD"]);
        assert_eq!((totals[0].taxes["GST"].minor(), totals[0].payments), (158, 2));
    }
}
