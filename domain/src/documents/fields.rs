//! Reading and writing the fields of a document: scalars at the root, maps and texts inside the genesis containers.
//!
//! Part of the documents room; the only place that speaks automerge's read and write calls. A write of the value
//! that stands there already is left out, so that an edit without effect makes no change.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::Transactable as _;
use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc as _, ScalarValue, Value};
use serde_json::{Map, Number, Value as Json};

use super::Hash;
use super::genesis::genesis_actor;

/// So many maps inside each other are read, the document itself being the first. What lies deeper is kept and merged as it
/// came, and stands in no row: who reads it must not need more stack than there is, nor write JSON that no reader takes.
pub const MAX_NESTING: usize = 32;

/// Reads a document. Lenient: what it does not understand it passes over, so a newer device's values survive.
#[derive(Debug)]
pub struct Reader<'a> {
    doc: &'a mut AutoCommit,
}

impl<'a> Reader<'a> {
    pub(super) fn new(doc: &'a mut AutoCommit) -> Self {
        Self { doc }
    }

    /// A text scalar at the root.
    #[must_use]
    pub fn str(&self, name: &str) -> Option<String> {
        match self.doc.get(ROOT, name) {
            Ok(Some((Value::Scalar(value), _))) => value.as_str().map(str::to_owned),
            _ => None,
        }
    }

