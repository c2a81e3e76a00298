//! Every change of a record: who, on which device, when, what from what to what.
//!
//! Part of the history room. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use uuid::Uuid;

use crate::dates::format_seconds;
use crate::documents::{Document, Hash, Logged};
use crate::project::{Projection, project};

/// A change of a record, as REST and devices show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Which one: its hash.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: Hash,
    /// What was done: `appointment.move`.
    pub command: String,
    /// The device, or `api` for REST.
    pub device: String,
    /// The version of the app that made it.
    pub app: String,
    /// When it was made, RFC 3339, by the device's clock.
    pub at: Option<String>,
    /// When the server received it, RFC 3339; only the server knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<String>,
    /// What it changed.
    pub fields: Vec<FieldChange>,
}

/// What a change did to one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldChange {
    /// The field as it stands in the document; an entry of a map is `tags.vip`.
    pub field: String,
    /// What stood there before; `null` if nothing.
    pub from: Json,
    /// What stands there after it.
    pub to: Json,
    /// Whether that is what stands there today: who asks why a value is as it is, finds it here.
    pub stands: bool,
}

/// A change of some record, as the history of the whole business shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecordChange {
    /// `clients`, `appointments` or `notes`.
    pub collection: String,
    /// The record.
    pub record_id: Uuid,
    /// What it is called, if it has a name: a client, also one that was removed.
    pub name: Option<String>,
    /// Whom the record is about: the client itself, or the one of the visit or note.
    pub client_id: Option<Uuid>,
    /// Whether the record was removed since.
    pub is_removed: bool,
    /// What happened to it.
    pub change: Change,
}

/// These changes of a record, the newest first, with what the record is today.
#[must_use]
pub fn changes_among(document: &mut Document, id: Uuid, wanted: &BTreeSet<Hash>) -> Vec<RecordChange> {
    let row = project(document);
    let (collection, client_id) = (document.collection().as_str().to_owned(), row.client(id));
    let name = match &row {
        Projection::Clients(client) => Some(client.name.clone()),
        Projection::Appointments(_) | Projection::Notes(_) => None,
    };
    let now = document.reader().everything();
    let mut log = document.log();
    log.reverse();
    let found = log.into_iter().filter(|logged| wanted.contains(&logged.hash));
    found
        .map(|logged| RecordChange {
            collection: collection.clone(),
            record_id: id,
            name: name.clone(),
            client_id,
            is_removed: row.is_deleted(),
            change: shown(document, logged, None, &now),
        })
        .collect()
}

/// The changes of a record, the newest first, after `after` and at most `most`; with `field` only those that touch it.
/// The order is that of cause and effect, so it does not depend on clocks or on what came first to whom.
#[must_use]
pub fn changes(
    document: &mut Document,
    after: Option<Hash>,
    most: usize,
    field: Option<&str>,
) -> Vec<Change> {
    let now = document.reader().everything();
    let mut log = document.log();
    log.reverse();
    let start =
        after.map_or(0, |after| log.iter().position(|l| l.hash == after).map_or(log.len(), |at| at + 1));
    // Of a page it is enough to know what was written since the change that follows it; of a field, one must look through all.
    let beyond = log.get(start.saturating_add(most)).filter(|_| field.is_none()).map(|logged| logged.hash);
    let written = document.written_since(beyond.as_slice());
    let mut found = Vec::new();
    for logged in log.into_iter().skip(start) {
        if found.len() == most {
            break;
        }
        let names = written.get(&logged.hash);
        if let (Some(field), Some(names)) = (field, names)
            && !names.iter().any(|name| is_of(field, name) || is_of(name, field))
        {
            continue;
        }
        let change = shown(document, logged, names, &now);
        if field.is_none_or(|name| change.fields.iter().any(|touched| is_of(&touched.field, name))) {
            found.push(change);
        }
    }
    found
}

/// A change in words of REST. With `names` only those fields are looked at.
fn shown(
    document: &mut Document,
    logged: Logged,
    names: Option<&BTreeSet<String>>,
    now: &Map<String, Json>,
) -> Change {
    let fields = touched(document, &logged, names).into_iter().map(|(field, from, to)| {
        let stands = value_at(now, &field) == to;
        FieldChange { field, from, to, stands }
    });
    let Logged { hash, signature, .. } = logged;
    Change {
        id: hash,
        command: signature.command,
        device: signature.device,
        app: signature.version,
        at: format_seconds(signature.at),
        received_at: None,
        fields: fields.collect(),
    }
}

fn is_of(touched: &str, name: &str) -> bool {
    touched == name || touched.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
}

/// The fields that a change touched: name, what stood before, what stands after. With `names` only those are looked at: a
/// change touches nothing but what it wrote to.
pub(crate) fn touched(
    document: &mut Document,
    logged: &Logged,
    names: Option<&BTreeSet<String>>,
) -> Vec<(String, Json, Json)> {
    let mut stood = |heads: &[Hash]| {
        document.at(heads, |document| {
            let reader = document.reader();
            names.map_or_else(|| reader.everything(), |names| reader.some(names))
        })
    };
    let (before, after) = (stood(&logged.deps), stood(&[logged.hash]));
    differences(&before, &after)
}

fn differences(before: &Map<String, Json>, after: &Map<String, Json>) -> Vec<(String, Json, Json)> {
    let mut found = Vec::new();
    difference("", before, after, &mut found);
    found
}

fn difference(
    path: &str,
    before: &Map<String, Json>,
    after: &Map<String, Json>,
    found: &mut Vec<(String, Json, Json)>,
) {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let nothing = Map::new();
    for name in names {
        let (from, to) = (before.get(name), after.get(name));
        if from == to {
            continue;
        }
        let field = format!("{path}{name}");
        // The entries of a map are fields of their own; an entry is whole.
        if path.is_empty() && (from.is_some_and(Json::is_object) || to.is_some_and(Json::is_object)) {
            let entries = |value: Option<&Json>| value.and_then(Json::as_object).cloned();
            let (from, to) = (entries(from), entries(to));
            difference(
                &format!("{field}."),
                from.as_ref().unwrap_or(&nothing),
                to.as_ref().unwrap_or(&nothing),
                found,
            );
        } else {
            found.push((field, from.cloned().unwrap_or_default(), to.cloned().unwrap_or_default()));
        }
    }
}

/// What stands at a field, or entry of a map.
pub(super) fn value_at(all: &Map<String, Json>, field: &str) -> Json {
    let found = match field.split_once('.') {
        Some((map, entry)) => all.get(map).and_then(|map| map.get(entry)),
        None => all.get(field),
    };
    found.cloned().unwrap_or_default()
}
