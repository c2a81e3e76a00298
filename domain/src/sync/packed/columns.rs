//! Columns of the packed form: ids one after the other, and values as runs. Pure.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PackedError;
use crate::documents::Bytes;

const ID: usize = 16;

/// Ids, sixteen bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Ids(Bytes);

impl Ids {
    pub(super) fn push(&mut self, id: Uuid) {
        self.0.0.extend(id.as_bytes());
    }

    /// All of them; there must be this many.
    pub(super) fn all(&self, count: usize) -> Result<Vec<Uuid>, PackedError> {
        let (ids, rest) = self.0.0.as_chunks::<ID>();
        let fits = rest.is_empty() && ids.len() == count;
        if fits { Ok(ids.iter().copied().map(Uuid::from_bytes).collect()) } else { Err(PackedError::Columns) }
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
