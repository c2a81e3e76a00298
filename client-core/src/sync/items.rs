//! Documents that came: checked before they are used, applied to a copy, kept with row and digest. What cannot be
//! used is put aside and wanted whole; it never holds up its neighbours (rule D10).

use std::collections::BTreeMap;

use domain::Projection;
use domain::documents::{Chunk, Collection, Document, Hash, Heads, Verdict};
use domain::errors::ErrorCode;
use domain::sync::{DocItem, DocKind, Item};
use serde_json::json;
use uuid::Uuid;

use super::Report;
use crate::app::notices;
use crate::bugs::{self, Bug};
use crate::replica::{self, Opened};
use crate::store::{Form, QuarantinedChunk, Result, StoredDocument, Tx};

/// Takes the documents of an answer. All items of a document are applied at once.
pub(super) fn receive(
    tx: &Tx<'_>,
    items: &[Item],
    wanted: &[Uuid],
    at: i64,
    report: &mut Report,
) -> Result<()> {
    let mut documents: BTreeMap<Uuid, Vec<&DocItem>> = BTreeMap::new();
    for item in items {
        if let Item::Doc(item) = item {
            documents.entry(item.doc).or_default().push(item);
            report.pulled += 1;
            report.changed.insert(item.doc);
        }
    }
    for (id, items) in documents {
        let is_whole = Arrival { tx, id, at, report }.take(&items)?;
        if is_whole && wanted.contains(&id) {
            tx.unwant(id)?;
        }
    }
    Ok(())
}

/// The items of one document on their way into the store.
struct Arrival<'a> {
    tx: &'a Tx<'a>,
    id: Uuid,
    at: i64,
    report: &'a mut Report,
}

