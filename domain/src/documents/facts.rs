//! What the change graph of a document says that its values alone cannot: causal facts.
//!
//! Part of the documents room. Facts are a function of the set of changes, so every replica sees the same ones;
//! conflicts are later computed from rows and facts, never from clocks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Document;

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
}

impl Facts {
    /// Nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the facts of a document.
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
            reader.changes_not_before(&deletions) > 0
        };
        Self { edited_after_deletion, rivals }
    }
}
