//! The two encodings of sync messages: CBOR for devices, JSON for people and foreign clients.
//!
//! Pure. In CBOR (RFC 8949) ids, hashes and bytes are byte strings; in JSON ids and hashes are text and bytes are
//! base64.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The content type of CBOR.
pub const CBOR: &str = "application/cbor";

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// `application/json`
    Json,
    /// `application/cbor`
    Cbor,
}

impl ContentType {
    /// Reads a `Content-Type` or `Accept` value; `None` for anything else. Parameters are passed over.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/json" => Some(Self::Json),
            CBOR => Some(Self::Cbor),
            _ => None,
        }
    }

    /// The header's value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Cbor => CBOR,
        }
    }
}

/// Bytes that are not the message they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a message of this protocol: {0}")]
pub struct CodecError(pub String);

/// Nesting deeper than this is refused before it can exhaust the stack.
const MAX_DEPTH: usize = 64;

/// Writes a message.
#[must_use]
pub fn encode<T: Serialize>(message: &T, content: ContentType) -> Vec<u8> {
    match content {
        ContentType::Json => serde_json::to_vec(message).expect("a message has string keys only"),
        ContentType::Cbor => {
            let mut bytes = Vec::new();
            ciborium::into_writer(message, &mut bytes).expect("writing to memory does not fail");
            bytes
        }
    }
}

/// Reads a message, the whole of the bytes.
///
/// # Errors
/// [`CodecError`] when the bytes are cut, lengthened, too deep, or shaped like another message.
pub fn decode<T: DeserializeOwned>(bytes: &[u8], content: ContentType) -> Result<T, CodecError> {
    match content {
        ContentType::Json => serde_json::from_slice(bytes).map_err(|error| CodecError(error.to_string())),
        ContentType::Cbor => {
            let mut rest = bytes;
            let message = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH)
                .map_err(|error| CodecError(error.to_string()))?;
            if rest.is_empty() { Ok(message) } else { Err(CodecError("bytes are left over".to_owned())) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{Bytes, Collection, Hash};
    use crate::sync::{Answer, Ask, DocItem, DocKind, Item, PROTOCOL, Push, RecordItem};
    use serde_json::json;
    use uuid::Uuid;

    fn ask() -> Ask {
        let doc = Uuid::from_u128(0x0192_f0c1_2d3e_7f40_8a5b_6c7d_8e9f_a0b1);
        Ask {
            protocol: PROTOCOL,
            schema: "1/2026b".to_owned(),
            cursor: Some("abc".to_owned()),
            push: vec![Push {
                group: Some(Uuid::from_u128(5)),
                doc,
                collection: "clients".to_owned(),
                hash: Hash([7; 32]),
                bytes: Bytes(vec![1, 2, 3]),
            }],
            want: vec![doc],
            ..Ask::default()
        }
    }

    fn answer() -> Answer {
        let doc = DocItem {
            seq: 3,
            group: None,
            doc: Uuid::from_u128(9),
            collection: Collection::Notes,
            kind: DocKind::Snapshot,
            hash: Hash([1; 32]),
            heads: vec![Hash([2; 32])],
            bytes: Bytes(vec![9]),
            row: Some("{}".to_owned()),
        };
        let body = Some(json!({ "name": "Стрижка", "basePrice": 1500.5 }));
        let record = RecordItem { seq: 4, record: "service".to_owned(), id: Uuid::from_u128(8), body };
        Answer {
            epoch: Uuid::from_u128(1),
            head: 4,
            cursor: "c".to_owned(),
            more: false,
            results: Vec::new(),
            durable: None,
            intents: Vec::new(),
            items: vec![Item::Doc(doc), Item::Record(record)],
            packed: None,
            digest: Some([("clients".to_owned(), crate::sync::Sum::default())].into()),
            server_time: "2026-11-22T10:00:00Z".to_owned(),
            others: None,
        }
    }

    #[test]
    fn both_encodings_round_trip() {
        for content in [ContentType::Json, ContentType::Cbor] {
            assert_eq!(decode::<Ask>(&encode(&ask(), content), content).unwrap(), ask());
            assert_eq!(decode::<Answer>(&encode(&answer(), content), content).unwrap(), answer());
        }
    }

    #[test]
    fn the_formats_are_held_still() {
        insta::assert_json_snapshot!("ask", ask());
        insta::assert_json_snapshot!("answer", answer());
        insta::assert_snapshot!("ask_cbor", hex::encode(encode(&ask(), ContentType::Cbor)));
    }

    #[test]
    fn cut_lengthened_and_deep_bytes_are_errors() {
        let bytes = encode(&ask(), ContentType::Cbor);
        for length in 0..bytes.len() {
            assert!(decode::<Ask>(&bytes[..length], ContentType::Cbor).is_err());
        }
        assert!(decode::<Ask>(&[bytes, vec![0]].concat(), ContentType::Cbor).is_err());
        assert!(decode::<Ask>(&vec![0x81; 100_000], ContentType::Cbor).is_err());
        assert!(decode::<Ask>("[".repeat(100_000).as_bytes(), ContentType::Json).is_err());
    }
}