impl Arrival<'_> {
    /// Answers whether everything could be used.
    fn take(&mut self, items: &[&DocItem]) -> Result<bool> {
        let (tx, id) = (self.tx, self.id);
        if let Some(item) = items.iter().find(|item| item.kind == DocKind::Purged) {
            self.purge(item.collection)?;
            return Ok(true);
        }
        if let [item] = items
            && self.take_unopened(item)?
        {
            return Ok(true);
        }
        let (mut document, was_here) = match replica::open(tx, id, self.at)? {
            Opened::Purged => return Ok(true),
            Opened::Ready(document) => (document, true),
            Opened::Absent | Opened::Damaged => (Document::new(items[0].collection), false),
        };
        let mut shown = Heads::new();
        let mut is_whole = true;
        for run in items.chunk_by(|a, b| a.kind == b.kind) {
            is_whole &= match run[0].kind {
                DocKind::Snapshot => self.merge_snapshots(&mut document, run, &mut shown)?,
                DocKind::Change | DocKind::Purged => self.apply_changes(&mut document, run, &mut shown)?,
            };
        }
        if !was_here {
            document = replica::with_unsent(tx, id, document)?;
        }
        if !is_whole {
            tx.want(id)?;
        }
        if was_here || !document.is_blank() {
            replica::settle_shown(tx, id, &mut document, &shown)?;
            replica::keep(tx, id, &mut document)?;
        }
        Ok(is_whole)
    }

    /// The lazy way: a document that is new here and came with its row is shown at once and opened later.
    fn take_unopened(&self, item: &DocItem) -> Result<bool> {
        let (tx, id) = (self.tx, self.id);
        let Some(row) = item.row.as_deref() else { return Ok(false) };
        let Ok(row) = Projection::from_json(item.collection, row) else { return Ok(false) };
        if tx.heads_of(id)?.is_some() || !tx.outbox_of(id)?.is_empty() {
            return Ok(false);
        }
        let (form, heads) = match item.kind {
            DocKind::Snapshot if Hash::of(&item.bytes.0) == item.hash && !item.heads.is_empty() => {
                (Form::Snapshot, sorted(&item.heads))
            }
            // Parsed when it is opened; what does not stand on genesis alone is found out then.
            DocKind::Change if Chunk::is_whole(item.hash, &item.bytes.0) => (Form::Change, vec![item.hash]),
            _ => return Ok(false),
        };
        let bytes = item.bytes.0.clone();
        let collection = item.collection;
        let stored = StoredDocument { collection, form, bytes, synced: heads.clone(), heads, sound: true };
        if tx.insert_document(id, &stored)? {
            tx.put_new_row(id, &row)?;
        }
        Ok(true)
    }

    fn merge_snapshots(
        &mut self,
        document: &mut Document,
        items: &[&DocItem],
        shown: &mut Heads,
    ) -> Result<bool> {
        let mut is_whole = true;
        for item in items {
            let merged = snapshot(item)
                .and_then(|mut snapshot| document.merge(&mut snapshot).map_err(|_| ErrorCode::BadShape));
            match merged {
                Ok(merged) => {
                    *document = merged;
                    shown.extend(&item.heads);
                }
                Err(code) => {
                    self.set_aside(item, code)?;
                    is_whole = false;
                }
            }
        }
        Ok(is_whole)
    }

    fn apply_changes(
        &mut self,
        document: &mut Document,
        items: &[&DocItem],
        shown: &mut Heads,
    ) -> Result<bool> {
        let mut is_whole = true;
        let (mut chunks, mut sources) = (Vec::new(), Vec::new());
        for item in items {
            match check(item) {
                Ok(chunk) => {
                    chunks.push(chunk);
                    sources.push(*item);
                }
                Err(code) => {
                    self.set_aside(item, code)?;
                    is_whole = false;
                }
            }
        }
        let received = document.receive(&chunks);
        for ((verdict, chunk), item) in received.verdicts.iter().zip(&chunks).zip(sources) {
            match verdict {
                Verdict::Stored | Verdict::Duplicate => shown.push(chunk.hash()),
                Verdict::MissingDeps => is_whole = false,
                Verdict::Refused(code) => {
                    self.set_aside(item, *code)?;
                    is_whole = false;
                }
            }
        }
        *document = received.document;
        Ok(is_whole)
    }

    fn purge(&self, collection: Collection) -> Result<()> {
        if !self.tx.outbox_of(self.id)?.is_empty() {
            self.tx.notify(self.at, notices::PURGED, &json!({ "id": self.id, "collection": collection }))?;
        }
        replica::purge(self.tx, self.id, collection)
    }

    fn set_aside(&mut self, item: &DocItem, code: ErrorCode) -> Result<()> {
        let DocItem { doc, collection, hash, bytes, .. } = item;
        let chunk = QuarantinedChunk {
            doc: *doc,
            collection: *collection,
            hash: *hash,
            bytes: &bytes.0,
            reason: code.as_str(),
        };
        self.report.quarantined += 1;
        self.tx.quarantine(chunk, self.at)?;
        self.tx.notify(
            self.at,
            notices::BAD_CHANGE,
            &json!({ "id": doc, "collection": collection, "code": code }),
        )
    }
}

fn check(item: &DocItem) -> std::result::Result<Chunk, ErrorCode> {
    if bugs::planted(Bug::HashNotCompared) && item.bytes.0.len() > 8 {
        // The fault: the bytes are believed, whatever hash and checksum they came with.
        let mut bytes = item.bytes.0.clone();
        let actual = Hash::of(&bytes[8..]);
        bytes[4..8].copy_from_slice(&actual.0[..4]);
        return Chunk::check(item.collection, actual, &bytes).map_err(|error| error.code());
    }
    Chunk::check(item.collection, item.hash, &item.bytes.0).map_err(|error| error.code())
}

fn snapshot(item: &DocItem) -> std::result::Result<Document, ErrorCode> {
    if Hash::of(&item.bytes.0) != item.hash && !bugs::planted(Bug::HashNotCompared) {
        return Err(ErrorCode::HashMismatch);
    }
    let mut document = Document::load(item.collection, &item.bytes.0).map_err(|_| ErrorCode::BadShape)?;
    let has_all = item.heads.iter().all(|head| document.contains(*head));
    if has_all { Ok(document) } else { Err(ErrorCode::MissingDeps) }
}

fn sorted(heads: &[Hash]) -> Heads {
    let mut heads = heads.to_vec();
    heads.sort_unstable();
    heads.dedup();
    heads
}
