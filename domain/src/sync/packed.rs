//! The packed form of changes in a message: the same changes in columns, for devices and the server among themselves.
//!
//! Pure. Hashes and ids do not compress, so everything that follows from something else is left out: a change's hash from its
//! bytes, the acknowledgement of a change from its place. What stays is sorted by kind, because zstd pays for every
//! border between random and repeated bytes. One seal over all hashes stands for those that are left out: a message
//! that was damaged on the way is refused as a whole and sent again. `docs/sync-protocol.md`, "The packed form".

mod chunks;
mod columns;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Answer, Ask, DocItem, DocKind, Item, Push, PushOutcome, PushResult, purged_digest};
use crate::documents::{Bytes, Hash, Heads};
use chunks::{Cut, cut};
use columns::{CollectionName, Collections, Ids, Runs};

/// Changes, snapshots and erasures in columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    /// Documents, sixteen bytes each.
    #[serde(rename = "d")]
    docs: Ids,
    /// The collection of all, or collections as runs.
    #[serde(rename = "c")]
    collections: Collections,
    /// What the bytes are, as runs; absent when all are changes.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    kinds: Option<Runs<DocKind>>,
    /// Groups, as runs; absent when there are none.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    groups: Option<Runs<Option<Uuid>>>,
    /// What the changes build upon, thirty-two bytes each.
    #[serde(rename = "p")]
    parents: Bytes,
    /// The rest of each chunk.
    #[serde(rename = "r")]
    rests: Bytes,
    /// What is no chunk, by place: how long it is, because only chunks say that themselves. It is a rest as a whole.
    #[serde(rename = "u", default, skip_serializing_if = "Vec::is_empty")]
    plain: Vec<(u32, u64)>,
    /// Hashes that do not follow from the bytes, by place.
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    odd: Vec<(u32, Hash)>,
    /// The first eight bytes of a SHA-256 over all hashes, of a single entry the first four: whoever cuts or changes a message by
    /// accident is found out.
    #[serde(rename = "h")]
    seal: u64,
    /// Numbers in the log, each less the one before; absent in a push.
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<i64>,
    /// Heads of snapshots, by place.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    heads: Vec<(u32, Heads)>,
    /// Rows; absent when nothing came with one.
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    rows: Vec<Option<String>>,
}

/// Why a packed form cannot be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    /// A column is too short, too long or names what is not there.
    #[error("the columns of a packed message do not fit together")]
    Columns,
    /// A collection that this version does not know.
    #[error("a packed message names an unknown collection")]
    Collection,
    /// The hashes are not those that were packed.
    #[error("a packed message was damaged on the way")]
    Damaged,
}

impl Ask {
    /// The same ask with its changes packed, and the wish for an answer like that.
    #[must_use]
    pub fn packed(&self) -> Self {
        let mut scope = self.scope.clone().unwrap_or_default();
        scope.packed = true;
        let mut packed = Packed::default();
        for push in &self.push {
            packed.add(Entry::of_push(push));
        }
        Self {
            protocol: self.protocol,
            schema: self.schema.clone(),
            cursor: self.cursor.clone(),
            push: Vec::new(),
            packed: (!self.push.is_empty()).then(|| Box::new(packed.close())),
            intents: self.intents.clone(),
            want: self.want.clone(),
            max_bytes: self.max_bytes,
            scope: Some(scope),
            pending: self.pending,
        }
    }

    /// Puts packed changes back where they belong.
    ///
    /// # Errors
    /// When they are not what was packed.
    pub fn unpack(&mut self) -> Result<(), PackedError> {
        if let Some(packed) = self.packed.take() {
            self.push.extend(packed.open()?.into_iter().map(Entry::into_push));
        }
        Ok(())
    }
}

