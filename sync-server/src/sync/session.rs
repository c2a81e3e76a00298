//! The writing half of a sync: documents and records changed under the tenant's lock, numbered, chained, counted.
//!
//! Used by push, by intents and by REST. Numbers are taken last, in one stretch, so they are in commit order.

use std::collections::BTreeMap;

use domain::documents::{Chunk, Document, Hash};
use domain::ids::DeviceId;
use domain::project;
use domain::sync::{document_digest, purged_digest, record_digest};
use serde_json::Value as Json;
use uuid::Uuid;

use super::tx::{Entry, EntryKind, Form, LogState, StoredDocument, StoredRecord, Tx};
use crate::db::StoreError;

/// Writes of one transaction. The tenant must be locked. Nothing is numbered before [`Session::finish`].
#[derive(Debug)]
pub struct Session<'a, T> {
    pub(super) tx: &'a mut T,
    pub(super) device: Option<DeviceId>,
    state: LogState,
    stored: BTreeMap<Uuid, Option<StoredDocument>>,
    entries: Vec<Entry>,
    documents: BTreeMap<Uuid, Document>,
    records: BTreeMap<(String, Uuid), StoredRecord>,
}

impl<'a, T: Tx> Session<'a, T> {
    /// Begins to write for a device, or for REST.
    pub async fn begin(tx: &'a mut T, device: Option<DeviceId>) -> Result<Self, StoreError> {
        let state = tx.state().await?;
        Ok(Self {
            tx,
            device,
            state,
            stored: BTreeMap::new(),
            entries: Vec::new(),
            documents: BTreeMap::new(),
            records: BTreeMap::new(),
        })
    }

    /// Reads these documents ahead, in id order.
    pub(super) async fn prefetch(&mut self, ids: &[Uuid]) -> Result<(), StoreError> {
        let mut missing: Vec<Uuid> = ids.iter().copied().filter(|id| !self.stored.contains_key(id)).collect();
        missing.sort_unstable();
        missing.dedup();
        let mut found = self.tx.documents(&missing).await?;
        for id in missing {
            self.stored.insert(id, found.remove(&id));
        }
        Ok(())
    }

    /// A document as it is stored, before this session's writes.
    pub(super) async fn stored(&mut self, id: Uuid) -> Result<Option<&StoredDocument>, StoreError> {
        self.prefetch(&[id]).await?;
        Ok(self.stored.get(&id).and_then(Option::as_ref))
    }

    /// A document as it is now, with this session's writes; `None` if there is none yet, or if it was erased.
    pub(super) async fn open(&mut self, id: Uuid) -> Result<Option<Document>, StoreError> {
        if let Some(document) = self.documents.get(&id) {
            return Ok(Some(document.clone()));
        }
        match self.stored(id).await? {
            Some(stored) => stored.open(id).map_err(StoreError::damaged),
            None => Ok(None),
        }
    }

    /// Keeps a document with new changes in it, in the order given.
    pub async fn keep(
        &mut self,
        id: Uuid,
        document: Document,
        chunks: Vec<(Option<Uuid>, Chunk)>,
    ) -> Result<(), StoreError> {
        self.prefetch(&[id]).await?;
        let collection = document.collection();
        for (group, chunk) in chunks {
            let kind = EntryKind::Change { collection, bytes: Some(chunk.bytes().to_vec()) };
            self.entries.push(Entry {
                seq: 0,
                kind,
                group,
                item: id,
                hash: chunk.hash(),
                chain: Hash([0; 32]),
            });
        }
        self.documents.insert(id, document);
        Ok(())
    }

    /// Keeps a record, or removes it.
    pub async fn keep_record(&mut self, kind: &str, id: Uuid, body: Option<&Json>) -> Result<(), StoreError> {
        let hash = body.map_or_else(|| purged_digest(id), |body| record_digest(kind, id, body));
        let kind_of_entry = EntryKind::Record(kind.to_owned());
        self.entries.push(Entry {
            seq: 0,
            kind: kind_of_entry,
            group: None,
            item: id,
            hash,
            chain: Hash([0; 32]),
        });
        let old = self.record_body(kind, id).await?.map(|body| record_digest(kind, id, &body));
        self.state.count("records", old, body.map(|_| hash));
        let record = StoredRecord { kind: kind.to_owned(), id, body: body.cloned(), seq: 0 };
        self.records.insert((kind.to_owned(), id), record);
        Ok(())
    }

