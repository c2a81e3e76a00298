//! Columns of the packed form: ids one after the other, names by their number, and values as runs. Pure.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PackedError;
use crate::documents::{Bytes, Collection};

const ID: usize = 16;

/// Ids, sixteen bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Ids(Bytes);

impl Ids {
    pub(super) fn push(&mut self, id: Uuid) {
        self.0.0.extend(id.as_bytes());
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.0.0.len() / ID
    }

    /// All of them.
    pub(super) fn all(&self) -> Result<Vec<Uuid>, PackedError> {
        let (ids, rest) = self.0.0.as_chunks::<ID>();
        if rest.is_empty() {
            Ok(ids.iter().copied().map(Uuid::from_bytes).collect())
        } else {
            Err(PackedError::Columns)
        }
    }
}

/// The name of a collection: of those that both sides know only the place in [`Collection::ALL`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum CollectionName {
    Known(u8),
    Other(String),
}

impl CollectionName {
    pub(super) fn new(name: String) -> Self {
        let place = Collection::ALL.iter().position(|known| known.as_str() == name);
        place.and_then(|place| u8::try_from(place).ok()).map_or(Self::Other(name), Self::Known)
    }

    pub(super) fn into_text(self) -> Result<String, PackedError> {
        match self {
            Self::Other(name) => Ok(name),
            Self::Known(place) => {
                let known = Collection::ALL.get(usize::from(place)).ok_or(PackedError::Collection)?;
                Ok(known.as_str().to_owned())
            }
        }
    }
}

/// The collections of entries: one alone where all have it, and else runs. A reader takes runs in either case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Collections {
    One(CollectionName),
    Runs(Runs<CollectionName>),
}

impl Default for Collections {
    fn default() -> Self {
        Self::Runs(Runs::default())
    }
}

impl Collections {
    pub(super) fn push(&mut self, name: CollectionName) {
        if let Self::Runs(runs) = self {
            runs.push(name);
        }
    }

    /// The shortest form of the same.
    pub(super) fn close(self) -> Self {
        match self {
            Self::Runs(Runs(mut runs)) if runs.len() == 1 => {
                runs.pop().map_or_else(Self::default, |(_, name)| Self::One(name))
            }
            other => other,
        }
    }

    /// All of them; there must be this many.
    pub(super) fn all(self, count: usize) -> Result<Vec<CollectionName>, PackedError> {
        match self {
            Self::One(name) => Ok(vec![name; count]),
            Self::Runs(runs) => runs.all(count),
        }
    }
}

/// Values, each with how often it comes in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Runs<T>(Vec<(u32, T)>);

impl<T> Default for Runs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone + PartialEq> Runs<T> {
    pub(super) fn push(&mut self, value: T) {
        match self.0.last_mut() {
            Some((count, last)) if *last == value => *count += 1,
            _ => self.0.push((1, value)),
        }
    }

    pub(super) fn are_all(&self, value: &T) -> bool {
        self.0.iter().all(|(_, other)| other == value)
    }

    /// All of them; there must be this many.
    pub(super) fn all(self, count: usize) -> Result<Vec<T>, PackedError> {
        // Before anything is unrolled: a few bytes must not become gigabytes.
        let total: u64 = self.0.iter().map(|(count, _)| u64::from(*count)).sum();
        if total != count as u64 {
            return Err(PackedError::Columns);
        }
        let run = |(count, value): (u32, T)| std::iter::repeat_n(value, count as usize);
        Ok(self.0.into_iter().flat_map(run).collect())
    }
}
