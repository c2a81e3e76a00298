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

use super::tx::{Entry, EntryKind, Form, Kept, LogState, StoredDocument, StoredRecord, Tx};
use crate::db::StoreError;

/// Writes of one transaction. The tenant must be locked. Nothing is numbered before [`Session::finish`].
#[derive(Debug)]
pub struct Session<'a, T> {
    pub(super) tx: &'a mut T,
    pub(super) device: Option<DeviceId>,
    state: LogState,
    stored: BTreeMap<Uuid, Option<StoredDocument>>,
    entries: Vec<Entry>,
    /// What documents will be, as bytes and rows: open documents are large.
    kept: BTreeMap<Uuid, Kept>,
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
            kept: BTreeMap::new(),
            records: BTreeMap::new(),
        })
    }

    /// Reads these documents ahead, in id order.
    pub(super) async fn prefetch(&mut self, ids: &[Uuid]) -> Result<(), StoreError> {
        let mut missing: Vec<Uuid> = ids.iter().copied().filter(|id| !self.stored.contains_key(id)).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            // Asked for every document of a push, which has read all of them at its beginning.
            return Ok(());
        }
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
        if let Some(kept) = self.kept.get(&id) {
            return kept.document.open(id).map_err(StoreError::damaged);
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
        mut document: Document,
        chunks: Vec<(Option<Uuid>, Chunk)>,
    ) -> Result<(), StoreError> {
        let is_new = self.stored(id).await?.is_none() && !self.kept.contains_key(&id);
        let collection = document.collection();
        let (form, bytes) = match &chunks[..] {
            [(_, only)] if is_new => (Form::Change, only.bytes().to_vec()),
            _ => (Form::Snapshot, document.save()),
        };
        let row = Some(project(&mut document));
        let document = StoredDocument { collection, form, bytes, heads: document.heads(), seq: 0 };
        self.kept.insert(id, Kept { id, document, row });
        for (group, chunk) in chunks {
            let kind = EntryKind::Change { collection, bytes: Some(chunk.bytes().to_vec()) };
            self.enter(kind, group, id, chunk.hash());
        }
        Ok(())
    }

    /// Notes what will be a line of the log.
    fn enter(&mut self, kind: EntryKind, group: Option<Uuid>, item: Uuid, hash: Hash) {
        self.entries.push(Entry { seq: 0, kind, group, item, hash, chain: Hash([0; 32]) });
    }

    /// Keeps a record, or removes it.
    pub async fn keep_record(&mut self, kind: &str, id: Uuid, body: Option<&Json>) -> Result<(), StoreError> {
        let hash = body.map_or_else(|| purged_digest(id), |body| record_digest(kind, id, body));
        self.enter(EntryKind::Record(kind.to_owned()), None, id, hash);
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

    /// Whether there is a record of this kind, with this session's writes; one that it removes still counts.
    pub(super) async fn has_records_of(&mut self, kind: &str) -> Result<bool, StoreError> {
        let is_written =
            |(of, record): (&(String, Uuid), &StoredRecord)| of.0 == kind && record.body.is_some();
        Ok(self.records.iter().any(is_written) || self.tx.has_records_of(kind).await?)
    }

    /// Whether there is a record under this id, or was one that was removed.
    pub(super) async fn knows_record(&mut self, kind: &str, id: Uuid) -> Result<bool, StoreError> {
        if self.records.contains_key(&(kind.to_owned(), id)) {
            return Ok(true);
        }
        Ok(self.tx.records(&[id]).await?.iter().any(|record| record.kind == kind))
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
        self.enter(EntryKind::Purged(collection), None, id, hash);
        let mark =
            StoredDocument { collection, form: Form::Purged, bytes: Vec::new(), heads: Vec::new(), seq: 0 };
        self.stored.insert(id, Some(mark.clone()));
        self.kept.insert(id, Kept { id, document: mark, row: None });
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
        let newest: BTreeMap<Uuid, u64> = self.entries.iter().map(|entry| (entry.item, entry.seq)).collect();
        let head = self.state.head;
        let number = |id: &Uuid| newest.get(id).copied().unwrap_or(head);
        let mut kept: Vec<Kept> = std::mem::take(&mut self.kept).into_values().collect();
        for Kept { id, document, .. } in &mut kept {
            document.seq = number(id);
            if document.form != Form::Purged {
                let before = self.stored.get(id).and_then(Option::as_ref);
                let old = before.map(|stored| document_digest(*id, &stored.heads));
                let new = document_digest(*id, &document.heads);
                self.state.count(document.collection.as_str(), old, Some(new));
            }
        }
        self.tx.keep_documents(&kept).await?;
        for ((_, id), mut record) in std::mem::take(&mut self.records) {
            record.seq = number(&id);
            self.tx.keep_record(&record).await?;
        }
        self.tx.append(&self.entries, self.device).await?;
        self.tx.keep_state(&self.state).await?;
        Ok(self.state)
    }
}

/// The chain hash after an entry.
pub(super) fn link(chain: Hash, entry: Hash) -> Hash {
    Hash::of(&[chain.0, entry.0].concat())
}
