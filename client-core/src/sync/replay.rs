//! A document without the changes that the server refused: they are put aside where she can see them, and what she
//! did after them is done again as a new change.

use std::collections::BTreeSet;

use domain::documents::{Author, Chunk, Collection, Document, Hash, Verdict, Writer};
use domain::errors::ErrorCode;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::Context;
use crate::app::notices;
use crate::replica::{self, Opened};
use crate::store::{End, QuarantinedChunk, Result, Tx};

/// The reason of a change that was not refused itself, but built on one that was; its edit was made anew.
const REPLAYED: &str = "replayed";

pub(super) fn without(
    tx: &Tx<'_>,
    context: &mut Context<'_>,
    id: Uuid,
    refused: &[(Hash, ErrorCode)],
) -> Result<()> {
    let at = context.now.as_second();
    let Opened::Ready(mut document) = replica::open(tx, id, at)? else { return Ok(()) };
    let collection = document.collection();
    let chunks = document.chunks_since(&[]);
    let refused_hashes: BTreeSet<Hash> = refused.iter().map(|(hash, _)| *hash).collect();
    let lost = with_descendants(&chunks, &refused_hashes);
    let past = with_ancestors(&chunks, &refused_hashes);

    let mut kept = subset(collection, &chunks, |hash| !lost.contains(hash));
    if lost.len() > refused_hashes.len() {
        let mut then = subset(collection, &chunks, |hash| past.contains(hash));
        // A new actor: the old one's next number was used by a change that was just thrown out.
        let author = Author::new(context.ids.uuid().into_bytes(), context.author.device());
        let before = kept.clone();
        if let Some(chunk) = kept.edit(&author, at, "replay", |w| differences(&mut then, &mut document, w)) {
            match before.receive(std::slice::from_ref(&chunk)).verdicts.as_slice() {
                [Verdict::Stored] => {
                    tx.queue(End::Back, &replica::entries(id, collection, None, &[chunk]))?;
                }
                _ => kept = before,
            }
        }
    }
    for chunk in chunks.iter().filter(|chunk| lost.contains(&chunk.hash())) {
        let hash = chunk.hash();
        let reason = refused.iter().find(|(h, _)| *h == hash).map_or(REPLAYED, |(_, code)| code.as_str());
        tx.quarantine(QuarantinedChunk { doc: id, collection, hash, bytes: chunk.bytes(), reason }, at)?;
        tx.unqueue(id, hash)?;
        tx.wait_no_more_for(hash)?;
    }
    if kept.is_blank() {
        replica::forget(tx, id, collection)?;
    } else {
        replica::keep(tx, id, &mut kept)?;
    }
    tx.want(id)?;
    let code = refused.first().map(|(_, code)| *code);
    tx.notify(at, notices::REFUSED, &json!({ "id": id, "collection": collection, "code": code }))
}

fn with_descendants(chunks: &[Chunk], seeds: &BTreeSet<Hash>) -> BTreeSet<Hash> {
    let mut found = seeds.clone();
    for chunk in chunks {
        if chunk.deps().iter().any(|dep| found.contains(dep)) {
            found.insert(chunk.hash());
        }
    }
    found
}

fn with_ancestors(chunks: &[Chunk], seeds: &BTreeSet<Hash>) -> BTreeSet<Hash> {
    let mut found = seeds.clone();
    for chunk in chunks.iter().rev() {
        if found.contains(&chunk.hash()) {
            found.extend(chunk.deps());
        }
    }
    found
}

fn subset(collection: Collection, chunks: &[Chunk], keep: impl Fn(&Hash) -> bool) -> Document {
    let chosen: Vec<Chunk> = chunks.iter().filter(|chunk| keep(&chunk.hash())).cloned().collect();
    Document::new(collection).receive(&chosen).document
}

/// Writes all in which `now` differs from `then`.
fn differences(then: &mut Document, now: &mut Document, w: &mut Writer<'_>) {
    let collection = now.collection();
    let (then, now) = (then.reader(), now.reader());
    let names: BTreeSet<String> = then.names().into_iter().chain(now.names()).collect();
    for name in names.iter().map(String::as_str) {
        if name == text_of(collection) {
            if then.text(name) != now.text(name) {
                w.put_text(name, &now.text(name));
            }
            continue;
        }
        if then.str(name) != now.str(name) {
            w.put_str(name, now.str(name).as_deref());
        }
        if then.time(name) != now.time(name) {
            w.put_time(name, now.time(name));
        }
        map_differences(name, &then.map(name), &now.map(name), w);
    }
}

fn map_differences(name: &str, then: &Map<String, Json>, now: &Map<String, Json>, w: &mut Writer<'_>) {
    for key in then.keys().filter(|key| !now.contains_key(*key)) {
        w.remove_entry(name, key);
    }
    for (key, value) in now.iter().filter(|(key, value)| then.get(*key) != Some(value)) {
        w.put_entry(name, key, value);
    }
}

/// The one mergeable text of each collection.
const fn text_of(collection: Collection) -> &'static str {
    match collection {
        Collection::Clients => "notes",
        Collection::Appointments => "note",
        Collection::Notes => "body",
    }
}
