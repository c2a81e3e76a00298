//! Taking a change back: a new edit that puts back what stood before, field by field, where nobody has changed it since.
//!
//! Part of the history room. Pure.

use serde_json::Value as Json;
use uuid::Uuid;

use super::changes::{touched, value_at};
use crate::conflicts::Decision;
use crate::documents::{Author, Chunk, Document, Hash, Logged, genesis_hash};

/// What taking back did.
#[derive(Clone, Debug, Default)]
pub struct Undone {
    /// The changes that were made; none if there is nothing to take back any more.
    pub chunks: Vec<Chunk>,
    /// Fields that stay because somebody has changed them since.
    pub kept: Vec<String>,
    /// Changes of the same action, which belong to it: what a decision did.
    pub with: Vec<(Uuid, Hash)>,
}

/// Takes a change of a record back. `None` if the record has no such change.
pub fn undo(document: &mut Document, author: &Author, at: i64, hash: Hash) -> Option<Undone> {
    let logged = document.log().into_iter().find(|logged| logged.hash == hash)?;
    let genesis = genesis_hash(document.collection());
    if logged.deps == [genesis] {
        // What was never there before is there no more; its values stay, for whoever brings it back. Once it is gone there is
        // nothing to take back.
        let is_here = document.reader().time("deletedAt").is_none();
        let gone = is_here
            .then(|| document.edit(author, at, "undo.create", |w| w.put_time("deletedAt", Some(at * 1000))));
        return Some(Undone { chunks: gone.flatten().into_iter().collect(), ..Undone::default() });
    }
    Some(put_back(document, author, at, &logged, "undo.change"))
}

/// Puts back what stood before a change, under the name of whichever command does so.
pub(crate) fn put_back(
    document: &mut Document,
    author: &Author,
    at: i64,
    change: &Logged,
    command: &str,
) -> Undone {
    let mut undone = Undone::default();
    let names = document.written_in(change.hash);
    let fields = touched(document, change, names.as_ref());
    let now = document.reader().everything();
    let mut back = Vec::new();
    let mut texts = Vec::new();
    for (field, from, to) in fields {
        if field.starts_with("decisions.")
            && let Some(made) = to.as_str().and_then(Decision::from_stored)
        {
            undone.with.extend(made.did);
        }
        if value_at(&now, &field) == to {
            back.push((field, from));
        } else if document.is_text(&field) {
            texts.push((field, from));
        } else {
            undone.kept.push(field);
        }
    }
    let changed = document.edit(author, at, command, |w| {
        for (field, value) in &back {
            match (field.split_once('.'), value) {
                (Some((map, entry)), Json::Null) => w.remove_entry(map, entry),
                (Some((map, entry)), value) => w.put_entry(map, entry, value),
                (None, Json::String(text)) if w.is_text(field) => w.put_text(field, text),
                (None, Json::Null) => w.put_str(field, None),
                (None, Json::Number(moment)) => w.put_time(field, moment.as_i64()),
                (None, value) => w.put_again(field, value),
            }
        }
    });
    undone.chunks.extend(changed);
    if !texts.is_empty() {
        // Written as if right after the change, and merged with all that came since: others' letters stay.
        let mended = document.at(&[change.hash], |document| {
            document.edit(author, at, command, |w| {
                for (field, text) in &texts {
                    w.put_text(field, text.as_str().unwrap_or_default());
                }
            })
        });
        undone.chunks.extend(mended);
    }
    undone
}