impl Answer {
    /// Packs documents, and the results if all of them are the good one.
    pub fn pack(&mut self) {
        let mut packed = Packed::default();
        self.items.retain_mut(|item| match item {
            Item::Doc(item) => {
                packed.add(Entry::of_item(item));
                false
            }
            Item::Record(_) => true,
        });
        self.packed = (packed.docs.count() > 0).then(|| Box::new(packed.close()));
        let durable =
            |result: &PushResult| matches!(result.result, PushOutcome::Stored | PushOutcome::Duplicate);
        if !self.results.is_empty() && self.results.iter().all(durable) {
            self.durable = Some(self.results.len() as u64);
            self.results.clear();
        }
    }

    /// Puts packed documents and results back: documents first, then the records. `pushed` is what the ask pushed.
    ///
    /// # Errors
    /// When they are not what was packed, or acknowledge what was not pushed.
    pub fn unpack(&mut self, pushed: &[Push]) -> Result<(), PackedError> {
        if let Some(packed) = self.packed.take() {
            let mut items = Vec::new();
            for entry in packed.open()? {
                items.push(Item::Doc(entry.into_item()?));
            }
            items.append(&mut self.items);
            self.items = items;
        }
        match self.durable.take() {
            None => Ok(()),
            Some(count) if count == pushed.len() as u64 => {
                let stored = |push: &Push| PushResult {
                    doc: push.doc,
                    hash: push.hash,
                    result: PushOutcome::Stored,
                    code: None,
                    heads: None,
                };
                self.results = pushed.iter().map(stored).collect();
                Ok(())
            }
            Some(_) => Err(PackedError::Columns),
        }
    }
}

/// One change, snapshot or erasure, as a push or an item has it.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    seq: u64,
    group: Option<Uuid>,
    doc: Uuid,
    collection: String,
    kind: DocKind,
    hash: Hash,
    heads: Heads,
    bytes: Vec<u8>,
    row: Option<String>,
}

impl Entry {
    fn of_push(push: &Push) -> Self {
        let Push { group, doc, collection, hash, bytes } = push.clone();
        let (kind, bytes) = (DocKind::Change, bytes.0);
        Self { seq: 0, group, doc, collection, kind, hash, heads: Heads::new(), bytes, row: None }
    }

    fn into_push(self) -> Push {
        let Self { group, doc, collection, hash, bytes, .. } = self;
        Push { group, doc, collection, hash, bytes: Bytes(bytes) }
    }

    fn of_item(item: &mut DocItem) -> Self {
        let DocItem { seq, group, doc, collection, kind, hash, .. } = *item;
        let (heads, bytes, row) =
            (std::mem::take(&mut item.heads), std::mem::take(&mut item.bytes.0), item.row.take());
        Self { seq, group, doc, collection: collection.as_str().to_owned(), kind, hash, heads, bytes, row }
    }

    fn into_item(self) -> Result<DocItem, PackedError> {
        let Self { seq, group, doc, collection, kind, hash, heads, bytes, row } = self;
        let collection = collection.parse().map_err(|_| PackedError::Collection)?;
        Ok(DocItem { seq, group, doc, collection, kind, hash, heads, bytes: Bytes(bytes), row })
    }
}

/// The hash that follows from what an entry is.
fn natural_hash(kind: DocKind, doc: Uuid, bytes: &[u8]) -> Hash {
    match kind {
        // A chunk begins with four magic bytes and a checksum, which are no part of its hash.
        DocKind::Change => Hash::of(bytes.get(8..).unwrap_or_default()),
        DocKind::Snapshot => Hash::of(bytes),
        DocKind::Purged => purged_digest(doc),
    }
}

