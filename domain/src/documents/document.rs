//! A document in memory: load, edit, receive, save.
//!
//! Part of the documents room. Time, actor and device come in as arguments. Bytes from elsewhere are applied to
//! a copy, the copy is saved, reloaded and looked over, and only then kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use automerge::transaction::CommitOptions;
use automerge::{ActorId, AutoCommit, AutomergeError, Change, ChangeHash, ObjType};

use super::fields::{Reader, Writer};
use super::{Chunk, Collection, Hash, Heads, genesis_bytes, genesis_hash};
use crate::errors::ErrorCode;

/// Who writes: made once per process start, because an actor that lives on in a copied or restored file would
/// write two different changes under one number (rule D8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    actor: Vec<u8>,
    device: String,
}

impl Author {
    /// An author with sixteen random bytes as actor and a short name of the device (or door) it writes from.
    #[must_use]
    pub fn new(actor: [u8; 16], device: impl Into<String>) -> Self {
        Self { actor: actor.to_vec(), device: device.into() }
    }

    /// The device's short name, as it stands in the history.
    #[must_use]
    pub fn device(&self) -> &str {
        &self.device
    }
}

/// What a change says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// When it was made, in seconds since 1970, by the device's clock.
    pub at: i64,
    /// What was done: `appointment.move`.
    pub command: String,
    /// The version of the app.
    pub version: String,
    /// The device or door.
    pub device: String,
}

/// A change in the history of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Which one.
    pub hash: Hash,
    /// The changes that it was made on.
    pub deps: Heads,
    /// What it says of itself.
    pub signature: Signature,
}

impl Signature {
    /// Reads what [`Document::edit`] wrote; what another program wrote is a command.
    fn read(at: i64, message: &str) -> Self {
        let mut words = message.splitn(3, ' ').map(str::to_owned);
        let mut word = || words.next().unwrap_or_default();
        Self { at, command: word(), version: word(), device: word() }
    }
}

/// A client, an appointment or a note, with its whole history.
#[derive(Clone)]
pub struct Document {
    collection: Collection,
    pub(super) doc: AutoCommit,
    /// What saving gives, as long as nothing has changed since it was proven.
    proven: Option<Vec<u8>>,
}

/// Documents that hold their genesis alone, to be copied: applying it costs ten times as much.
static BLANK: LazyLock<[AutoCommit; Collection::ALL.len()]> = LazyLock::new(|| {
    Collection::ALL.map(|collection| {
        let mut doc = AutoCommit::new();
        let genesis =
            Change::from_bytes(genesis_bytes(collection).to_vec()).expect("the golden genesis is a change");
        doc.apply_changes([genesis]).expect("genesis applies to an empty document");
        doc
    })
});

/// Why stored bytes are no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// automerge cannot load them.
    #[error("the bytes are no document: {0}")]
    Unreadable(String),
    /// Readable, but not of this collection's shape.
    #[error("the document is not shaped like one of {0}: {1}")]
    Shape(Collection, String),
}

/// What became of one received change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// New, and now part of the document.
    Stored,
    /// It was there already.
    Duplicate,
    /// It builds on changes that are not here.
    MissingDeps,
    /// It can never be applied.
    Refused(ErrorCode),
}

/// A copy of a document with received changes in it, and what became of each, in order.
#[derive(Debug)]
pub struct Received {
    /// The copy; equal to the original if nothing was stored.
    pub document: Document,
    /// One verdict per chunk.
    pub verdicts: Vec<Verdict>,
}

impl Document {
    /// A document that holds its genesis and nothing else.
    #[must_use]
    pub fn new(collection: Collection) -> Self {
        Self { collection, doc: BLANK[collection as usize].clone(), proven: None }
    }

