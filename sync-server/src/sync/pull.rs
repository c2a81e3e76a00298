//! Pull: what is new to a device, a page at a time.
//!
//! A first sync comes in phases, today first; after that the log is replayed from where it stood at the start.
//! A page never cuts a group. Reads only; the caller has fixed the moment (`LogState`) that the page belongs to.

use std::collections::{BTreeMap, BTreeSet};

use domain::documents::{Bytes, Collection, Hash};
use domain::sync::{DocItem, DocKind, Item, RecordItem};
use uuid::Uuid;

use super::cursor::{Cursor, First, Point};
use super::tx::{Entry, EntryKind, FIRST_RECORDS, Form, LogState, Phase, StoredDocument, StoredRecord, Tx};
use crate::db::StoreError;

/// The most documents and records that one ask may want.
pub(super) const MAX_WANTED: usize = 256;
const BATCH: u32 = 500;
/// So few documents are read at once at least.
const FEW: usize = 4;
/// So many are read at first, while nobody knows how large they are.
const PROBE: usize = 64;
/// An item counts so much at least.
const USUAL_ITEM: u64 = 400;
/// What an item costs beside its bytes, roughly.
const ENVELOPE: u64 = 100;

/// How a page is to be made.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub max_bytes: u64,
    pub rows: bool,
    /// Changes that came with this very ask: the device has them.
    pub skip: &'a BTreeSet<(Uuid, Hash)>,
}

struct Basket {
    items: Vec<Item>,
    size: u64,
}

impl Basket {
    /// About how many more items fit, going by those that are in it; at least a few, so that it gets on.
    fn room(&self, max_bytes: u64) -> usize {
        if self.items.is_empty() {
            return PROBE;
        }
        let each = (self.size / (self.items.len() as u64).max(1)).max(USUAL_ITEM);
        usize::try_from(max_bytes.saturating_sub(self.size) / each).unwrap_or(usize::MAX).max(FEW)
    }

    fn add(&mut self, item: Item) {
        self.size += ENVELOPE
            + match &item {
                Item::Doc(item) => (item.bytes.0.len() + item.row.as_ref().map_or(0, String::len)) as u64,
                Item::Record(item) => item.body.as_ref().map_or(0, |body| body.to_string().len()) as u64,
            };
        self.items.push(item);
    }
}

/// Fills a page and moves the cursor on. Returns the items and whether the device has caught up.
pub(super) async fn pull<T: Tx>(
    tx: &mut T,
    state: &LogState,
    cursor: &mut Cursor,
    want: &[Uuid],
    page: &Page<'_>,
) -> Result<(Vec<Item>, bool), StoreError> {
    let mut basket = Basket { items: Vec::new(), size: 0 };
    if !want.is_empty() {
        let want = &want[..want.len().min(MAX_WANTED)];
        for document in whole_documents(tx, want, page).await? {
            basket.add(Item::Doc(document));
        }
        for record in tx.records(want).await? {
            basket.add(record_item(record));
        }
    }
    while let Some(first) = cursor.first {
        if basket.size >= page.max_bytes {
            return Ok((basket.items, false));
        }
        cursor.first = one_batch(tx, first, page, &mut basket).await?;
        if ends_today(first, cursor.first) && !basket.items.is_empty() {
            // What she needs at 8:55 is a page of its own: usable before anything else has come.
            return Ok((basket.items, false));
        }
    }
    let caught_up = replay(tx, state, cursor, page, &mut basket).await?;
    Ok((basket.items, caught_up))
}

/// Whether the last phase of today is over.
fn ends_today(before: First, after: Option<First>) -> bool {
    let is_today = |first: First| {
        Phase::ALL.get(usize::from(first.phase)).is_some_and(|phase| *phase <= Phase::TheirNotes)
    };
    is_today(before) && !after.is_some_and(is_today)
}

/// One batch of a phase; where the first sync stands after it.
async fn one_batch<T: Tx>(
    tx: &mut T,
    first: First,
    page: &Page<'_>,
    basket: &mut Basket,
) -> Result<Option<First>, StoreError> {
    let Some(phase) = Phase::ALL.get(usize::from(first.phase)).copied() else { return Ok(None) };
    let ids = tx.phase(phase, first.after, first.since, BATCH).await?;
    let mut after = first.after;
    if phase.is_records() {
        let early = phase == Phase::FirstRecords;
        let mut records = tx.records(&ids).await?;
        records
            .retain(|record| record.body.is_some() && FIRST_RECORDS.contains(&record.kind.as_str()) == early);
        for record in records {
            basket.add(record_item(record));
        }
        after = ids.last().copied().unwrap_or(after);
    } else {
        let mut rest = &ids[..];
        while !rest.is_empty() {
            let (some, later) = rest.split_at(basket.room(page.max_bytes).min(rest.len()));
            for document in whole_documents(tx, some, page).await? {
                if basket.size >= page.max_bytes {
                    return Ok(Some(First { after, ..first }));
                }
                after = document.doc;
                basket.add(Item::Doc(document));
            }
            (after, rest) = (some[some.len() - 1], later);
            if basket.size >= page.max_bytes && !rest.is_empty() {
                return Ok(Some(First { after, ..first }));
            }
        }
    }
    if ids.len() < BATCH as usize {
        return Ok(Some(First { phase: first.phase + 1, after: Uuid::nil(), since: first.since }));
    }
    Ok(Some(First { after, ..first }))
}

