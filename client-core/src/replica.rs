//! A document on this device: from its stored bytes to a document that can be trusted, and back with its row, its
//! search entry and its digest, all in the caller's transaction.

use domain::documents::{Chunk, Collection, Document, Hash, Heads, genesis_hash};
use domain::{Projection, project};
use serde_json::json;
use uuid::Uuid;

use crate::app::notices;
use crate::store::{Form, OutboxEntry, QuarantinedChunk, Result, StoredDocument, Tx};

/// A document as it was found.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it lives for the length of one match")]
pub(crate) enum Opened {
    /// There is none.
    Absent,
    /// It was erased on purpose.
    Purged,
    /// The stored bytes are damaged; they are put aside and the document is wanted from the server.
    Damaged,
    /// Here it is.
    Ready(Document),
}

/// Opens a document. One that nobody has opened yet is looked over now: its own reading wins over the row that came
/// with it.
pub(crate) fn open(tx: &Tx<'_>, id: Uuid, at: i64) -> Result<Opened> {
    let Some(stored) = tx.document(id)? else { return Ok(Opened::Absent) };
    if stored.form == Form::Purged {
        return Ok(Opened::Purged);
    }
    let Some(mut document) = load(&stored) else { return set_aside(tx, id, &stored, at) };
    if stored.form != Form::Opened {
        let shown = tx.row(stored.collection, id)?;
        keep(tx, id, &mut document)?;
        if shown.is_some_and(|shown| shown != project(&mut document).to_json()) {
            tx.notify(at, notices::ROW_DIFFERED, &json!({ "id": id, "collection": stored.collection }))?;
        }
    }
    Ok(Opened::Ready(document))
}

/// Opens a document for looking only: what is damaged is not there, and nothing is kept.
pub(crate) fn look(tx: &Tx<'_>, id: Uuid) -> Result<Option<Document>> {
    let stored = tx.document(id)?.filter(|stored| stored.form != Form::Purged);
    Ok(stored.and_then(|stored| load(&stored)))
}

/// Stores a document with everything that follows from it. The outbox must be up to date: what waits there is what
/// the server does not know yet. Answers the row.
pub(crate) fn keep(tx: &Tx<'_>, id: Uuid, document: &mut Document) -> Result<Projection> {
    let pending: Vec<Hash> = tx.outbox_of(id)?.into_iter().map(|entry| entry.hash).collect();
    let stored = StoredDocument {
        collection: document.collection(),
        form: Form::Opened,
        bytes: document.save(),
        heads: document.heads(),
        synced: synced_heads(document, &pending),
        sound: true,
    };
    tx.put_document(id, &stored)?;
    let row = project(document);
    tx.put_row(id, &row)?;
    Ok(row)
}

/// The heads that the server knows when these changes have not reached it; empty when it knows nothing.
pub(crate) fn synced_heads(document: &mut Document, pending: &[Hash]) -> Heads {
    let heads = document.heads_without(pending);
    if heads == [genesis_hash(document.collection())] { Heads::new() } else { heads }
}

/// The server has shown these changes: own ones among them and before them are there too, as surely as if it had
/// answered `stored`.
pub(crate) fn settle_shown(tx: &Tx<'_>, id: Uuid, document: &mut Document, shown: &[Hash]) -> Result<()> {
    let waiting = tx.outbox_of(id)?;
    if waiting.is_empty() || shown.is_empty() {
        return Ok(());
    }
    let newer: Vec<Hash> = document.chunks_since(shown).iter().map(Chunk::hash).collect();
    for entry in waiting.iter().filter(|entry| document.contains(entry.hash) && !newer.contains(&entry.hash))
    {
        tx.unqueue(id, entry.hash)?;
    }
    Ok(())
}

/// Applies the changes that wait in the outbox: what she entered survives whatever happens to the stored copy.
pub(crate) fn with_unsent(tx: &Tx<'_>, id: Uuid, document: Document) -> Result<Document> {
    let waiting = tx.outbox_of(id)?;
    let chunks = checked(&waiting);
    Ok(if chunks.is_empty() { document } else { document.receive(&chunks).document })
}

/// Erases a document: nothing of it stays but the fact, for the digest.
pub(crate) fn purge(tx: &Tx<'_>, id: Uuid, collection: Collection) -> Result<()> {
    for entry in tx.outbox_of(id)? {
        tx.unqueue(id, entry.hash)?;
        tx.wait_no_more_for(entry.hash)?;
    }
    tx.remove_row(collection, id)?;
    tx.forget_quarantine(id)?;
    tx.unwant(id)?;
    let nothing = StoredDocument {
        collection,
        form: Form::Purged,
        bytes: Vec::new(),
        heads: Heads::new(),
        synced: Heads::new(),
        sound: true,
    };
    tx.put_document(id, &nothing)
}

/// Forgets a document that turned out to hold nothing.
pub(crate) fn forget(tx: &Tx<'_>, id: Uuid, collection: Collection) -> Result<()> {
    tx.remove_row(collection, id)?;
    tx.remove_document(id)
}

pub(crate) fn checked(entries: &[OutboxEntry]) -> Vec<Chunk> {
    entries.iter().filter_map(|entry| Chunk::check(entry.collection, entry.hash, &entry.bytes).ok()).collect()
}

/// Queued changes as outbox entries.
pub(crate) fn entries(
    doc: Uuid,
    collection: Collection,
    group: Option<Uuid>,
    chunks: &[Chunk],
) -> Vec<OutboxEntry> {
    let entry = |chunk: &Chunk| OutboxEntry {
        group,
        doc,
        collection,
        hash: chunk.hash(),
        bytes: chunk.bytes().to_vec(),
    };
    chunks.iter().map(entry).collect()
}

fn load(stored: &StoredDocument) -> Option<Document> {
    if !stored.sound {
        return None;
    }
    let mut document = match stored.form {
        Form::Change => {
            let chunk = Chunk::check(stored.collection, *stored.heads.first()?, &stored.bytes).ok()?;
            Document::new(stored.collection).receive(&[chunk]).document
        }
        _ => Document::load(stored.collection, &stored.bytes).ok()?,
    };
    (document.heads() == stored.heads).then_some(document)
}

/// Damaged bytes are kept for whoever can still read them; the document comes back from the outbox if all of it is
/// there, otherwise from the server.
fn set_aside(tx: &Tx<'_>, id: Uuid, stored: &StoredDocument, at: i64) -> Result<Opened> {
    let collection = stored.collection;
    let hash = Hash::of(&stored.bytes);
    let chunk =
        QuarantinedChunk { doc: id, collection, hash, bytes: &stored.bytes, reason: "damaged_on_disk" };
    tx.quarantine(chunk, at)?;
    tx.notify(at, notices::DAMAGED_ON_DISK, &json!({ "id": id, "collection": collection }))?;
    let waiting = tx.outbox_of(id)?;
    let mut rebuilt = Document::new(collection).receive(&checked(&waiting)).document;
    let mut whole = !rebuilt.is_blank();
    for entry in &waiting {
        whole &= rebuilt.contains(entry.hash);
    }
    tx.remove_search_entry(id)?;
    tx.remove_document(id)?;
    // What the server has acknowledged a moment ago has left the outbox already: only the heads tell whether it is all there.
    if whole && stored.synced.is_empty() && rebuilt.heads() == stored.heads {
        keep(tx, id, &mut rebuilt)?;
        return Ok(Opened::Ready(rebuilt));
    }
    tx.want(id)?;
    Ok(Opened::Damaged)
}