/// The seal after one more hash.
fn sealed(seal: u64, hash: Hash) -> u64 {
    let Hash(bytes) = Hash::of(&[&seal.to_be_bytes()[..], &hash.0].concat());
    bytes.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// The seal of a single entry: its first four bytes.
const fn short(seal: u64) -> u64 {
    seal >> 32
}

impl Packed {
    fn add(&mut self, entry: Entry) {
        let place = u32::try_from(self.docs.count()).unwrap_or(u32::MAX);
        if natural_hash(entry.kind, entry.doc, &entry.bytes) != entry.hash {
            self.odd.push((place, entry.hash));
        }
        self.seal = sealed(self.seal, entry.hash);
        self.docs.push(entry.doc);
        self.collections.push(CollectionName::new(entry.collection));
        self.kinds.get_or_insert_default().push(entry.kind);
        self.groups.get_or_insert_default().push(entry.group);
        if let Some(Cut { head, parents, tail }) = cut(&entry.bytes) {
            self.parents.0.extend(parents);
            self.rests.0.extend(head);
            self.rests.0.extend(tail);
        } else {
            self.rests.0.extend(&entry.bytes);
            self.plain.push((place, entry.bytes.len() as u64));
        }
        self.numbers.push(i64::try_from(entry.seq).unwrap_or(i64::MAX));
        if !entry.heads.is_empty() {
            self.heads.push((place, entry.heads));
        }
        self.rows.push(entry.row);
    }

    /// Leaves out what is the same everywhere.
    fn close(mut self) -> Self {
        self.collections = self.collections.close();
        if self.docs.count() == 1 {
            self.seal = short(self.seal);
        }
        if self.kinds.as_ref().is_some_and(|kinds| kinds.are_all(&DocKind::Change)) {
            self.kinds = None;
        }
        if self.groups.as_ref().is_some_and(|groups| groups.are_all(&None)) {
            self.groups = None;
        }
        if self.rows.iter().all(Option::is_none) {
            self.rows.clear();
        }
        if self.numbers.iter().all(|number| *number == 0) {
            self.numbers.clear();
        }
        let mut before = 0;
        for number in &mut self.numbers {
            let this = *number;
            *number -= before;
            before = this;
        }
        self
    }

    fn open(self) -> Result<Vec<Entry>, PackedError> {
        let count = self.docs.count();
        let docs = self.docs.all()?;
        let collections = self.collections.all(count)?;
        let kinds = self.kinds.map_or_else(|| Ok(vec![DocKind::Change; count]), |runs| runs.all(count))?;
        let groups = self.groups.map_or_else(|| Ok(vec![None; count]), |runs| runs.all(count))?;
        let numbers = if self.numbers.is_empty() { vec![0; count] } else { self.numbers };
        let rows = if self.rows.is_empty() { vec![None; count] } else { self.rows };
        if numbers.len() != count || rows.len() != count {
            return Err(PackedError::Columns);
        }
        let mut chunks = chunks::Reader::new(&self.parents.0, &self.rests.0);
        let mut entries = Vec::with_capacity(count);
        let (mut number, mut seal) = (0_i64, 0);
        let (mut odd, mut heads) = (self.odd.into_iter().peekable(), self.heads.into_iter().peekable());
        let mut plain = self.plain.into_iter().peekable();
        let lists = docs.into_iter().zip(collections).zip(kinds).zip(groups).zip(numbers).zip(rows);
        for (place, (((((doc, collection), kind), group), step), row)) in (0_u32..).zip(lists) {
            let bytes = match plain.next_if(|(at, _)| *at == place) {
                Some((_, length)) => chunks.plain(length)?,
                None => chunks.chunk()?,
            };
            number = number.checked_add(step).ok_or(PackedError::Columns)?;
            let seq = u64::try_from(number).map_err(|_| PackedError::Columns)?;
            let hash = match odd.next_if(|(at, _)| *at == place) {
                Some((_, hash)) => hash,
                None => natural_hash(kind, doc, &bytes),
            };
            seal = sealed(seal, hash);
            let heads = heads.next_if(|(at, _)| *at == place).map(|(_, heads)| heads).unwrap_or_default();
            let collection = collection.into_text()?;
            entries.push(Entry { seq, group, doc, collection, kind, hash, heads, bytes, row });
        }
        let is_left = odd.next().is_some() || heads.next().is_some() || plain.next().is_some();
        if is_left || !chunks.is_at_end() {
            return Err(PackedError::Columns);
        }
        let is_short = count == 1 && self.seal == short(seal);
        if seal == self.seal || is_short { Ok(entries) } else { Err(PackedError::Damaged) }
    }
}

#[cfg(test)]
mod tests;