    /// A moment at the root, in milliseconds since 1970.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<i64> {
        match self.doc.get(ROOT, name) {
            Ok(Some((Value::Scalar(value), _))) => millis(&value),
            _ => None,
        }
    }

    /// The whole of a mergeable text.
    #[must_use]
    pub fn text(&self, container: &str) -> String {
        self.container(container).and_then(|id| self.doc.text(id).ok()).unwrap_or_default()
    }

    /// The keys of a map, sorted.
    #[must_use]
    pub fn keys(&self, container: &str) -> Vec<String> {
        let mut keys: Vec<String> =
            self.container(container).map(|id| self.doc.keys(id).collect()).unwrap_or_default();
        keys.sort_unstable();
        keys
    }

    /// A map as JSON: scalars as they are, moments as milliseconds, maps inside maps as objects.
    #[must_use]
    pub fn map(&self, container: &str) -> Map<String, Json> {
        self.container(container).map(|id| self.object(&id, MAX_NESTING - 1)).unwrap_or_default()
    }

    /// Everything that stands in the document, as JSON by field.
    #[must_use]
    pub fn everything(&self) -> Map<String, Json> {
        self.object(&ROOT, MAX_NESTING)
    }

    /// The same of some root fields alone.
    #[must_use]
    pub fn some(&self, names: &BTreeSet<String>) -> Map<String, Json> {
        let mut map = Map::new();
        for name in names {
            self.put_into(&mut map, &ROOT, name.clone(), MAX_NESTING - 1);
        }
        map
    }

    /// The names of the root fields that are objects, by the id of the object.
    pub(super) fn places(&self) -> BTreeMap<String, String> {
        let object = |name: String| match self.doc.get(ROOT, name.as_str()) {
            Ok(Some((Value::Object(_), id))) => Some((id.to_string(), name)),
            _ => None,
        };
        self.names().into_iter().filter_map(object).collect()
    }

    /// All values that stand at a root field at once, as JSON, sorted by their text. More than one means that two
    /// devices wrote it without knowing of each other.
    #[must_use]
    pub fn rivals(&self, name: &str) -> Vec<Json> {
        let mut values: Vec<Json> = self
            .doc
            .get_all(ROOT, name)
            .unwrap_or_default()
            .iter()
            .filter_map(|(value, _)| if let Value::Scalar(v) = value { scalar(v) } else { None })
            .collect();
        values.sort_by_cached_key(Json::to_string);
        values.dedup();
        values
    }

    /// The names of all root fields.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.doc.keys(ROOT).collect()
    }

    /// The changes that wrote the values standing at a root field.
    #[must_use]
    pub fn writers_of(&mut self, name: &str) -> Vec<Hash> {
        let values: Vec<ObjId> =
            self.doc.get_all(ROOT, name).unwrap_or_default().into_iter().map(|(_, id)| id).collect();
        values.iter().filter_map(|id| self.doc.hash_for_opid(id)).map(Hash::from).collect()
    }

    /// All scalars that stand at a root field, each with the change that wrote it.
    #[must_use]
    pub fn writers_of_values(&mut self, name: &str) -> Vec<(Json, Hash)> {
        let values = self.doc.get_all(ROOT, name).unwrap_or_default();
        let scalars: Vec<(Json, ObjId)> = values
            .into_iter()
            .filter_map(
                |(value, id)| if let Value::Scalar(v) = value { Some((scalar(&v)?, id)) } else { None },
            )
            .collect();
        let written = |(value, id): (Json, ObjId)| Some((value, self.doc.hash_for_opid(&id)?.into()));
        scalars.into_iter().filter_map(written).collect()
    }

    /// What was said of a visit, each word with the change that wrote it.
    #[must_use]
    pub fn writers_of_words(&mut self) -> Vec<(String, Hash)> {
        let events = self.map("events");
        let mut found = Vec::new();
        for (key, event) in &events {
            let word = event.get("type").and_then(Json::as_str).unwrap_or_default();
            found.extend(self.writers_of_entry("events", key).into_iter().map(|by| (word.to_owned(), by)));
        }
        found
    }

    /// What was done by the changes that are not in the past of these ones: made after them, or without knowing of them.
    #[must_use]
    pub fn commands_not_before(&mut self, hashes: &[Hash]) -> Vec<String> {
        let hashes: Vec<_> = hashes.iter().map(|hash| (*hash).into()).collect();
        let message = |meta: automerge::ChangeMetadata<'_>| meta.message.map(|message| message.to_string());
        self.doc.get_changes_meta(&hashes).into_iter().map(|meta| message(meta).unwrap_or_default()).collect()
    }

    /// Whether neither of two changes knew of the other.
    #[must_use]
    pub fn are_apart(&mut self, one: Hash, other: Hash) -> bool {
        let knows = |doc: &mut AutoCommit, by: Hash, of: Hash| {
            !doc.get_changes_meta(&[by.into()]).iter().any(|meta| meta.hash.0 == of.0)
        };
        one != other && !knows(self.doc, one, other) && !knows(self.doc, other, one)
    }

    /// The changes that wrote the values standing at an entry of a map.
    #[must_use]
    pub fn writers_of_entry(&mut self, container: &str, key: &str) -> Vec<Hash> {
        let Some(id) = self.container(container) else { return Vec::new() };
        let values = self.doc.get_all(id, key).unwrap_or_default();
        values.iter().filter_map(|(_, id)| self.doc.hash_for_opid(id)).map(Hash::from).collect()
    }

    /// All scalars that stand at an entry of a map: the one that holds first, then its rivals by their text.
    #[must_use]
    pub fn entries(&self, container: &str, key: &str) -> Vec<Json> {
        let Some(id) = self.container(container) else { return Vec::new() };
        let json = |value: &Value<'_>| if let Value::Scalar(v) = value { scalar(v) } else { None };
        let holding = self.doc.get(&id, key).ok().flatten().and_then(|(value, _)| json(&value));
        let all = self.doc.get_all(&id, key).unwrap_or_default();
        let mut rivals: Vec<Json> = all.iter().filter_map(|(value, _)| json(value)).collect();
        rivals.retain(|value| Some(value) != holding.as_ref());
        rivals.sort_by_cached_key(Json::to_string);
        rivals.dedup();
        holding.into_iter().chain(rivals).collect()
    }

    /// The times of all changes after genesis, in seconds since 1970; unknown ones (0) left out.
    #[must_use]
    pub fn change_times(&mut self) -> Vec<i64> {
        self.doc.get_changes_meta(&[]).iter().map(|meta| meta.timestamp).filter(|at| *at > 0).collect()
    }

    pub(super) fn is_the_genesis_container(&self, name: &str, kind: ObjType) -> bool {
        let Ok(values) = self.doc.get_all(ROOT, name) else { return false };
        let [(Value::Object(found), ObjId::Id(_, actor, _))] = values.as_slice() else { return false };
        *found == kind && *actor == genesis_actor()
    }

    pub(super) fn every_value_is_text(&self, name: &str, is_valid: fn(&str) -> bool) -> bool {
        self.doc.get_all(ROOT, name).unwrap_or_default().iter().all(|(value, _)| match value {
            Value::Scalar(v) => matches!(**v, ScalarValue::Null) || v.as_str().is_some_and(is_valid),
            Value::Object(_) => false,
        })
    }

    pub(super) fn every_value_is_time(&self, name: &str) -> bool {
        self.doc.get_all(ROOT, name).unwrap_or_default().iter().all(|(value, _)| match value {
            Value::Scalar(v) => matches!(**v, ScalarValue::Null) || millis(v).is_some(),
            Value::Object(_) => false,
        })
    }

    fn container(&self, name: &str) -> Option<ObjId> {
        match self.doc.get(ROOT, name) {
            Ok(Some((Value::Object(_), id))) => Some(id),
            _ => None,
        }
    }

    /// An object and so many levels of it, itself counted.
    fn object(&self, id: &ObjId, levels: usize) -> Map<String, Json> {
        let mut map = Map::new();
        for key in self.doc.keys(id) {
            self.put_into(&mut map, id, key, levels - 1);
        }
        map
    }

    /// Puts what stands at a key of an object, and so many levels below, into a map; nothing if nothing stands there.
    fn put_into(&self, map: &mut Map<String, Json>, id: &ObjId, key: String, levels: usize) {
        let value = match self.doc.get(id, key.as_str()) {
            Ok(Some((Value::Scalar(value), _))) => scalar(&value),
            Ok(Some((Value::Object(ObjType::Map | ObjType::Table), inner))) => {
                (levels > 0).then(|| Json::Object(self.object(&inner, levels)))
            }
            Ok(Some((Value::Object(ObjType::Text), inner))) => {
                Some(Json::String(self.doc.text(inner).unwrap_or_default()))
            }
            _ => None,
        };
        if let Some(value) = value {
            map.insert(key, value);
        }
    }
}

