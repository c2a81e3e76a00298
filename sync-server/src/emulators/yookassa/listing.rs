//! Lists: the newest first, with filters and a cursor that stands still while new things come in.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::fault::Fault;

/// What of a thing can be asked for in a list.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    pub(super) created: Timestamp,
    pub(super) captured: Option<Timestamp>,
    pub(super) status: Option<&'a str>,
    pub(super) payment: Option<&'a str>,
    pub(super) refund: Option<&'a str>,
}

/// What is asked for, by name.
pub(super) type Asked = BTreeMap<String, String>;

/// One page of `all`, which are in the order in which they came.
pub(super) fn page<'a, T>(
    all: &'a [T],
    asked: &Asked,
    facts: impl Fn(&'a T) -> Facts<'a>,
    shown: impl Fn(&T) -> Value,
) -> Result<Value, Fault> {
    let limit = match asked.get("limit").map(|limit| limit.parse::<usize>()) {
        None => 10,
        Some(Ok(limit)) if (1..=100).contains(&limit) => limit,
        Some(_) => return Err(Fault::invalid("limit", "From 1 to 100")),
    };
    let upto = match asked.get("cursor").map(|cursor| usize::from_str_radix(cursor, 16)) {
        None => all.len(),
        Some(Ok(place)) if place <= all.len() => place,
        Some(_) => return Err(Fault::invalid("cursor", "Unknown cursor")),
    };
    let bounds = bounds(asked)?;
    let mut items = Vec::new();
    for (place, one) in all.iter().enumerate().take(upto).rev() {
        let facts = facts(one);
        if !fits(&facts, asked, &bounds) {
            continue;
        }
        if items.len() == limit {
            // The next page begins with this one.
            return Ok(json!({ "type": "list", "items": items, "next_cursor": format!("{:x}", place + 1) }));
        }
        items.push(shown(one));
    }
    Ok(json!({ "type": "list", "items": items }))
}

/// `created_at.gte` and its like: which time, how it is compared, with what.
fn bounds(asked: &Asked) -> Result<Vec<(&str, &str, Timestamp)>, Fault> {
    let mut bounds = Vec::new();
    for (name, value) in asked {
        let Some((field, how)) = name.split_once('.') else { continue };
        if !matches!(field, "created_at" | "captured_at") || !matches!(how, "gte" | "gt" | "lte" | "lt") {
            continue;
        }
        let at = value.parse().map_err(|_| Fault::invalid(name, "A time in UTC is expected"))?;
        bounds.push((field, how, at));
    }
    Ok(bounds)
}

fn fits(facts: &Facts<'_>, asked: &Asked, bounds: &[(&str, &str, Timestamp)]) -> bool {
    let is_same =
        |name: &str, has: Option<&str>| asked.get(name).is_none_or(|asked| has == Some(asked.as_str()));
    let is_between = bounds.iter().all(|(field, how, bound)| {
        let at = if *field == "created_at" { Some(facts.created) } else { facts.captured };
        at.is_some_and(|at| match *how {
            "gte" => at >= *bound,
            "gt" => at > *bound,
            "lte" => at <= *bound,
            _ => at < *bound,
        })
    });
    is_between
        && is_same("status", facts.status)
        && is_same("payment_id", facts.payment)
        && is_same("refund_id", facts.refund)
}