    /// Loads what [`Document::save`] or another Automerge library wrote, and looks over its shape.
    pub fn load(collection: Collection, bytes: &[u8]) -> Result<Self, DocumentError> {
        let doc = catch_unwind(AssertUnwindSafe(|| AutoCommit::load(bytes)))
            .map_err(|_| DocumentError::Unreadable("automerge gave up on it".to_owned()))?
            .map_err(|error| DocumentError::Unreadable(error.to_string()))?;
        let mut loaded = Self { collection, doc, proven: None };
        loaded.check_shape()?;
        Ok(loaded)
    }

    /// The whole document as one Automerge document chunk, without deflate: pages of them compress better.
    pub fn save(&mut self) -> Vec<u8> {
        self.proven.clone().unwrap_or_else(|| self.doc.save_nocompress())
    }

    /// Which collection it belongs to.
    #[must_use]
    pub const fn collection(&self) -> Collection {
        self.collection
    }

    /// The newest changes, sorted.
    pub fn heads(&mut self) -> Heads {
        sorted(self.doc.get_heads())
    }

    /// Whether a change is part of the document.
    pub fn contains(&mut self, hash: Hash) -> bool {
        self.doc.get_change_meta_by_hash(&hash.into()).is_some()
    }

    /// Whether nothing was ever written after genesis.
    pub fn is_blank(&mut self) -> bool {
        self.heads() == [genesis_hash(self.collection)]
    }

    /// Makes one change. `command` says what the person did (`appointment.move`), `at` is in seconds since 1970.
    /// Returns `None` if the edit changed nothing.
    pub fn edit(
        &mut self,
        author: &Author,
        at: i64,
        command: &str,
        edit: impl FnOnce(&mut Writer<'_>),
    ) -> Option<Chunk> {
        self.proven = None;
        self.doc.set_actor(ActorId::from(author.actor.as_slice()));
        edit(&mut Writer::new(&mut self.doc));
        let message = format!("{command} {} {}", crate::VERSION, author.device);
        self.doc.commit_with(CommitOptions::default().with_time(at).with_message(message))?;
        self.doc.get_last_local_change().map(Chunk::own)
    }

    /// The changes that somebody with these heads lacks, in an order in which they can be applied. Heads that this
    /// document does not know are passed over; genesis is never among the changes.
    pub fn chunks_since(&mut self, heads: &[Hash]) -> Vec<Chunk> {
        let known: Vec<ChangeHash> =
            heads.iter().filter(|h| self.contains(**h)).map(|h| (*h).into()).collect();
        let genesis = genesis_hash(self.collection);
        self.doc.get_changes(&known).into_iter().map(Chunk::own).filter(|c| c.hash() != genesis).collect()
    }

    /// The heads that are left when some changes are thought away. Those must not be built upon by others.
    pub fn heads_without(&mut self, pending: &[Hash]) -> Heads {
        if pending.is_empty() {
            return self.heads();
        }
        let metas = self.doc.get_changes_meta(&[]);
        let kept: Vec<_> = metas.iter().filter(|m| !pending.contains(&Hash(m.hash.0))).collect();
        let inner: BTreeSet<_> = kept.iter().flat_map(|m| m.deps.iter().copied()).collect();
        sorted(kept.iter().map(|m| m.hash).filter(|hash| !inner.contains(hash)).collect())
    }

    /// Applies received changes to a copy. If the copy does not survive saving, loading and the look at its shape,
    /// the changes are tried one by one, so that a bad one never takes its neighbours along.
    #[must_use]
    pub fn receive(&self, chunks: &[Chunk]) -> Received {
        let mut together = self.clone();
        let verdicts: Vec<_> = chunks.iter().map(|chunk| together.apply(chunk)).collect();
        if !verdicts.contains(&Verdict::Stored) {
            return Received { document: self.clone(), verdicts };
        }
        if let Some(document) = together.proven() {
            return Received { document, verdicts };
        }
        let mut document = self.clone();
        let verdicts = chunks
            .iter()
            .map(|chunk| {
                let mut attempt = document.clone();
                match attempt.apply(chunk) {
                    Verdict::Stored => match attempt.proven() {
                        Some(proven) => {
                            document = proven;
                            Verdict::Stored
                        }
                        None => Verdict::Refused(ErrorCode::BadShape),
                    },
                    other => other,
                }
            })
            .collect();
        Received { document, verdicts }
    }

    /// Takes over all changes of another copy of the same document, e.g. a snapshot from the server.
    /// The result is proven as in [`Document::receive`].
    pub fn merge(&self, other: &mut Self) -> Result<Self, DocumentError> {
        let mut copy = self.clone();
        copy.proven = None;
        let merged = catch_unwind(AssertUnwindSafe(|| copy.doc.merge(&mut other.doc).map(|_| ())));
        match merged {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(DocumentError::Unreadable(error.to_string())),
            Err(_) => return Err(DocumentError::Unreadable("automerge gave up on it".to_owned())),
        }
        let bytes = copy.save();
        Self::load(self.collection, &bytes)
    }

    /// What stands in the document.
    pub fn reader(&mut self) -> Reader<'_> {
        Reader::new(&mut self.doc)
    }

