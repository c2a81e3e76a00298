//! Sums that tell two replicas whether they hold the same, without sending it.
//!
//! Pure arithmetic: per part the sum modulo 2^256 of one SHA-256 per document, so that adding, removing and
//! replacing a document cost one step each and the order does not matter.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::documents::{Hash, Heads};

/// How many buckets a comparison has; a document's bucket is the last byte of its id.
pub const BUCKETS: usize = 256;

/// The parts of a digest.
pub const PARTS: [&str; 4] = ["appointments", "clients", "notes", "records"];

/// One sum per part: `clients`, `appointments`, `notes`, `records`.
pub type Digest = BTreeMap<String, Sum>;

/// A number modulo 2^256, big-endian.
#[derive(Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct Sum(pub [u8; 32]);

impl Sum {
    /// Adds one document's digest.
    #[must_use]
    pub fn plus(self, digest: Hash) -> Self {
        self.combine(digest, |a, b, carry| {
            let sum = u16::from(a) + u16::from(b) + carry;
            (sum.to_be_bytes()[1], sum >> 8)
        })
    }

    /// Takes one document's digest away again.
    #[must_use]
    pub fn minus(self, digest: Hash) -> Self {
        self.combine(digest, |a, b, borrow| {
            let sub = 256 + u16::from(a) - u16::from(b) - borrow;
            (sub.to_be_bytes()[1], 1 - (sub >> 8))
        })
    }

    fn combine(mut self, digest: Hash, step: impl Fn(u8, u8, u16) -> (u8, u16)) -> Self {
        let mut carry = 0;
        for (a, b) in self.0.iter_mut().zip(digest.0).rev() {
            (*a, carry) = step(*a, b, carry);
        }
        self
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hash(self.0).fmt(f)
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hash(self.0).fmt(f)
    }
}

impl FromStr for Sum {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(|Hash(bytes)| Self(bytes))
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Hash(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Hash::deserialize(deserializer).map(|Hash(bytes)| Self(bytes))
    }
}

/// The bucket of a document or record.
#[must_use]
pub fn bucket_of(id: Uuid) -> u8 {
    id.as_bytes()[15]
}

/// The digest of a living document: SHA-256 of its 16 id bytes, the byte 1, and its sorted heads.
#[must_use]
pub fn document_digest(id: Uuid, heads: &Heads) -> Hash {
    let mut bytes = id.as_bytes().to_vec();
    bytes.push(1);
    for head in heads {
        bytes.extend_from_slice(&head.0);
    }
    Hash::of(&bytes)
}

/// The digest of an erased document: SHA-256 of its 16 id bytes and the byte 2.
#[must_use]
pub fn purged_digest(id: Uuid) -> Hash {
    let mut bytes = id.as_bytes().to_vec();
    bytes.push(2);
    Hash::of(&bytes)
}

/// The digest of a record: SHA-256 of its 16 id bytes, the byte 3, its kind, the byte 0, and its canonical JSON.
/// A removed record counts for nothing.
#[must_use]
pub fn record_digest(kind: &str, id: Uuid, body: &Json) -> Hash {
    let mut bytes = id.as_bytes().to_vec();
    bytes.push(3);
    bytes.extend_from_slice(kind.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(canonical_json(body).as_bytes());
    Hash::of(&bytes)
}

/// JSON with sorted keys and without white space: RFC 8785 for texts, whole numbers and decimals below 10^15.
#[must_use]
pub fn canonical_json(value: &Json) -> String {
    match value {
        Json::Object(map) => {
            let mut sorted: Vec<(&String, &Json)> = map.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            let entries: Vec<String> = sorted
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Json::from(key.as_str()), canonical_json(value)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        Json::Array(list) => {
            format!("[{}]", list.iter().map(canonical_json).collect::<Vec<_>>().join(","))
        }
        // A whole number is the same number however it was written.
        Json::Number(number) => match number.as_f64() {
            Some(0.0) => "0".to_owned(),
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15 => {
                format!("{float:.0}")
            }
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    proptest! {
        #[test]
        fn a_sum_forgets_the_order_and_takes_back_what_was_added(a: [u8; 32], b: [u8; 32], c: [u8; 32]) {
            let [a, b, c] = [Hash(a), Hash(b), Hash(c)];
            let start = Sum(c.0);
            prop_assert_eq!(start.plus(a).plus(b), start.plus(b).plus(a));
            prop_assert_eq!(start.plus(a).plus(b).minus(a), start.plus(b));
        }
    }

    #[test]
    fn the_sum_wraps_at_two_to_the_256th() {
        let one = Hash({
            let mut bytes = [0; 32];
            bytes[31] = 1;
            bytes
        });
        assert_eq!(Sum([0xff; 32]).plus(one), Sum::default());
        assert_eq!(Sum::default().minus(one), Sum([0xff; 32]));
    }

    #[test]
    fn canonical_json_sorts_and_knows_whole_numbers() {
        let value = json!({ "b": 1500.0, "a": [1, 2.5, "ё\n"], "c": null });
        assert_eq!(canonical_json(&value), "{\"a\":[1,2.5,\"ё\\n\"],\"b\":1500,\"c\":null}");
        assert_eq!(
            canonical_json(&json!({ "\u{e000}": -0.0, "\u{1f600}": 1 })),
            "{\"\u{1f600}\":1,\"\u{e000}\":0}"
        );
    }

    #[test]
    fn the_worked_example_of_the_protocol_page() {
        let id = Uuid::parse_str("0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1").unwrap();
        let heads = vec![Hash::of(b"b"), Hash::of(b"a")];
        assert!(heads.is_sorted());
        let sum = Sum::default().plus(document_digest(id, &heads)).plus(purged_digest(id));
        insta::assert_snapshot!(format!(
            "document {}\npurged   {}\nrecord   {}\nsum      {sum}",
            document_digest(id, &heads),
            purged_digest(id),
            record_digest("service", id, &json!({ "name": "Стрижка", "basePrice": 2500 })),
        ));
    }
}
