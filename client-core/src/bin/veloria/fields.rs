//! From options to the JSON fields that REST takes. What the text means is decided where REST decides it.

use domain::errors::FieldProblem;
use serde_json::{Map, Value as Json};

use crate::failed::Failed;

/// Fields in the making; an option that was not given is not mentioned.
#[derive(Debug, Default)]
pub(crate) struct Fields(Map<String, Json>);

impl Fields {
    pub(crate) fn put(mut self, name: &str, value: Option<impl Into<Json>>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
        self
    }

    /// A list that is mentioned only if it has entries.
    pub(crate) fn list(self, name: &str, values: &[String]) -> Self {
        self.put(name, (!values.is_empty()).then(|| Json::from(values.to_vec())))
    }

    /// `field=value` pairs: an empty value clears, JSON is read as such, `meta.key=value` sets one entry of a map.
    pub(crate) fn assign(mut self, pairs: &[String]) -> Result<Self, Failed> {
        for pair in pairs {
            let (name, text) =
                pair.split_once('=').ok_or_else(|| Failed::field(pair, FieldProblem::Invalid))?;
            let value = value(text);
            match name.split_once('.') {
                None => drop(self.0.insert(name.to_owned(), value)),
                Some((map, key)) => {
                    let entries = self.0.entry(map).or_insert_with(|| Json::Object(Map::new()));
                    let entries =
                        entries.as_object_mut().ok_or_else(|| Failed::field(name, FieldProblem::Invalid))?;
                    entries.insert(key.to_owned(), value);
                }
            }
        }
        Ok(self)
    }

    pub(crate) fn into_map(self) -> Map<String, Json> {
        self.0
    }
}

/// A set after adding and taking away.
pub(crate) fn changed_set(standing: &[String], add: &[String], remove: &[String]) -> Option<Vec<String>> {
    if add.is_empty() && remove.is_empty() {
        return None;
    }
    let kept = standing.iter().filter(|entry| !remove.contains(entry));
    Some(kept.chain(add).cloned().collect())
}

fn value(text: &str) -> Json {
    if text.is_empty() {
        return Json::Null;
    }
    match serde_json::from_str::<Json>(text) {
        Ok(json @ (Json::Object(_) | Json::Array(_) | Json::Bool(_))) => json,
        _ => Json::from(text),
    }
}