/// Writes one change. Every method leaves the document alone if the value stands there already.
#[derive(Debug)]
pub struct Writer<'a> {
    doc: &'a mut AutoCommit,
}

impl<'a> Writer<'a> {
    pub(super) fn new(doc: &'a mut AutoCommit) -> Self {
        Self { doc }
    }

    /// Sets or clears a text scalar at the root.
    pub fn put_str(&mut self, name: &str, value: Option<&str>) {
        self.put_at(&ROOT, name, value.map(ScalarValue::from));
    }

    /// Sets or clears a moment at the root, in milliseconds since 1970.
    pub fn put_time(&mut self, name: &str, millis: Option<i64>) {
        self.put_at(&ROOT, name, millis.map(ScalarValue::Timestamp));
    }

    /// Writes a scalar at the root even if it stands there, so that its rivals go.
    pub fn put_again(&mut self, name: &str, value: &Json) {
        let scalar = match value {
            Json::String(text) => ScalarValue::from(text.as_str()),
            Json::Bool(flag) => ScalarValue::Boolean(*flag),
            Json::Number(number) => number_scalar(number),
            Json::Null | Json::Array(_) | Json::Object(_) => return,
        };
        self.doc.put(ROOT, name, scalar).expect("the root takes a scalar");
    }

    /// Rewrites a mergeable text as the difference to what stands there, so that two devices' edits merge.
    pub fn put_text(&mut self, container: &str, text: &str) {
        if let Some(id) = self.container(container)
            && self.doc.text(&id).is_ok_and(|standing| standing != text)
        {
            self.doc.update_text(&id, text).expect("a genesis text takes a difference");
        }
    }

    /// Sets an entry of a map to a JSON value; an object becomes a map inside the map, entry by entry.
    pub fn put_entry(&mut self, container: &str, key: &str, value: &Json) {
        if let Some(id) = self.container(container) {
            self.put_json(&id, key, value);
        }
    }

    /// Whether a field is a mergeable text.
    #[must_use]
    pub fn is_text(&self, name: &str) -> bool {
        matches!(self.doc.get(ROOT, name), Ok(Some((Value::Object(ObjType::Text), _))))
    }

    /// The keys of a map.
    #[must_use]
    pub fn keys(&self, container: &str) -> Vec<String> {
        self.container(container).map(|id| self.doc.keys(id).collect()).unwrap_or_default()
    }

    /// Removes an entry of a map. An entry that another device adds at the same time stays.
    pub fn remove_entry(&mut self, container: &str, key: &str) {
        if let Some(id) = self.container(container) {
            self.put_at(&id, key, None);
        }
    }

    /// Makes the keys of a set-like map exactly these; only the difference is written.
    pub fn put_set(&mut self, container: &str, wanted: &[String]) {
        let Some(id) = self.container(container) else { return };
        let standing: Vec<String> = self.doc.keys(&id).collect();
        for gone in standing.iter().filter(|key| !wanted.contains(key)) {
            self.put_at(&id, gone, None);
        }
        for new in wanted.iter().filter(|key| !standing.contains(key)) {
            self.put_at(&id, new, Some(ScalarValue::Boolean(true)));
        }
    }

