//! All changes that were ever made in the world, and what each builds on. Replicas are asked only for their heads;
//! what follows from those is known here, so a check costs no opening of documents.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use client_core::store::OutboxEntry;
use domain::documents::{Chunk, Collection, Hash, genesis_hash};
use uuid::Uuid;

use super::history::ActKind;
use super::invariants::Broken;

/// A change of a document.
pub(super) type Key = (Uuid, Hash);

#[derive(Debug)]
struct Known {
    deps: Vec<Hash>,
    by: Option<ActKind>,
}

/// Hashes that some heads stand on, the heads included and genesis left out.
pub(super) type Past = Rc<BTreeSet<Hash>>;

#[derive(Debug, Default)]
pub(super) struct Graph {
    changes: HashMap<Key, Known>,
    actors: HashMap<(Uuid, String, u64), Hash>,
    /// The changes of each group.
    pub groups: BTreeMap<Uuid, BTreeSet<Key>>,
    pasts: RefCell<HashMap<Uuid, HashMap<Vec<Hash>, Past>>>,
}

impl Graph {
    /// Takes in a change that a device has made. Checks I15 and the first half of I05.
    pub(super) fn learn(&mut self, entry: &OutboxEntry, by: Option<ActKind>) -> Result<(), Broken> {
        let key = (entry.doc, entry.hash);
        if self.changes.contains_key(&key) {
            return Ok(());
        }
        let chunk = Chunk::check(entry.collection, entry.hash, &entry.bytes).map_err(|error| {
            Broken::new("I04_no_invention", format!("a device made a bad change: {error}"))
        })?;
        let (actor, seq) = chunk.actor_and_seq();
        if let Some(other) = self.actors.insert((entry.doc, actor.clone(), seq), entry.hash) {
            let what =
                format!("document {}, actor {actor}, number {seq}: {other} and {}", entry.doc, entry.hash);
            return Err(Broken::new("I15_actor_unique", what));
        }
        let deps: Vec<Hash> =
            chunk.deps().into_iter().filter(|dep| *dep != genesis_hash(entry.collection)).collect();
        if let Some(dep) = deps.iter().find(|dep| !self.changes.contains_key(&(entry.doc, **dep))) {
            return Err(Broken::new(
                "I05_causality",
                format!("{} builds on {dep}, which nobody made", entry.hash),
            ));
        }
        if let Some(group) = entry.group {
            self.groups.entry(group).or_default().insert(key);
        }
        self.changes.insert(key, Known { deps, by });
        Ok(())
    }

    pub(super) fn knows(&self, key: &Key) -> bool {
        self.changes.contains_key(key)
    }

    /// The act that made a change.
    pub(super) fn act_of(&self, key: &Key) -> Option<ActKind> {
        self.changes.get(key).and_then(|known| known.by)
    }

    pub(super) fn deps(&self, key: &Key) -> &[Hash] {
        self.changes.get(key).map_or(&[], |known| &known.deps)
    }

    /// All that these heads stand on. A head that nobody made breaks I04.
    pub(super) fn past(&self, doc: Uuid, collection: Collection, heads: &[Hash]) -> Result<Past, Broken> {
        if let Some(past) = self.pasts.borrow().get(&doc).and_then(|of_doc| of_doc.get(heads)) {
            return Ok(past.clone());
        }
        let genesis = genesis_hash(collection);
        let mut past = BTreeSet::new();
        let mut open: Vec<Hash> = heads.iter().copied().filter(|head| *head != genesis).collect();
        while let Some(hash) = open.pop() {
            let Some(known) = self.changes.get(&(doc, hash)) else {
                let what = format!("{collection} {doc} has the change {hash}, which nobody made");
                return Err(Broken::new("I04_no_invention", what));
            };
            if past.insert(hash) {
                open.extend(&known.deps);
            }
        }
        let past = Rc::new(past);
        self.pasts.borrow_mut().entry(doc).or_default().insert(heads.to_vec(), past.clone());
        Ok(past)
    }
}