    /// The history, oldest first as far as that is defined: seconds since 1970, and what was done.
    pub fn history(&mut self) -> Vec<(Hash, i64, String)> {
        let genesis = genesis_hash(self.collection);
        self.doc
            .get_changes_meta(&[])
            .into_iter()
            .filter(|meta| Hash(meta.hash.0) != genesis)
            .map(|meta| {
                (Hash(meta.hash.0), meta.timestamp, meta.message.map(|m| m.to_string()).unwrap_or_default())
            })
            .collect()
    }

    /// All changes after genesis in the order of cause and effect; those of which none caused the other by time and hash, so
    /// that every replica gives the same list.
    pub fn log(&mut self) -> Vec<Logged> {
        let genesis = genesis_hash(self.collection);
        let mut depths: BTreeMap<Hash, usize> = BTreeMap::from([(genesis, 0)]);
        let mut log: Vec<(usize, Logged)> = Vec::new();
        // What comes from automerge has causes before effects.
        for meta in self.doc.get_changes_meta(&[]) {
            let hash = Hash(meta.hash.0);
            if hash == genesis {
                continue;
            }
            let deps: Heads = sorted(meta.deps.clone());
            let depth = deps.iter().filter_map(|dep| depths.get(dep)).max().map_or(1, |depth| depth + 1);
            depths.insert(hash, depth);
            let signature = Signature::read(meta.timestamp, meta.message.as_deref().unwrap_or_default());
            log.push((depth, Logged { hash, deps, signature }));
        }
        log.sort_by(|(one, a), (other, b)| {
            (one, a.signature.at, a.hash).cmp(&(other, b.signature.at, b.hash))
        });
        log.into_iter().map(|(_, logged)| logged).collect()
    }

    /// Looks at the document as it was with these heads, or edits it there: such an edit knows of nothing later.
    pub fn at<T>(&mut self, heads: &[Hash], look: impl FnOnce(&mut Self) -> T) -> T {
        let heads: Vec<ChangeHash> = heads.iter().map(|hash| (*hash).into()).collect();
        self.doc.isolate(&heads);
        let seen = look(self);
        self.doc.integrate();
        seen
    }

    /// Whether a field is a text that merges letter by letter.
    #[must_use]
    pub fn is_text(&self, name: &str) -> bool {
        let texts = self.collection.containers().iter().filter(|(_, kind)| *kind == ObjType::Text);
        texts.map(|(text, _)| *text).any(|text| text == name)
    }

    /// Who made a change, when, with which command.
    pub fn signature(&mut self, hash: Hash) -> Option<Signature> {
        let meta = self.doc.get_change_meta_by_hash(&hash.into())?;
        Some(Signature::read(meta.timestamp, meta.message.as_deref().unwrap_or_default()))
    }

