//! Ask and answer, field by field.
//!
//! Pure data. Names are those of the wire; unknown fields are passed over, so that a newer side may say more.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Digest, Intent, IntentResult, Packed, Sum};
use crate::documents::{Bytes, Collection, Hash, Heads};
use crate::errors::ErrorCode;

/// What a device says: its edits, its wishes, and how far it has read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ask {
    /// [`super::PROTOCOL`].
    pub protocol: u32,
    /// [`super::schema`] of the device; for the server's log and for telling an old app to update.
    #[serde(default)]
    pub schema: String,
    /// The cursor of the last answer; absent or `null` the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Changes that the server has not acknowledged, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub push: Vec<Push>,
    /// The same in columns, in place of `push`.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub packed: Option<Box<Packed>>,
    /// Things that the server is asked to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<Intent>,
    /// Documents and records wanted whole, because something is missing or damaged here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub want: Vec<Uuid>,
    /// How large an answer may be, in bytes before compression; one group is never cut for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    /// How the answer is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// How many changes and intents wait on the device, those of this ask included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<u64>,
}

/// How the answer is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Whether each document comes with its projected row, so that it can be shown before it is opened.
    #[serde(default)]
    pub rows: bool,
    /// Whether the answer may be packed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub packed: bool,
}

/// One change on its way to the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    /// Changes of one group stand or fall together; consecutive in `push`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Uuid>,
    /// The document.
    pub doc: Uuid,
    /// Its collection.
    pub collection: String,
    /// The change's hash.
    pub hash: Hash,
    /// The Automerge change chunk.
    pub bytes: Bytes,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The log's life; a new one means that the server was restored from a backup.
    pub epoch: Uuid,
    /// The newest number of the log.
    pub head: u64,
    /// To be sent with the next ask. Opaque.
    pub cursor: String,
    /// Whether there is more to read right now.
    pub more: bool,
    /// What became of each pushed change, in the order of `push`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<PushResult>,
    /// In a packed answer and in place of `results`: how many changes were pushed, all of which are durable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durable: Option<u64>,
    /// What became of each intent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<IntentResult>,
    /// What is new to the device, in the order of the log; first what it wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// The documents of `items` in columns, in place of them.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub packed: Option<Box<Packed>>,
    /// Only when the device has caught up (`more` is false).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The server's clock, RFC 3339.
    pub server_time: String,
    /// Only when the device has caught up: what the server knows of the other devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<Others>,
}

/// The connected devices beside the one that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Others {
    /// How many.
    pub devices: u64,
    /// Up to this number of the log each of them has everything.
    pub read_to: u64,
}

/// What became of one pushed change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushResult {
    /// The document.
    pub doc: Uuid,
    /// The change.
    pub hash: Hash,
    /// What became of it.
    pub result: PushOutcome,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// With `missing_deps`: the heads that the server has of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heads: Option<Heads>,
}

/// What became of a pushed change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushOutcome {
    /// Durable, and new.
    Stored,
    /// It was durable already.
    Duplicate,
    /// It builds on changes that the server lacks.
    MissingDeps,
    /// Never, for the reason in `code`.
    Refused,
    /// The document was erased on purpose.
    Purged,
}

/// Something new to a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WireItem", into = "WireItem")]
pub enum Item {
    /// A change, a snapshot or the erasure of a document.
    Doc(DocItem),
    /// A whole record.
    Record(RecordItem),
}

/// A change, a snapshot or the erasure of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct DocItem {
    /// Its number in the log; of a snapshot the number of its newest change.
    pub seq: u64,
    /// The group it came in.
    pub group: Option<Uuid>,
    /// The document.
    pub doc: Uuid,
    /// Its collection.
    pub collection: Collection,
    /// What the bytes are.
    pub kind: DocKind,
    /// Of a change its hash; of a snapshot the SHA-256 of its bytes.
    pub hash: Hash,
    /// Of a snapshot: the document's heads.
    pub heads: Heads,
    /// A change chunk or a document chunk; empty for an erasure.
    pub bytes: Bytes,
    /// The projected row as JSON text, when asked for: always of the document as it is after this item.
    pub row: Option<String>,
}

/// What the bytes of a [`DocItem`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocKind {
    /// One change chunk.
    Change,
    /// One document chunk.
    Snapshot,
    /// Nothing: forget the document.
    Purged,
}

