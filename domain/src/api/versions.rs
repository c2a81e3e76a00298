//! The version of a thing as HTTP speaks of it. Of a document it is made of its heads, of a record of its content: so two
//! equal tags are one state, on every server, on every device and after every restart.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::refusal::Refusal;
use crate::documents::{Hash, Heads};
use crate::errors::ErrorCode;
use crate::sync::{RecordKind, record_digest};

/// An entity tag, with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// The tag of a document with these sorted heads.
    #[must_use]
    pub fn of_heads(heads: &Heads) -> Self {
        let mut hasher = Sha256::new();
        for head in heads {
            hasher.update(head.0);
        }
        Self::short(&hasher.finalize())
    }

    /// The tag of a record with this digest.
    #[must_use]
    pub fn of_record(digest: Hash) -> Self {
        Self::short(&digest.0)
    }

    /// The tag of a record that says this.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn of_body(kind: RecordKind, id: Uuid, body: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::of_record(record_digest(kind.as_str(), id, &serde_json::to_value(body)?)))
    }

    fn short(bytes: &[u8]) -> Self {
        Self(format!("\"{}\"", hex::encode(&bytes[..16])))
    }

    /// The tag of a thing that also shows what other things say of it: it changes with them, but `If-Match` looks only at
    /// the thing itself, which is what an edit could overwrite.
    #[must_use]
    pub fn beside(&self, other: &str) -> Self {
        let other = Sha256::digest(other);
        Self(format!("{}-{}\"", self.0.trim_end_matches('"'), hex::encode(&other[..4])))
    }

    /// As a header says it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What `If-Match` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing: what others wrote meanwhile is merged with.
    Merge,
    /// That the thing is there at all.
    Exists,
    /// That it is as one of these.
    OneOf(Vec<String>),
}

impl Wanted {
    /// Reads the values of the header.
    pub fn read<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, Refusal> {
        let tags = tags(values).map_err(|()| Refusal::new(ErrorCode::BadRequest))?;
        Ok(match tags {
            None => Self::Merge,
            Some(tags) if tags == ["*"] => Self::Exists,
            Some(tags) => Self::OneOf(tags),
        })
    }

    /// Whether a thing with this tag may be changed.
    #[must_use]
    pub fn allows(&self, tag: &Tag) -> bool {
        match self {
            Self::Merge | Self::Exists => true,
            // A weak tag (`W/"..."`) promises too little to overwrite by, so it matches nothing.
            Self::OneOf(tags) => tags.iter().any(|wanted| own(wanted) == own(&tag.0)),
        }
    }
}

/// What the caller has already, from `If-None-Match`.
#[derive(Clone, Debug, Default)]
pub struct Known(Vec<String>);

impl Known {
    /// Reads the values of the header. One that cannot be read is no reason to refuse the answer: it is only sent whole.
    #[must_use]
    pub fn read<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self(tags(values).ok().flatten().unwrap_or_default())
    }

    /// Whether the caller has the thing as it is.
    #[must_use]
    pub fn has(&self, tag: &Tag) -> bool {
        self.0.iter().any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag.0)
    }
}

/// The part of a tag that speaks of the thing itself.
fn own(tag: &str) -> &str {
    tag.trim_end_matches('"').split('-').next().unwrap_or_default()
}

/// The tags of a header; `None` without it.
fn tags<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Result<Option<Vec<String>>, ()> {
    let mut tags = Vec::new();
    let mut is_there = false;
    for value in values {
        is_there = true;
        let is_text = value.iter().all(|byte| (32..127).contains(byte) || *byte == b'\t');
        let text = std::str::from_utf8(value).ok().filter(|_| is_text).ok_or(())?;
        for tag in text.split(',').map(str::trim) {
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            let is_quoted = opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"');
            if tag != "*" && !is_quoted {
                return Err(());
            }
            tags.push(tag.to_owned());
        }
    }
    Ok(is_there.then_some(tags))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_a_list_of_strong_tags_or_a_star() {
        let tag = Tag::of_heads(&vec![Hash([1; 32])]);
        let other = Tag::of_heads(&vec![Hash([1; 32]), Hash([2; 32])]);
        assert_ne!(tag, other);
        let allows = |value: &str| Wanted::read([value.as_bytes()]).map(|wanted| wanted.allows(&tag)).ok();
        assert_eq!(allows("*"), Some(true));
        assert_eq!(allows(&format!("{}, {}", other.as_str(), tag.as_str())), Some(true));
        assert_eq!(allows(other.as_str()), Some(false));
        assert_eq!(allows(&format!("W/{}", tag.as_str())), Some(false));
        assert_eq!(allows("no-quotes"), None);
        assert!(Wanted::read([]).unwrap().allows(&tag));
    }
}
