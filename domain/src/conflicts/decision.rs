//! What she decided about a conflict, on which facts: an entry of a document's `decisions`, under the conflict's id.
//!
//! Part of the conflicts room. Pure data. It is stored as one text, so that two devices that decide without knowing of each
//! other leave two whole decisions behind, of which every replica takes the same one and shows the other.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::documents::Hash;

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Which of the offered choices.
    pub choice: String,
    /// The facts that it was made on. Other facts open the conflict again.
    pub facts: Hash,
    /// Where it was made, for showing.
    #[serde(default)]
    pub device: String,
    /// When, in seconds since 1970, by that device's clock; for showing.
    #[serde(default)]
    pub at: i64,
    /// The changes that carried it out, by document: taking the decision back takes these back, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub did: Vec<(Uuid, Hash)>,
}

impl Decision {
    /// The text that a document keeps.
    #[must_use]
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self).expect("a decision has string keys only")
    }

    /// Reads that text; nothing if a device of tomorrow wrote something else.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
