//! From a document to its row: the one reading that server and devices share.
//!
//! Pure. The row is stored and compared as canonical JSON, so that two replicas with the same changes have the
//! same bytes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::appointments::AppointmentRow;
use crate::clients::ClientRow;
use crate::conflicts::Decision;
use crate::documents::{Collection, Document, Facts};
use crate::notes::NoteRow;

/// The row of a document of any collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "collection", content = "row", rename_all = "snake_case")]
pub enum Projection {
    /// A client.
    Clients(Box<ClientRow>),
    /// An appointment.
    Appointments(Box<AppointmentRow>),
    /// A note.
    Notes(Box<NoteRow>),
}

/// Reads a document into its row.
#[must_use]
pub fn project(document: &mut Document) -> Projection {
    match document.collection() {
        Collection::Clients => Projection::Clients(Box::new(ClientRow::read(document))),
        Collection::Appointments => Projection::Appointments(Box::new(AppointmentRow::read(document))),
        Collection::Notes => Projection::Notes(Box::new(NoteRow::read(document))),
    }
}

impl Projection {
    /// Of which collection it is a row.
    #[must_use]
    pub const fn collection(&self) -> Collection {
        match self {
            Self::Clients(_) => Collection::Clients,
            Self::Appointments(_) => Collection::Appointments,
            Self::Notes(_) => Collection::Notes,
        }
    }

    /// Reads back what [`Projection::to_json`] wrote.
    pub fn from_json(collection: Collection, json: &str) -> Result<Self, serde_json::Error> {
        Ok(match collection {
            Collection::Clients => Self::Clients(serde_json::from_str(json)?),
            Collection::Appointments => Self::Appointments(serde_json::from_str(json)?),
            Collection::Notes => Self::Notes(serde_json::from_str(json)?),
        })
    }

    /// The row as JSON, the same bytes on every replica.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Clients(row) => serde_json::to_string(row),
            Self::Appointments(row) => serde_json::to_string(row),
            Self::Notes(row) => serde_json::to_string(row),
        }
        .expect("a row has string keys only")
    }

    /// Further data of integrations and imports.
    #[must_use]
    pub fn meta(&self) -> &Map<String, Json> {
        match self {
            Self::Clients(row) => &row.meta,
            Self::Appointments(row) => &row.meta,
            Self::Notes(row) => &row.meta,
        }
    }

    /// What its change graph says.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        match self {
            Self::Clients(row) => &row.facts,
            Self::Appointments(row) => &row.facts,
            Self::Notes(row) => &row.facts,
        }
    }

    /// What was decided about a conflict whose home it is, the decision that holds first.
    #[must_use]
    pub fn decisions(&self, conflict: Uuid) -> &[Decision] {
        self.facts().decisions.get(&conflict).map_or(&[], Vec::as_slice)
    }

    /// Whether the document is marked as deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        match self {
            Self::Clients(row) => row.deleted_at.is_some(),
            Self::Appointments(row) => row.deleted_at.is_some(),
            Self::Notes(row) => row.deleted_at.is_some(),
        }
    }

    /// When the newest of its changes was made, in seconds since 1970, as the clock of its device said.
    #[must_use]
    pub const fn updated_at(&self) -> Option<i64> {
        match self {
            Self::Clients(row) => row.updated_at,
            Self::Appointments(row) => row.updated_at,
            Self::Notes(row) => row.updated_at,
        }
    }

    /// The client it is about: itself, or the one it names.
    #[must_use]
    pub fn client(&self, own: Uuid) -> Option<Uuid> {
        match self {
            Self::Clients(_) => Some(own),
            Self::Appointments(row) => row.client_id.map(Uuid::from),
            Self::Notes(row) => row.client_id.map(Uuid::from),
        }
    }
}