    /// A record's body as it is now, with this session's writes.
    pub(super) async fn record_body(&mut self, kind: &str, id: Uuid) -> Result<Option<Json>, StoreError> {
        if let Some(record) = self.records.get(&(kind.to_owned(), id)) {
            return Ok(record.body.clone());
        }
        let found = self.tx.records(&[id]).await?.into_iter().find(|record| record.kind == kind);
        Ok(found.and_then(|record| record.body))
    }

    /// Erases a document: its bytes, its row and its entries' bytes go; a mark stays, so late pushes are refused.
    pub async fn purge(&mut self, id: Uuid) -> Result<(), StoreError> {
        let Some(stored) = self.stored(id).await?.cloned() else { return Ok(()) };
        if stored.form == Form::Purged {
            return Ok(());
        }
        let collection = stored.collection;
        let hash = purged_digest(id);
        self.state.count(collection.as_str(), Some(document_digest(id, &stored.heads)), Some(hash));
        self.entries.push(Entry {
            seq: 0,
            kind: EntryKind::Purged(collection),
            group: None,
            item: id,
            hash,
            chain: Hash([0; 32]),
        });
        self.documents.remove(&id);
        let mark =
            StoredDocument { collection, form: Form::Purged, bytes: Vec::new(), heads: Vec::new(), seq: 0 };
        self.stored.insert(id, Some(mark));
        Ok(())
    }

    /// Whether this session has taken in a change.
    pub(super) fn has_new_change(&self, hash: Hash) -> bool {
        self.entries.iter().any(|entry| entry.hash == hash)
    }

    /// Where the log stands, without what is not numbered yet.
    pub(super) const fn state(&self) -> &LogState {
        &self.state
    }

    /// Begins a new life of the log: the server was restored from a backup.
    pub(super) const fn renew(&mut self, epoch: Uuid) {
        self.state.epoch = epoch;
    }

    /// Takes the numbers and keeps everything. Returns the new head.
    pub async fn finish(self) -> Result<u64, StoreError> {
        self.close().await.map(|state| state.head)
    }

    pub(super) async fn close(mut self) -> Result<LogState, StoreError> {
        let count = self.entries.len() as u64;
        let first = self.tx.numbers(&self.state, count);
        for (seq, entry) in (first..).zip(&mut self.entries) {
            entry.seq = seq;
            self.state.chain = link(self.state.chain, entry.hash);
            entry.chain = self.state.chain;
            self.state.head = seq;
        }
        for (id, mut document) in std::mem::take(&mut self.documents) {
            self.keep_one(id, &mut document).await?;
        }
        for ((_, id), mut record) in std::mem::take(&mut self.records) {
            record.seq = self.newest_number(id);
            self.tx.keep_record(&record).await?;
        }
        let purged: Vec<Uuid> = self
            .entries
            .iter()
            .filter(|entry| matches!(entry.kind, EntryKind::Purged(_)))
            .map(|entry| entry.item)
            .collect();
        for id in purged {
            let seq = self.newest_number(id);
            if let Some(Some(mark)) = self.stored.get_mut(&id) {
                mark.seq = seq;
                self.tx.keep_document(id, mark, None).await?;
            }
        }
        self.tx.append(&self.entries, self.device).await?;
        self.tx.keep_state(&self.state).await?;
        Ok(self.state)
    }

    async fn keep_one(&mut self, id: Uuid, document: &mut Document) -> Result<(), StoreError> {
        let collection = document.collection();
        let before = self.stored.get(&id).and_then(Option::as_ref);
        let old = before.map(|stored| document_digest(id, &stored.heads));
        let heads = document.heads();
        self.state.count(collection.as_str(), old, Some(document_digest(id, &heads)));
        let mut own = self.entries.iter().filter(|entry| entry.item == id);
        let (form, bytes) = match (before, own.next().map(|entry| &entry.kind), own.next()) {
            (None, Some(EntryKind::Change { bytes: Some(bytes), .. }), None) => (Form::Change, bytes.clone()),
            _ => (Form::Snapshot, document.save()),
        };
        let seq = self.newest_number(id);
        let stored = StoredDocument { collection, form, bytes, heads, seq };
        self.tx.keep_document(id, &stored, Some(&project(document))).await
    }

    fn newest_number(&self, id: Uuid) -> u64 {
        self.entries.iter().rev().find(|entry| entry.item == id).map_or(self.state.head, |entry| entry.seq)
    }
}

/// The chain hash after an entry.
pub(super) fn link(chain: Hash, entry: Hash) -> Hash {
    Hash::of(&[chain.0, entry.0].concat())
}
