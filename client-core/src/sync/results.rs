//! What became of pushed changes. A change leaves the outbox only when the server has exactly this one (rule D3), or
//! has said that it never will.

use std::collections::{BTreeMap, BTreeSet};

use domain::documents::{Chunk, Collection, Hash, Heads};
use domain::errors::ErrorCode;
use domain::sync::{PushOutcome, PushResult};
use serde_json::json;
use uuid::Uuid;

use super::{Context, Report, replay};
use crate::app::notices;
use crate::replica::{self, Opened};
use crate::store::{End, Result, Tx};

pub(super) fn apply(
    tx: &Tx<'_>,
    context: &mut Context<'_>,
    results: &[PushResult],
    report: &mut Report,
) -> Result<()> {
    let at = context.now.as_second();
    let mut settled: BTreeSet<Uuid> = BTreeSet::new();
    let mut lacking: BTreeMap<Uuid, Heads> = BTreeMap::new();
    let mut refused: BTreeMap<Uuid, Vec<(Hash, ErrorCode)>> = BTreeMap::new();
    let garbled = garbled_on_the_way(tx, results)?;
    for result in results {
        let PushResult { doc, hash, .. } = *result;
        match result.result {
            PushOutcome::Stored | PushOutcome::Duplicate => {
                if tx.unqueue(doc, hash)?.is_some() {
                    report.pushed += 1;
                    settled.insert(doc);
                }
            }
            PushOutcome::MissingDeps => {
                lacking.insert(doc, result.heads.clone().unwrap_or_default());
            }
            PushOutcome::Refused if garbled.contains(&(doc, hash)) => {}
            PushOutcome::Refused => {
                refused.entry(doc).or_default().push((hash, result.code.unwrap_or(ErrorCode::BadChunk)));
            }
            PushOutcome::Purged => purged(tx, doc, at)?,
        }
    }
    for (doc, heads) in lacking {
        offer(tx, doc, &heads, at)?;
        settled.remove(&doc);
    }
    for (doc, changes) in refused {
        report.refused += changes.len() as u64;
        replay::without(tx, context, doc, &changes)?;
        settled.remove(&doc);
    }
    settled.into_iter().try_for_each(|doc| resettle(tx, doc, at))
}

/// How often a change goes out again when the server got other bytes than were sent.
const MOST_GARBLED: u32 = 3;

/// Refused changes that are sound here and were damaged on the way, with their groups: they stay queued and go again.
fn garbled_on_the_way(tx: &Tx<'_>, results: &[PushResult]) -> Result<BTreeSet<(Uuid, Hash)>> {
    let (mut spared, mut groups, mut doomed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for result in results.iter().filter(|result| result.result == PushOutcome::Refused) {
        match result.code {
            Some(ErrorCode::BadChunk | ErrorCode::HashMismatch) => {
                let Some((entry, times)) = tx.count_garbled(result.doc, result.hash)? else { continue };
                let is_sound = Chunk::check(entry.collection, entry.hash, &entry.bytes).is_ok();
                if is_sound && times <= MOST_GARBLED {
                    spared.insert((entry.doc, entry.hash));
                    groups.extend(entry.group);
                } else {
                    doomed.extend(entry.group);
                }
            }
            Some(ErrorCode::GroupRefused) => {}
            _ => doomed.extend(group_of(tx, result)?),
        }
    }
    for result in results.iter().filter(|result| result.code == Some(ErrorCode::GroupRefused)) {
        if group_of(tx, result)?.is_some_and(|group| groups.contains(&group) && !doomed.contains(&group)) {
            spared.insert((result.doc, result.hash));
        }
    }
    Ok(spared)
}

fn group_of(tx: &Tx<'_>, result: &PushResult) -> Result<Option<Uuid>> {
    let queued = tx.outbox_of(result.doc)?;
    Ok(queued.into_iter().find(|entry| entry.hash == result.hash).and_then(|entry| entry.group))
}

/// Queues everything of a document that the server, with these heads, lacks, before all else that waits; and wants
/// what it has beyond this device.
pub(super) fn offer(tx: &Tx<'_>, doc: Uuid, heads: &[Hash], at: i64) -> Result<()> {
    if let Opened::Ready(mut document) = replica::open(tx, doc, at)? {
        let waiting: Vec<Hash> = tx.outbox_of(doc)?.into_iter().map(|entry| entry.hash).collect();
        let lacking: Vec<Chunk> = document
            .chunks_since(heads)
            .into_iter()
            .filter(|chunk| !waiting.contains(&chunk.hash()))
            .collect();
        if !heads.iter().all(|head| document.contains(*head)) {
            tx.want(doc)?;
        }
        tx.queue(End::Front, &replica::entries(doc, document.collection(), None, &lacking))?;
        replica::keep(tx, doc, &mut document)?;
    }
    Ok(())
}

/// The heads that the server knows have moved.
fn resettle(tx: &Tx<'_>, doc: Uuid, at: i64) -> Result<()> {
    let pending: Vec<Hash> = tx.outbox_of(doc)?.into_iter().map(|entry| entry.hash).collect();
    if pending.is_empty() {
        return match tx.heads_of(doc)? {
            Some(heads) => tx.set_synced(doc, &heads),
            None => Ok(()),
        };
    }
    match replica::open(tx, doc, at)? {
        Opened::Ready(mut document) => tx.set_synced(doc, &replica::synced_heads(&mut document, &pending)),
        _ => Ok(()),
    }
}

fn purged(tx: &Tx<'_>, doc: Uuid, at: i64) -> Result<()> {
    let collection: Option<Collection> = tx.outbox_of(doc)?.first().map(|entry| entry.collection);
    let Some(collection) = collection else { return Ok(()) };
    tx.notify(at, notices::PURGED, &json!({ "id": doc, "collection": collection }))?;
    replica::purge(tx, doc, collection)
}
