//! A list that is kept in memory: the same page that a database would find.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::listing::{Condition, How, Listing, Value};
use super::paging::{After, Page};
use super::spec::Kind;
use crate::search::fold;

impl Listing {
    /// The page of these things that is asked for. They are looked at as they are shown: a field's name is its place in the
    /// JSON.
    pub fn pick<T: Serialize>(
        self,
        all: Vec<T>,
        id: impl Fn(&T) -> Uuid,
    ) -> Result<Page<T>, serde_json::Error> {
        let Self { conditions, sort, limit, after, cursor } = self;
        let after = after.zip(cursor.after().map(|after| after.1));
        let mut found = Vec::new();
        for thing in all {
            let json = serde_json::to_value(&thing)?;
            if !conditions.iter().all(|condition| condition.holds(&json)) {
                continue;
            }
            let key =
                value(sort.field.kind, json.get(sort.field.name)).unwrap_or_else(|| absent(sort.field.kind));
            found.push((key, id(&thing), thing));
        }
        let order = |a: &(Value, Uuid), b: &(Value, Uuid)| {
            let order = compare(&a.0, &b.0).then(a.1.cmp(&b.1));
            if sort.is_descending { order.reverse() } else { order }
        };
        let mut found: Vec<((Value, Uuid), T)> =
            found.into_iter().map(|(key, id, thing)| ((key, id), thing)).collect();
        if let Some(after) = after {
            found.retain(|(place, _)| order(place, &after) == Ordering::Greater);
        }
        found.sort_by(|a, b| order(&a.0, &b.0));
        let place = |((key, id), _): &((Value, Uuid), T)| After(Some(text(key)), *id);
        Ok(cursor.page(limit, found, place, |(_, thing)| thing))
    }

    /// Whether a thing, as it is shown, is among those that are asked for.
    pub fn holds<T: Serialize>(&self, thing: &T) -> Result<bool, serde_json::Error> {
        let json = serde_json::to_value(thing)?;
        Ok(self.conditions.iter().all(|condition| condition.holds(&json)))
    }

    /// The ids of which a field must have one, if the filters say so.
    #[must_use]
    pub fn ids(&self, name: &str) -> Option<Vec<Uuid>> {
        let named = self.conditions.iter().find(|one| {
            one.field.name == name && one.field.kind == Kind::Id && matches!(one.how, How::Equal | How::In)
        })?;
        Some(
            named
                .values
                .iter()
                .filter_map(|value| if let Value::Id(id) = value { Some(*id) } else { None })
                .collect(),
        )
    }

    /// The moments before and after which a field cannot lie, as far as the filters say; both belong to it.
    #[must_use]
    pub fn between(&self, name: &str) -> (Option<Timestamp>, Option<Timestamp>) {
        let (mut from, mut until) = (None, None);
        for condition in self.conditions.iter().filter(|one| one.field.name == name) {
            let [Value::Moment(at)] = condition.values.as_slice() else { continue };
            if matches!(condition.how, How::Equal | How::After | How::From) {
                from = from.max(Some(*at));
            }
            if matches!(condition.how, How::Equal | How::Before | How::Until) {
                until = Some(until.map_or(*at, |until: Timestamp| until.min(*at)));
            }
        }
        (from, until)
    }
}

impl Condition {
    fn holds(&self, json: &Json) -> bool {
        let kept = json.get(self.field.name);
        if self.field.kind == Kind::Member {
            let has = |wanted: &str| match kept {
                Some(Json::Array(entries)) => entries.iter().any(|entry| entry.as_str() == Some(wanted)),
                Some(Json::Object(entries)) => entries.contains_key(wanted),
                _ => false,
            };
            return self.values.iter().all(|value| matches!(value, Value::Text(wanted) if has(wanted)));
        }
        let Some(kept) = value(self.field.kind, kept) else { return false };
        self.values.iter().any(|wanted| {
            let order = compare(&kept, wanted);
            match self.how {
                How::Equal | How::In => order.is_eq(),
                How::After => order.is_gt(),
                How::From => order.is_ge(),
                How::Before => order.is_lt(),
                How::Until => order.is_le(),
            }
        })
    }
}

/// What a thing has in a field, as it is compared.
fn value(kind: Kind, json: Option<&Json>) -> Option<Value> {
    let json = json?;
    Some(match kind {
        Kind::Number => Value::Number(json.as_number()?.to_string()),
        Kind::Flag => Value::Flag(json.as_bool()?),
        _ => {
            let text = json.as_str()?;
            match kind {
                Kind::Folded => Value::Text(fold(text)),
                Kind::Email => Value::Text(text.to_lowercase()),
                Kind::Id => Value::Id(text.parse().ok()?),
                Kind::Moment => Value::Moment(text.parse().ok()?),
                Kind::Seconds => Value::Whole(text.parse::<Timestamp>().ok()?.as_second()),
                _ => Value::Text(text.to_owned()),
            }
        }
    })
}

/// Where a thing stands that has nothing in the field by which it is sorted.
fn absent(kind: Kind) -> Value {
    match kind {
        Kind::Moment => Value::Never,
        Kind::Seconds => Value::Whole(0),
        Kind::Number => Value::Number("0".to_owned()),
        Kind::Id => Value::Id(Uuid::nil()),
        Kind::Flag => Value::Flag(false),
        Kind::Line | Kind::Folded | Kind::Word(_) | Kind::Phone | Kind::Email | Kind::Member => {
            Value::Text(String::new())
        }
    }
}

/// Values of one kind in their order: texts letter by letter, numbers by what they are worth.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Id(a), Value::Id(b)) => a.cmp(b),
        (Value::Moment(a), Value::Moment(b)) => a.cmp(b),
        (Value::Never, Value::Never) => Ordering::Equal,
        (Value::Never, _) => Ordering::Greater,
        (_, Value::Never) => Ordering::Less,
        (Value::Whole(a), Value::Whole(b)) => a.cmp(b),
        (Value::Flag(a), Value::Flag(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => {
            let worth = |text: &str| text.parse::<f64>().unwrap_or_default();
            worth(a).total_cmp(&worth(b))
        }
        // A field has one kind, so this is never asked.
        _ => Ordering::Equal,
    }
}

/// A value as a cursor holds it.
fn text(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Number(text) => text.clone(),
        Value::Id(id) => id.to_string(),
        Value::Moment(at) => at.to_string(),
        Value::Never => "infinity".to_owned(),
        Value::Whole(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
    }
}
