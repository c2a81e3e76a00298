//! What a device says: its oldest unsent changes, its intents, its wishes, and how far it has read.

use domain::documents::Bytes;
use domain::ids::{Ids, IntentId};
use domain::sync::{Ask, Intent, PROTOCOL, Push, Scope, schema};
use jiff::Timestamp;

use super::CURSOR;
use super::engine::{Asked, Options, Work};
use crate::bugs::{self, Bug};
use crate::store::{IntentState, OutboxEntry, Result, StoredIntent, Tx};

/// Few enough that what is wanted fits into one answer with the news.
const MOST_WANTS: u32 = 64;
const MOST_INTENTS: u32 = 500;

pub(super) fn build(tx: &Tx<'_>, options: Options) -> Result<(Ask, Asked)> {
    let batch = tx.outbox_batch(options.push_bytes)?;
    let want = tx.wants(MOST_WANTS)?;
    let (intents, first_sent) = intents(tx, options.push_bytes)?;
    let asked = Asked {
        want: want.clone(),
        pushed: batch.iter().map(|entry| (entry.doc, entry.hash)).collect(),
        first_sent,
        work: work(tx)?,
    };
    if bugs::planted(Bug::OutboxClearedAtSend) {
        for (doc, hash) in &asked.pushed {
            tx.unqueue(*doc, *hash)?;
        }
    }
    let ask = Ask {
        protocol: PROTOCOL,
        schema: schema(),
        cursor: tx.meta(CURSOR)?,
        push: batch.into_iter().map(push).collect(),
        packed: None,
        intents,
        want,
        max_bytes: Some(options.page_bytes),
        scope: Some(Scope { rows: options.rows, packed: false }),
        pending: Some(asked.work.outbox + asked.work.intents),
    };
    Ok((ask, asked))
}

pub(super) fn work(tx: &Tx<'_>) -> Result<Work> {
    let (outbox, ends) = (tx.outbox_len()?, tx.outbox_ends()?);
    Ok(Work { outbox, ends, intents: tx.open_intents_len()?, wants: tx.wants_len()? })
}

/// From here on an intent may have run, so it can no longer be taken back. Also names those that go out for the first time.
fn intents(tx: &Tx<'_>, bytes: usize) -> Result<(Vec<Intent>, Vec<IntentId>)> {
    let (mut chosen, mut first_sent) = (Vec::new(), Vec::new());
    let mut size = 0;
    for stored in tx.open_intents(MOST_INTENTS)? {
        size += stored.intent.body.values().map(|value| value.to_string().len() + 32).sum::<usize>() + 200;
        if size > bytes && !chosen.is_empty() {
            break;
        }
        if stored.state == IntentState::Pending {
            tx.set_intent(stored.intent.id, IntentState::Sent, None, &stored.fields)?;
            first_sent.push(stored.intent.id);
        }
        chosen.push(stored.intent);
    }
    Ok((chosen, first_sent))
}

/// For faults that are planted: what waits for its answer is asked once more, as something else.
pub(crate) fn anew(tx: &Tx<'_>, ids: &mut dyn Ids, now: Timestamp) -> Result<()> {
    for StoredIntent { intent, .. } in tx.open_intents(MOST_INTENTS)? {
        let again = Intent { id: IntentId(ids.uuid()), target: ids.uuid(), ..intent };
        tx.add_intent(&again, now.as_second())?;
    }
    Ok(())
}

/// There was no connection, so nothing of the request has left this device: what it would have said first can be taken back again.
pub(super) fn has_not_left(tx: &Tx<'_>, asked: &Asked) -> Result<()> {
    for id in &asked.first_sent {
        tx.unsend_intent(*id)?;
    }
    Ok(())
}

fn push(entry: OutboxEntry) -> Push {
    let OutboxEntry { group, doc, collection, hash, bytes } = entry;
    Push { group, doc, collection: collection.as_str().to_owned(), hash, bytes: Bytes(bytes) }
}
