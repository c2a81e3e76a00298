//! What the plans cost here.

use clap::Args;
use domain::money::{Currency, Money, MoneyError};
use domain::plans::{PriceError, Prices};

/// What the plans cost here.
#[derive(Debug, Args)]
pub struct BillingConfig {
    /// What a month of the plan veloria costs, in currency units
    #[arg(
        id = "plan_price_veloria",
        long = "plan-price-veloria",
        global = true,
        env = "PLAN_PRICE_VELORIA",
        default_value = "990"
    )]
    price_veloria: String,
    /// What a month of the plan imperium costs, in currency units
    #[arg(
        id = "plan_price_imperium",
        long = "plan-price-imperium",
        global = true,
        env = "PLAN_PRICE_IMPERIUM",
        default_value = "2490"
    )]
    price_imperium: String,
    /// The currency of these prices
    #[arg(
        id = "plan_currency",
        long = "plan-currency",
        global = true,
        env = "PLAN_CURRENCY",
        default_value = "RUB"
    )]
    currency: String,
}

/// The prices cannot be meant.
#[derive(Debug, thiserror::Error)]
pub enum BillingSettingError {
    /// Not a currency.
    #[error("PLAN_CURRENCY is not a currency such as RUB")]
    Currency,
    /// Not an amount.
    #[error("{0} is not an amount such as 990")]
    Amount(&'static str, #[source] MoneyError),
    /// Amounts that do not fit together.
    #[error("PLAN_PRICE_VELORIA, PLAN_PRICE_IMPERIUM: {0}")]
    Prices(#[from] PriceError),
}

impl BillingConfig {
    /// The prices.
    pub fn prices(&self) -> Result<Prices, BillingSettingError> {
        let currency: Currency = self.currency.parse().map_err(|_| BillingSettingError::Currency)?;
        let amount = |name, text: &str| {
            Money::parse_decimal(text, currency).map_err(|error| BillingSettingError::Amount(name, error))
        };
        let veloria = amount("PLAN_PRICE_VELORIA", &self.price_veloria)?;
        let imperium = amount("PLAN_PRICE_IMPERIUM", &self.price_imperium)?;
        Ok(Prices::new(veloria, imperium)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(veloria: &str, imperium: &str, currency: &str) -> Result<Prices, BillingSettingError> {
        let [price_veloria, price_imperium, currency] = [veloria, imperium, currency].map(str::to_owned);
        BillingConfig { price_veloria, price_imperium, currency }.prices()
    }

    #[test]
    fn prices_are_amounts_that_rise_in_one_currency() {
        assert_eq!(
            read("990.50", "2490", "RUB").unwrap().of(domain::plans::Plan::Veloria),
            Money::rub(99_050)
        );
        for (veloria, imperium, currency) in [
            ("x", "2", "RUB"),
            ("1", "2", "roubles"),
            ("3", "2", "RUB"),
            ("-1", "2", "RUB"),
            ("1.005", "2", "RUB"),
        ] {
            assert!(read(veloria, imperium, currency).is_err(), "{veloria} {imperium} {currency}");
        }
    }
}
