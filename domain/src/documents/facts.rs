//! What the change graph of a document says that its values alone cannot: causal facts.
//!
//! Part of the documents room. Facts are a function of the set of changes, so every replica sees the same ones;
//! conflicts are later computed from rows and facts, never from clocks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::Document;
use crate::conflicts::Decision;

/// What begins the commands that are no edit by a person: they settle a conflict, or are an import's book-keeping.
const NOT_EDITS: [&str; 2] = ["conflict.", "import."];

/// Causal facts of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// Somebody changed it after it was deleted, or without knowing that it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited_after_deletion: bool,
    /// Root fields at which two devices wrote different values without knowing of each other, with all the values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rivals: BTreeMap<String, Vec<Json>>,
    /// Of a visit: what was said of it by people who did not know of each other, where it cannot all be; sorted words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<String>,
    /// Of a visit: what was said of it by somebody who did not know its time, nor did who moved it know of that; sorted words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unaware: Vec<String>,
    /// Of an imported visit: it is no longer at the time at which it was imported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moved_since_import: bool,
    /// What she decided about conflicts, by conflict: the decision that holds first, then those that were made without
    /// knowing of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub decisions: BTreeMap<Uuid, Vec<Decision>>,
}

impl Facts {
    /// Nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the facts that any document may have.
    #[must_use]
    pub fn of(document: &mut Document) -> Self {
        let mut reader = document.reader();
        let mut rivals = BTreeMap::new();
        for name in reader.names() {
            let values = reader.rivals(&name);
            if values.len() > 1 && name != "deletedAt" {
                rivals.insert(name, values);
            }
        }
        let edited_after_deletion = reader.time("deletedAt").is_some() && {
            let deletions = reader.writers_of("deletedAt");
            let is_edit = |command: &String| !NOT_EDITS.iter().any(|start| command.starts_with(start));
            reader.commands_not_before(&deletions).iter().any(is_edit)
        };
        let mut decisions = BTreeMap::new();
        for key in reader.keys("decisions") {
            let Ok(conflict) = key.parse() else { continue };
            let made: Vec<Decision> = reader
                .entries("decisions", &key)
                .iter()
                .filter_map(|text| Decision::from_stored(text.as_str()?))
                .collect();
            if !made.is_empty() {
                decisions.insert(conflict, made);
            }
        }
        Self { edited_after_deletion, rivals, decisions, ..Self::default() }
    }
}