    /// Makes a map of lines exactly this one; only the difference is written.
    pub fn put_lines(&mut self, container: &str, wanted: &BTreeMap<String, String>) {
        let Some(id) = self.container(container) else { return };
        let standing: Vec<String> = self.doc.keys(&id).collect();
        for gone in standing.iter().filter(|key| !wanted.contains_key(*key)) {
            self.put_at(&id, gone, None);
        }
        for (key, line) in wanted {
            self.put_at(&id, key, Some(ScalarValue::from(line.as_str())));
        }
    }

    /// Sets the given entries of a map and removes those given as `null`; the others stay. `None` empties the map.
    pub fn merge_map(&mut self, container: &str, entries: Option<&Map<String, Json>>) {
        let Some(id) = self.container(container) else { return };
        let Some(entries) = entries else {
            let standing: Vec<String> = self.doc.keys(&id).collect();
            return standing.iter().for_each(|key| self.put_at(&id, key, None));
        };
        for (key, value) in entries {
            self.put_json(&id, key, value);
        }
    }

    #[cfg(test)]
    pub(super) fn put_raw(&mut self, name: &str, value: i64) {
        self.put_at(&ROOT, name, Some(ScalarValue::Int(value)));
    }

    fn put_json(&mut self, parent: &ObjId, key: &str, value: &Json) {
        match value {
            Json::Null => self.put_at(parent, key, None),
            Json::Object(entries) => {
                let inner = match self.doc.get(parent, key) {
                    Ok(Some((Value::Object(ObjType::Map), id))) => id,
                    _ => self.doc.put_object(parent, key, ObjType::Map).expect("a map takes an entry"),
                };
                for (key, value) in entries {
                    self.put_json(&inner, key, value);
                }
            }
            Json::Bool(flag) => self.put_at(parent, key, Some(ScalarValue::Boolean(*flag))),
            Json::Number(number) => self.put_at(parent, key, Some(number_scalar(number))),
            Json::String(text) => self.put_at(parent, key, Some(ScalarValue::from(text.as_str()))),
            // Lists do not merge; what comes as one is kept whole, as its JSON text.
            Json::Array(_) => self.put_at(parent, key, Some(ScalarValue::from(value.to_string().as_str()))),
        }
    }

    fn put_at(&mut self, parent: &ObjId, key: &str, value: Option<ScalarValue>) {
        let standing = self.doc.get_all(parent, key).unwrap_or_default();
        match value {
            None if standing.is_empty() => {}
            None => self.doc.delete(parent, key).expect("a standing entry can be deleted"),
            Some(value) => {
                let same = matches!(standing.as_slice(), [(Value::Scalar(old), _)] if **old == value);
                if !same {
                    self.doc.put(parent, key, value).expect("a map takes a scalar");
                }
            }
        }
    }

    fn container(&self, name: &str) -> Option<ObjId> {
        match self.doc.get(ROOT, name) {
            Ok(Some((Value::Object(_), id))) => Some(id),
            _ => None,
        }
    }
}

fn millis(value: &ScalarValue) -> Option<i64> {
    match value {
        ScalarValue::Timestamp(at) | ScalarValue::Int(at) => Some(*at),
        ScalarValue::Uint(at) => i64::try_from(*at).ok(),
        _ => None,
    }
}

fn scalar(value: &ScalarValue) -> Option<Json> {
    match value {
        ScalarValue::Str(text) => Some(Json::String(text.to_string())),
        ScalarValue::Int(n) | ScalarValue::Timestamp(n) => Some(Json::from(*n)),
        ScalarValue::Uint(n) => Some(Json::from(*n)),
        ScalarValue::F64(n) => Number::from_f64(*n).map(Json::Number),
        ScalarValue::Boolean(flag) => Some(Json::Bool(*flag)),
        ScalarValue::Counter(counter) => Some(Json::from(i64::from(counter))),
        ScalarValue::Null | ScalarValue::Bytes(_) | ScalarValue::Unknown { .. } => None,
    }
}

fn number_scalar(number: &Number) -> ScalarValue {
    if let Some(n) = number.as_i64() {
        ScalarValue::Int(n)
    } else if let Some(n) = number.as_u64() {
        ScalarValue::Uint(n)
    } else {
        ScalarValue::F64(number.as_f64().unwrap_or_default())
    }
}
