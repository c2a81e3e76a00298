//! Examples and laws of amounts.

use proptest::prelude::*;

use super::*;

fn decimal(text: &str) -> Result<i64, MoneyError> {
    Money::parse_decimal(text, Currency::RUB).map(Money::minor)
}

fn json(text: &str) -> Result<i64, MoneyError> {
    Money::from_json_number(&serde_json::from_str(text).unwrap(), Currency::RUB).map(Money::minor)
}

#[test]
fn decimals_are_read_digit_by_digit() {
    assert_eq!(decimal("1500"), Ok(150_000));
    assert_eq!(decimal("1500.5"), Ok(150_050));
    assert_eq!(decimal("1500.50"), Ok(150_050));
    assert_eq!(decimal("0.07"), Ok(7));
    assert_eq!(decimal("-0.05"), Ok(-5));
    assert_eq!(decimal("-0"), Ok(0));
    assert_eq!(decimal("1500.505"), Err(MoneyError::TooPrecise));
    assert_eq!(decimal("900000000000"), Ok(MAX_MINOR));
    assert_eq!(decimal("-900000000000.00"), Ok(-MAX_MINOR));
    assert_eq!(decimal("900000000000.01"), Err(MoneyError::OutOfRange));
    assert_eq!(decimal("99999999999999999999999999"), Err(MoneyError::OutOfRange));
    for text in ["", "-", ".", ".5", "5.", "1 500", "1,5", "+1", "--1", "1e3", "١٢", "1.5.0", "NaN", " 1"] {
        assert_eq!(decimal(text), Err(MoneyError::NotANumber), "{text:?}");
    }
}

#[test]
fn json_numbers_mean_currency_units() {
    assert_eq!(json("1500"), Ok(150_000));
    assert_eq!(json("1500.50"), Ok(150_050));
    assert_eq!(json("1.5e3"), Ok(150_000));
    assert_eq!(json("0.1"), Ok(10));
    assert_eq!(json("-19.99"), Ok(-1999));
    assert_eq!(json("1500.555"), Err(MoneyError::TooPrecise));
    assert_eq!(json("0.0000001"), Err(MoneyError::TooPrecise));
    assert_eq!(json("1e20"), Err(MoneyError::OutOfRange));
    assert_eq!(json("18446744073709551615"), Err(MoneyError::OutOfRange));
}

#[test]
fn json_is_an_integer_when_whole_and_otherwise_the_shortest_decimal() {
    let written = |minor| serde_json::to_string(&Money::rub(minor)).unwrap();
    assert_eq!(written(150_000), "1500");
    assert_eq!(written(150_050), "1500.5");
    assert_eq!(written(-1), "-0.01");
    assert_eq!(written(MAX_MINOR - 1), "899999999999.99");
}

#[test]
fn the_stored_form_has_one_spelling() {
    assert_eq!(Money::rub(150_000).to_stored(), "150000 RUB");
    assert_eq!(Money::from_stored("-5 EUR"), Ok(Money::new(-5, "EUR".parse().unwrap())));
    for text in ["150000", "+5 RUB", "05 RUB", "-0 RUB", "5  RUB", "5 RUB ", "5.0 RUB", " RUB", ""] {
        assert!(Money::from_stored(text).is_err(), "{text:?}");
    }
    assert_eq!(Money::from_stored("5 rub"), Err(MoneyError::BadCurrency));
    assert_eq!(Money::from_stored("90000000000001 RUB"), Err(MoneyError::OutOfRange));
}

#[test]
fn currencies_do_not_mix() {
    let euro = Money::new(100, "EUR".parse().unwrap());
    assert_eq!(Money::rub(100).checked_add(euro), Err(MoneyError::MixedCurrency));
    assert_eq!(Money::sum([euro, euro], Currency::RUB), Err(MoneyError::MixedCurrency));
    assert_eq!(Money::sum([], euro.currency()), Ok(Money::new(0, euro.currency())));
    assert_eq!(Money::rub(MAX_MINOR).checked_add(Money::rub(1)), Err(MoneyError::OutOfRange));
    assert_eq!(Money::rub(i64::MIN).checked_neg(), Err(MoneyError::OutOfRange));
}

#[test]
fn people_see_two_decimals_and_the_code() {
    assert_eq!(Money::rub(150_000).to_string(), "1500.00 RUB");
    assert_eq!(Money::rub(-50).to_string(), "-0.50 RUB");
}

#[test]
fn a_currency_is_three_upper_case_letters() {
    assert_eq!(Currency::default().as_str(), "RUB");
    assert_eq!(serde_json::to_string(&Currency::RUB).unwrap(), "\"RUB\"");
    for text in ["", "RU", "RUBL", "rub", "₽", "R1B", "RUБ"] {
        assert_eq!(text.parse::<Currency>(), Err(MoneyError::BadCurrency), "{text:?}");
    }
}

fn amount() -> impl Strategy<Value = Money> {
    prop_oneof![-MAX_MINOR..=MAX_MINOR, -100_000_i64..=100_000].prop_map(Money::rub)
}

proptest! {
    #[test]
    fn every_form_reads_back_as_written(money in amount()) {
        prop_assert_eq!(Money::from_stored(&money.to_stored()), Ok(money));
        prop_assert_eq!(Money::parse_decimal(&money.decimal(), Currency::RUB), Ok(money));
        let json = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(Money::from_json_number(&serde_json::from_str(&json).unwrap(), Currency::RUB), Ok(money));
        prop_assert!(!json.contains(['e', 'E']) && json.len() <= money.decimal().len());
    }

    #[test]
    fn a_sum_knows_no_order_and_a_negation_takes_it_back(a in amount(), b in amount()) {
        prop_assert_eq!(a.checked_add(b), b.checked_add(a));
        if let Ok(sum) = a.checked_add(b) {
            prop_assert_eq!(sum.checked_add(b.checked_neg().unwrap()), Ok(a));
        }
    }

    #[test]
    fn nothing_typed_makes_a_parser_panic(text in "\\PC{0,24}|-?[0-9]{0,30}[.,]?[0-9]{0,4}( RUB)?") {
        let _ = Money::parse_decimal(&text, Currency::RUB);
        if let Ok(money) = Money::from_stored(&text) {
            prop_assert_eq!(money.to_stored(), text);
        }
    }
}
