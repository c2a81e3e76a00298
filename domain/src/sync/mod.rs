//! The messages of `/api/v1/sync`, and the arithmetic that both sides must do alike.
//!
//! A slice of the shared room; pure. `docs/sync-protocol.md` describes every field for people without this code;
//! the snapshots beside these types hold the formats still.

mod codec;
mod digest;
mod groups;
mod intents;
mod messages;
mod packed;

pub use codec::{CBOR, CodecError, ContentType, decode, encode};
pub use digest::{
    BUCKETS, Digest, PARTS, Sum, bucket_of, canonical_json, document_digest, purged_digest, record_digest,
};
pub use groups::{MAX_GROUP_DOCS, MOST_DOCUMENTS, in_groups};
pub use intents::{Intent, IntentAction, IntentOutcome, IntentResult};
pub use messages::{
    Answer, Ask, Compare, CompareAnswer, CompareDoc, ComparePart, DocItem, DocKind, Item, LiveWord, Others,
    Push, PushOutcome, PushResult, RecordItem, RecordKind, Scope,
};
pub use packed::{Packed, PackedError};

/// The protocol's version. A server answers `unsupported_protocol` to any other.
pub const PROTOCOL: u32 = 1;

/// The version of the document shapes, with the time-zone data that rows were computed with: `1/2026b`.
#[must_use]
pub fn schema() -> String {
    format!("1/{}", crate::dates::tzdata_version())
}

/// The most bytes of one request, after decompression: 16 MiB.
pub const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// The bytes that an answer aims at unless the device asks otherwise: 1 MiB.
pub const DEFAULT_PAGE_BYTES: u64 = 1024 * 1024;
