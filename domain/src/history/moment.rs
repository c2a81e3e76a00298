//! How a record was at a moment: what had been made by then, as the clocks of the devices said.
//!
//! Part of the history room. Pure. A change counts only with all that it builds on, so a device whose clock is ahead never
//! tears a record apart; at worst its edits appear late.

use std::collections::BTreeSet;

use crate::documents::{Document, Hash};
use crate::{Projection, project};

/// The newest changes of a record that had been made by a moment, in seconds since 1970; none if it was not there yet.
#[must_use]
pub fn heads_at(document: &mut Document, moment: i64) -> Vec<Hash> {
    let mut made = BTreeSet::new();
    let mut covered = BTreeSet::new();
    let genesis = crate::documents::genesis_hash(document.collection());
    for logged in document.log() {
        let has_all = logged.deps.iter().all(|dep| *dep == genesis || made.contains(dep));
        if has_all && logged.signature.at <= moment {
            made.insert(logged.hash);
            covered.extend(logged.deps);
        }
    }
    made.into_iter().filter(|hash| !covered.contains(hash)).collect()
}

/// The row of a record as it was at a moment; nothing if it was not there yet.
#[must_use]
pub fn at_moment(document: &mut Document, moment: i64) -> Option<Projection> {
    let heads = heads_at(document, moment);
    (!heads.is_empty()).then(|| document.at(&heads, project))
}
