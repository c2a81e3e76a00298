//! Reading what a shop asks for. The first field that is wrong is named, as the vendor does it; fields that nobody knows are passed over.

use domain::email::Email;
use domain::money::{Currency, Money};
use serde_json::{Map, Value};

use super::fault::Fault;

/// Most items of a receipt.
const MOST_ITEMS: usize = 100;

/// `{"value": "1500.00", "currency": "RUB"}`, above zero.
pub(super) fn amount(body: &Value, field: &str) -> Result<Money, Fault> {
    let amount = body.get(last(field)).filter(|amount| amount.is_object());
    let amount = amount.ok_or_else(|| Fault::invalid(field, "Required parameter is missing"))?;
    let currency = amount.get("currency").and_then(Value::as_str);
    if currency != Some(Currency::RUB.as_str()) {
        return Err(Fault::invalid(&format!("{field}.currency"), "The currency must be RUB"));
    }
    let value = amount.get("value").and_then(Value::as_str).unwrap_or_default();
    match Money::parse_decimal(value, Currency::RUB) {
        Ok(money) if money.minor() > 0 => Ok(money),
        _ => Err(Fault::invalid(
            &format!("{field}.value"),
            "The amount must be a decimal above zero with two decimals",
        )),
    }
}

fn last(field: &str) -> &str {
    field.rsplit_once('.').map_or(field, |(_, last)| last)
}

/// A text that may be absent.
pub(super) fn text(body: &Value, field: &str, most: usize) -> Result<Option<String>, Fault> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= most => Ok(Some(text.clone())),
        Some(_) => Err(Fault::invalid(field, &format!("A text of at most {most} characters is expected"))),
    }
}

/// A text that must be there.
pub(super) fn needed(body: &Value, field: &str) -> Result<String, Fault> {
    text(body, field, 256)?.ok_or_else(|| Fault::invalid(field, "Required parameter is missing"))
}

pub(super) fn flag(body: &Value, field: &str) -> Result<bool, Fault> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Fault::invalid(field, "true or false is expected")),
    }
}

/// At most 16 texts by name.
pub(super) fn metadata(body: &Value) -> Result<Map<String, Value>, Fault> {
    let wrong = |why| Fault::invalid("metadata", why);
    let metadata = match body.get("metadata") {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Object(metadata)) => metadata,
        Some(_) => return Err(wrong("An object is expected")),
    };
    if metadata.len() > 16 {
        return Err(wrong("At most 16 keys"));
    }
    let is_short = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() <= 512);
    if metadata.iter().any(|(key, value)| key.chars().count() > 32 || !is_short(value)) {
        return Err(wrong("Keys have at most 32 characters, values are texts of at most 512"));
    }
    Ok(metadata.clone())
}

/// The receipt inside another object, if there is one. Its items must come to `sum`.
pub(super) fn receipt(body: &Value, sum: Money) -> Result<Option<Value>, Fault> {
    match body.get("receipt") {
        None | Some(Value::Null) => Ok(None),
        Some(receipt) => {
            let items = items(receipt, "receipt.")?;
            if items != sum {
                return Err(Fault::invalid("receipt.items", "The items must come to the amount"));
            }
            Ok(Some(receipt.clone()))
        }
    }
}

/// Looks at the customer and the items of a receipt; gives the sum of the items.
pub(super) fn items(receipt: &Value, prefix: &str) -> Result<Money, Fault> {
    let wrong = |field: &str, why| Fault::invalid(&format!("{prefix}{field}"), why);
    let customer = receipt.get("customer");
    let contact = |name| customer.and_then(|customer| customer.get(name)).and_then(Value::as_str);
    let is_reachable = match (contact("email"), contact("phone")) {
        (Some(email), _) => Email::parse(email).is_ok(),
        (None, Some(phone)) => {
            let digits = phone.strip_prefix('+').unwrap_or(phone);
            (10..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
        }
        (None, None) => false,
    };
    if !is_reachable {
        return Err(wrong("customer", "An e-mail address or a phone number is needed"));
    }
    let items = receipt.get("items").and_then(Value::as_array).filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| wrong("items", "Items are missing"))?;
    if items.len() > MOST_ITEMS {
        return Err(wrong("items", "Too many items"));
    }
    let mut lines = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let name = |field: &str| format!("{prefix}items[{place}].{field}");
        let description = item.get("description").and_then(Value::as_str).unwrap_or_default();
        if description.is_empty() || description.chars().count() > 128 {
            return Err(Fault::invalid(&name("description"), "From 1 to 128 characters"));
        }
        let vat = item.get("vat_code").and_then(Value::as_i64);
        if !vat.is_some_and(|vat| (1..=12).contains(&vat)) {
            return Err(Fault::invalid(&name("vat_code"), "From 1 to 12"));
        }
        let quantity =
            quantity(item).ok_or_else(|| Fault::invalid(&name("quantity"), "A number above zero"))?;
        let price = amount(item, "amount").map_err(|fault| fault.inside(&name("")))?;
        let line = i128::from(price.minor()) * i128::from(quantity);
        let minor = i64::try_from((line + 500) / 1000).map_err(|_| wrong("items", "Too much"))?;
        lines.push(Money::rub(minor));
    }
    Money::sum(lines, Currency::RUB).map_err(|_| wrong("items", "Too much"))
}

/// In thousandths: a number, or a text with at most three decimals.
fn quantity(item: &Value) -> Option<i64> {
    let text = match item.get("quantity")? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && part.len() <= 3;
    let thousandths = format!("{part:0<3}").parse::<i64>().ok()?;
    let whole = whole.parse::<i64>().ok().filter(|whole| *whole < 100_000)?;
    Some(whole * 1000 + thousandths).filter(|quantity| is_number && *quantity > 0)
}
