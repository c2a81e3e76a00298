//! Intents: what a device asks the server to do, once, whenever they meet.
//!
//! Pure data. An intent is known by its id for ever; asked again, the server repeats its first answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::documents::Hash;
use crate::errors::{ErrorCode, FieldProblem};
use crate::ids::IntentId;

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    /// Its id, made by the device.
    pub id: IntentId,
    /// What to do: an [`IntentAction`] word.
    pub action: String,
    /// The record it is about; the device gives a new one its final id.
    pub target: Uuid,
    /// The same JSON object that REST takes for it.
    #[serde(default)]
    pub body: Map<String, Json>,
    /// Changes that must be stored before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Hash>,
    /// Not after this moment of the server's clock, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
}

/// The actions of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentAction {
    /// Add a service; `body` as in `POST /services`.
    ServiceAdd,
    /// Edit a service; `body` as in `PATCH /services/{id}`.
    ServiceEdit,
    /// Remove a service.
    ServiceRemove,
    /// Record a payment; `body` as [`crate::payments::Payment::new_from_json`] reads it.
    PaymentAdd,
    /// Take out a payment that an import brought, when that import is undone.
    PaymentRemove,
    /// Replace a section of the settings: `{ "section", "version"?, "value" }`, `version` being the one that was seen.
    SettingsPut,
    /// Offer back a record that the server lost when it was restored: `{ "record", "body" }`. Kept only if the
    /// server has nothing under this id.
    RecordOffer,
    /// Tell a client something: `{ "clientId", "appointmentId", "about" }`, `about` being `cancelled`.
    ClientTell,
}

impl IntentAction {
    /// Every action of this version.
    pub const ALL: [Self; 8] = [
        Self::ServiceAdd,
        Self::ServiceEdit,
        Self::ServiceRemove,
        Self::PaymentAdd,
        Self::PaymentRemove,
        Self::SettingsPut,
        Self::RecordOffer,
        Self::ClientTell,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServiceAdd => "service.add",
            Self::ServiceEdit => "service.edit",
            Self::ServiceRemove => "service.remove",
            Self::PaymentAdd => "payment.add",
            Self::PaymentRemove => "payment.remove",
            Self::SettingsPut => "settings.put",
            Self::RecordOffer => "record.offer",
            Self::ClientTell => "client.tell",
        }
    }

    /// Reads a word; `None` for words of tomorrow.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }
}

/// What became of an intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntentResult {
    /// Which one.
    pub id: IntentId,
    /// What became of it.
    pub result: IntentOutcome,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// Which fields are wrong.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldProblem>,
}

/// What became of an intent. All but `waiting` are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentOutcome {
    /// Its effect is there; also when it was asked again.
    Done,
    /// A change in `after` is not stored yet; ask again.
    Waiting,
    /// It cannot be done, for the reason in `code`.
    Refused,
    /// Its deadline has passed; nothing was done.
    Expired,
}
