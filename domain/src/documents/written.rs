//! Which fields a change wrote to, read from the change itself: a page of a long history need not look at all of the document,
//! twice for each change, to see what became different.
//!
//! Part of the documents room.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, Op};
use automerge::{Change, ChangeHash};

use super::{Document, Hash};

impl Document {
    /// The root fields that each change wrote to, of those changes that somebody with these heads lacks; entries of a map count
    /// for the map. A change that wrote into something deeper is left out: its field cannot be told from it alone.
    pub fn written_since(&mut self, heads: &[Hash]) -> BTreeMap<Hash, BTreeSet<String>> {
        let places = self.reader().places();
        let known: Vec<ChangeHash> = heads.iter().map(|hash| (*hash).into()).collect();
        let changes = self.doc.get_changes(&known);
        changes
            .iter()
            .filter_map(|change| Some((Hash(change.hash().0), written_by(change, &places)?)))
            .collect()
    }

    /// The same of one change.
    pub fn written_in(&mut self, hash: Hash) -> Option<BTreeSet<String>> {
        let places = self.reader().places();
        written_by(&self.doc.get_change_by_hash(&hash.into())?, &places)
    }
}

/// The root fields that a change wrote to; `places` are the objects of the root by their ids.
fn written_by(change: &Change, places: &BTreeMap<String, String>) -> Option<BTreeSet<String>> {
    let place = |op: Op| match (op.obj, op.key) {
        (ObjectId::Root, Key::Map(name)) => Some(name.to_string()),
        (ObjectId::Root, Key::Seq(_)) => None,
        (ObjectId::Id(id), _) => places.get(&id.to_string()).cloned(),
    };
    change.decode().operations.into_iter().map(place).collect()
}