async fn replay<T: Tx>(
    tx: &mut T,
    state: &LogState,
    cursor: &mut Cursor,
    page: &Page<'_>,
    basket: &mut Basket,
) -> Result<bool, StoreError> {
    let mut sent_whole = BTreeSet::new();
    let mut group = None;
    loop {
        let position = cursor.position();
        let entries = tx.entries(position.seq, state.head, BATCH).await?;
        if entries.is_empty() {
            // A gap at the end of the log is not possible; what is left is nothing.
            cursor.advance(Point { seq: state.head, chain: state.chain });
            return Ok(true);
        }
        let needed: BTreeSet<Uuid> = entries.iter().filter(|e| is_folded(e)).map(|e| e.item).collect();
        let needed: Vec<Uuid> = needed.difference(&sent_whole).copied().collect();
        let mut folded = BTreeMap::new();
        if !needed.is_empty() {
            let whole = whole_documents(tx, &needed, page).await?;
            folded = whole.into_iter().map(|document| (document.doc, document)).collect();
        }
        let mut records = newest_records(tx, &entries).await?;
        for entry in entries {
            let continues_group = group.is_some() && entry.group == group;
            if basket.size >= page.max_bytes && !continues_group {
                return Ok(false);
            }
            group = entry.group;
            let point = Point { seq: entry.seq, chain: entry.chain };
            if sent_whole.contains(&entry.item) {
                // Its snapshot holds this change already.
            } else if is_folded(&entry) {
                if let Some(item) = folded.remove(&entry.item) {
                    basket.add(Item::Doc(item));
                }
                sent_whole.insert(entry.item);
            } else if let Some(item) = item(entry, &mut records, page.skip) {
                basket.add(item);
            }
            cursor.advance(point);
        }
    }
}

const fn is_folded(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::Change { bytes: None, .. })
}

fn item(
    entry: Entry,
    records: &mut BTreeMap<(Uuid, u64), StoredRecord>,
    skip: &BTreeSet<(Uuid, Hash)>,
) -> Option<Item> {
    match entry.kind {
        EntryKind::Change { .. } if skip.contains(&(entry.item, entry.hash)) => None,
        EntryKind::Change { collection, bytes } => Some(Item::Doc(DocItem {
            seq: entry.seq,
            group: entry.group,
            doc: entry.item,
            collection,
            kind: DocKind::Change,
            hash: entry.hash,
            heads: Vec::new(),
            bytes: Bytes(bytes?),
            row: None,
        })),
        EntryKind::Record(_) => records.remove(&(entry.item, entry.seq)).map(record_item),
        EntryKind::Purged(collection) => Some(Item::Doc(DocItem {
            seq: entry.seq,
            group: entry.group,
            doc: entry.item,
            collection,
            kind: DocKind::Purged,
            hash: entry.hash,
            heads: Vec::new(),
            bytes: Bytes::default(),
            row: None,
        })),
    }
}

/// The records of these entries, by id and number: an entry whose record has a newer version is passed over, the
/// newer one comes later.
async fn newest_records<T: Tx>(
    tx: &mut T,
    entries: &[Entry],
) -> Result<BTreeMap<(Uuid, u64), StoredRecord>, StoreError> {
    let ids: Vec<Uuid> =
        entries.iter().filter(|e| matches!(e.kind, EntryKind::Record(_))).map(|e| e.item).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(tx.records(&ids).await?.into_iter().map(|record| ((record.id, record.seq), record)).collect())
}

/// Documents as they are now, in the order of their ids here; those that are not there, or damaged, are passed over.
async fn whole_documents<T: Tx>(
    tx: &mut T,
    ids: &[Uuid],
    page: &Page<'_>,
) -> Result<Vec<DocItem>, StoreError> {
    let mut documents = tx.documents(ids).await?;
    let mut rows = BTreeMap::new();
    if page.rows {
        for collection in Collection::ALL {
            let of_it = documents.iter().filter(|(_, document)| document.collection == collection);
            let some: Vec<Uuid> = of_it.map(|(id, _)| *id).collect();
            if !some.is_empty() {
                rows.append(&mut tx.rows(collection, &some).await?);
            }
        }
    }
    let whole = ids.iter().filter_map(|id| {
        let stored = documents.remove(id).filter(|stored| stored.form != Form::Damaged)?;
        Some(whole_document(*id, stored, rows.remove(id)))
    });
    Ok(whole.collect())
}

fn whole_document(doc: Uuid, stored: StoredDocument, row: Option<String>) -> DocItem {
    let (kind, hash) = match stored.form {
        Form::Change => (DocKind::Change, stored.heads.first().copied().unwrap_or(Hash([0; 32]))),
        Form::Snapshot => (DocKind::Snapshot, Hash::of(&stored.bytes)),
        Form::Purged | Form::Damaged => (DocKind::Purged, domain::sync::purged_digest(doc)),
    };
    let heads = if kind == DocKind::Snapshot { stored.heads } else { Vec::new() };
    DocItem {
        seq: stored.seq,
        group: None,
        doc,
        collection: stored.collection,
        kind,
        hash,
        heads,
        bytes: Bytes(stored.bytes),
        row,
    }
}

fn record_item(record: StoredRecord) -> Item {
    Item::Record(RecordItem { seq: record.seq, record: record.kind, id: record.id, body: record.body })
}