/// A whole record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordItem {
    /// Its number in the log.
    pub seq: u64,
    /// Its kind.
    pub record: String,
    /// Its id.
    pub id: Uuid,
    /// The record; `None` when it was removed.
    pub body: Option<Json>,
}

/// The kinds of records of this version. Devices keep kinds that they do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// An entry of the price list.
    Service,
    /// A payment or refund.
    Payment,
    /// An invoice, with what was paid on it.
    Invoice,
    /// A day of the till that was closed.
    Till,
    /// The tenant itself: name, zone, currency, plan.
    Tenant,
    /// A section of the settings.
    Settings,
    /// What is known of a picture; the picture itself is fetched by its link.
    Media,
    /// A message to a client, with what became of it.
    Message,
    /// What went out about a visit and cannot be called back: [`crate::appointments::Promises`].
    Promises,
}

impl RecordKind {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Payment => "payment",
            Self::Invoice => "invoice",
            Self::Till => "till",
            Self::Tenant => "tenant",
            Self::Settings => "settings",
            Self::Media => "media",
            Self::Message => "message",
            Self::Promises => "promises",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireItem {
    seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    doc: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collection: Option<Collection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<DocKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<Hash>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    heads: Heads,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<Bytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Json>,
}

impl From<Item> for WireItem {
    fn from(item: Item) -> Self {
        let empty = Self {
            seq: 0,
            group: None,
            doc: None,
            collection: None,
            kind: None,
            hash: None,
            heads: Heads::new(),
            bytes: None,
            row: None,
            record: None,
            id: None,
            body: None,
        };
        match item {
            Item::Doc(item) => Self {
                seq: item.seq,
                group: item.group,
                doc: Some(item.doc),
                collection: Some(item.collection),
                kind: Some(item.kind),
                hash: Some(item.hash),
                heads: item.heads,
                bytes: Some(item.bytes),
                row: item.row,
                ..empty
            },
            Item::Record(item) => {
                Self { seq: item.seq, record: Some(item.record), id: Some(item.id), body: item.body, ..empty }
            }
        }
    }
}

impl TryFrom<WireItem> for Item {
    type Error = &'static str;

    fn try_from(wire: WireItem) -> Result<Self, Self::Error> {
        if let Some(record) = wire.record {
            let id = wire.id.ok_or("a record has an id")?;
            return Ok(Self::Record(RecordItem { seq: wire.seq, record, id, body: wire.body }));
        }
        let (Some(doc), Some(collection), Some(kind)) = (wire.doc, wire.collection, wire.kind) else {
            return Err("an item is a record, or has doc, collection and kind");
        };
        Ok(Self::Doc(DocItem {
            seq: wire.seq,
            group: wire.group,
            doc,
            collection,
            kind,
            hash: wire.hash.unwrap_or(Hash([0; 32])),
            heads: wire.heads,
            bytes: wire.bytes.unwrap_or_default(),
            row: wire.row,
        }))
    }
}

/// `POST /api/v1/sync/compare`: where do we differ?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Compare {
    /// [`super::PROTOCOL`].
    pub protocol: u32,
    /// A collection's name, or `records`.
    pub part: String,
    /// The device's sum of each of the 256 buckets (by the last byte of the id), pending edits left out.
    pub buckets: Vec<Sum>,
}

/// The documents of every bucket that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompareAnswer {
    /// The newest number of the log as of this answer.
    pub head: u64,
    /// How many documents or records the part has, erased ones left out; a server of before does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The sum of the whole part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<Sum>,
    /// The buckets that differ, whole.
    pub differing: Vec<ComparePart>,
}

/// One bucket that differs, with all that the server has in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComparePart {
    /// Which one, 0 to 255.
    pub bucket: u8,
    /// All documents or records of it.
    pub docs: Vec<CompareDoc>,
}

/// A document or record as the server has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompareDoc {
    /// Its id.
    pub doc: Uuid,
    /// The heads of a document; empty for an erased one; of a record one hash, the SHA-256 of its canonical JSON.
    pub heads: Heads,
    /// Whether it was erased on purpose.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub purged: bool,
}

/// The one word that the live socket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveWord {
    /// The newest number of the log.
    pub head: u64,
}