    fn apply(&mut self, chunk: &Chunk) -> Verdict {
        if self.contains(chunk.hash()) {
            return Verdict::Duplicate;
        }
        if chunk.deps().into_iter().any(|dep| !self.contains(dep)) {
            return Verdict::MissingDeps;
        }
        self.proven = None;
        let applied = catch_unwind(AssertUnwindSafe(|| self.doc.apply_changes([chunk.change().clone()])));
        match applied {
            Ok(Ok(())) if self.contains(chunk.hash()) => Verdict::Stored,
            Ok(Ok(())) => Verdict::MissingDeps,
            Ok(Err(AutomergeError::DuplicateSeqNumber(..))) => Verdict::Refused(ErrorCode::DuplicateSeq),
            Ok(Err(_)) | Err(_) => Verdict::Refused(ErrorCode::BadChunk),
        }
    }

    fn proven(mut self) -> Option<Self> {
        let heads = self.heads();
        let bytes = catch_unwind(AssertUnwindSafe(|| self.save())).ok()?;
        let mut reloaded = Self::load(self.collection, &bytes).ok()?;
        let is_same = reloaded.heads() == heads;
        reloaded.proven = Some(bytes);
        is_same.then_some(reloaded)
    }

    fn check_shape(&mut self) -> Result<(), DocumentError> {
        let wrong = |what: String| DocumentError::Shape(self.collection, what);
        let genesis: ChangeHash = genesis_hash(self.collection).into();
        if self.doc.get_change_meta_by_hash(&genesis).is_none() {
            return Err(wrong("its genesis is missing".to_owned()));
        }
        let reader = Reader::new(&mut self.doc);
        for (name, kind) in self.collection.containers() {
            if !reader.is_the_genesis_container(name, *kind) {
                return Err(DocumentError::Shape(
                    self.collection,
                    format!("{name} is no longer the container it was"),
                ));
            }
        }
        let rules: BTreeMap<&str, fn(&str) -> bool> = crate::shapes::text_scalars(self.collection);
        for (name, is_valid) in rules {
            if !reader.every_value_is_text(name, is_valid) {
                return Err(DocumentError::Shape(
                    self.collection,
                    format!("{name} has a value it may not have"),
                ));
            }
        }
        if reader.every_value_is_time("deletedAt") {
            Ok(())
        } else {
            Err(DocumentError::Shape(self.collection, "deletedAt is not a moment".to_owned()))
        }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("collection", &self.collection).finish_non_exhaustive()
    }
}

fn sorted(hashes: Vec<ChangeHash>) -> Heads {
    let mut heads: Heads = hashes.into_iter().map(Hash::from).collect();
    heads.sort_unstable();
    heads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::tests_support::author;

    fn anna() -> (Document, Chunk) {
        let mut doc = Document::new(Collection::Clients);
        let chunk = doc.edit(&author(1), 10, "client.create", |w| w.put_str("name", Some("Анна"))).unwrap();
        (doc, chunk)
    }

    #[test]
    fn two_devices_edit_different_fields_and_the_same_text() {
        let (mut a, create) = anna();
        let mut b = Document::new(Collection::Clients).receive(&[create]).document;
        let from_a = a.edit(&author(2), 20, "client.edit", |w| {
            w.put_str("phone", Some("+79161234567"));
            w.put_text("notes", "Кофе без сахара");
        });
        let from_b = b.edit(&author(3), 20, "client.edit", |w| {
            w.put_str("email", Some("anna@example.com"));
            w.put_text("notes", "Аллергия на латекс");
        });
        let mut a = a.receive(&[from_b.unwrap()]).document;
        let mut b = b.receive(&[from_a.unwrap()]).document;
        assert_eq!(a.heads(), b.heads());
        assert_eq!(a.save(), Document::load(Collection::Clients, &a.save()).unwrap().save());
        let text = b.reader().text("notes");
        assert_eq!(a.reader().text("notes"), text);
        assert!(text.contains("Кофе без сахара") && text.contains("Аллергия на латекс"));
        assert_eq!(a.reader().str("email").as_deref(), Some("anna@example.com"));
    }

    #[test]
    fn an_edit_that_changes_nothing_makes_no_change() {
        let (mut doc, _) = anna();
        assert!(doc.edit(&author(1), 20, "client.edit", |w| w.put_str("name", Some("Анна"))).is_none());
    }

    #[test]
    fn a_change_is_a_duplicate_the_second_time_and_waits_for_what_it_builds_on() {
        let (mut doc, create) = anna();
        let second = doc.edit(&author(1), 20, "client.edit", |w| w.put_str("name", Some("Аня"))).unwrap();
        let blank = Document::new(Collection::Clients);
        assert_eq!(blank.receive(std::slice::from_ref(&second)).verdicts, [Verdict::MissingDeps]);
        let received = blank.receive(&[create.clone(), second, create]);
        assert_eq!(received.verdicts, [Verdict::Stored, Verdict::Stored, Verdict::Duplicate]);
    }

    #[test]
    fn a_change_that_replaces_a_container_is_refused_and_its_neighbour_is_kept() {
        let (mut doc, create) = anna();
        let mut vandal = doc.clone();
        let bad = vandal.edit(&author(9), 20, "x", |w| w.put_str("tags", Some("boom"))).unwrap();
        let good = doc.edit(&author(1), 20, "client.edit", |w| w.put_str("name", Some("Аня"))).unwrap();
        let received = Document::new(Collection::Clients).receive(&[create, bad, good]);
        assert_eq!(
            received.verdicts,
            [Verdict::Stored, Verdict::Refused(ErrorCode::BadShape), Verdict::Stored]
        );
    }

    #[test]
    fn one_number_of_an_actor_is_never_two_changes() {
        let (_, create) = anna();
        let base = Document::new(Collection::Clients).receive(&[create]).document;
        let mut once = base.clone();
        let mut again = base.clone();
        let first = once.edit(&author(5), 20, "client.edit", |w| w.put_str("name", Some("Аня"))).unwrap();
        let second = again.edit(&author(5), 20, "client.edit", |w| w.put_str("name", Some("Нюра"))).unwrap();
        let received = base.receive(&[first, second]);
        assert_eq!(received.verdicts, [Verdict::Stored, Verdict::Refused(ErrorCode::DuplicateSeq)]);
    }

    #[test]
    fn heads_without_the_pending_changes_are_what_the_server_knows() {
        let (mut doc, create) = anna();
        let pending = doc.edit(&author(1), 20, "client.edit", |w| w.put_str("name", Some("Аня"))).unwrap();
        assert_eq!(doc.heads_without(&[pending.hash()]), [create.hash()]);
        assert_eq!(doc.heads_without(&[]), [pending.hash()]);
        assert_eq!(doc.heads_without(&[pending.hash(), create.hash()]), [genesis_hash(Collection::Clients)]);
    }

    #[test]
    fn a_damaged_snapshot_never_loads_as_something_else() {
        let (mut doc, _) = anna();
        let bytes = doc.save();
        for position in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[position / 8] ^= 1 << (position % 8);
            if let Ok(mut loaded) = Document::load(Collection::Clients, &damaged) {
                assert_eq!(loaded.heads(), doc.heads(), "bit {position}");
            }
        }
    }

    #[test]
    fn a_root_scalar_of_the_wrong_type_is_refused() {
        let (_, create) = anna();
        let base = Document::new(Collection::Clients).receive(&[create]).document;
        let mut odd = base.clone();
        let chunk = odd.edit(&author(7), 20, "x", |w| w.put_raw("name", 5)).unwrap();
        assert_eq!(base.receive(&[chunk]).verdicts, [Verdict::Refused(ErrorCode::BadShape)]);
        let mut future = base.clone();
        let chunk = future.edit(&author(8), 20, "x", |w| w.put_raw("aFieldOfTomorrow", 5)).unwrap();
        assert_eq!(base.receive(&[chunk]).verdicts, [Verdict::Stored]);
    }
}
