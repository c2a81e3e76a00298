//! Device and server differ although everything was said: bucket by bucket, what the other side has and lacks.

use std::collections::BTreeMap;

use domain::documents::Hash;
use domain::ids::IntentId;
use domain::sync::{CompareAnswer, CompareDoc, Intent, IntentAction, RecordKind};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{HEAD, IN_STEP, RESTORED, results};
use crate::replica::{self, Opened};
use crate::store::{Form, Result, StoredRecord, Tx};

/// The name space of offers: the same record is offered under one id by every device.
const OFFERS: Uuid = Uuid::from_u128(0x2a7c_19f0_5d3b_5e64_9c1f_88a0_4be2_d713);

/// Device and server hold the same.
pub(super) fn in_step(tx: &Tx<'_>) -> Result<()> {
    tx.set_meta(IN_STEP, &true)?;
    tx.clear_meta(RESTORED)
}

/// Takes the differing buckets of a part and queues what puts them right. Answers whether the comparison was still
/// true: when the log has grown meanwhile, the news must be read first.
pub(super) fn apply(tx: &Tx<'_>, part: &str, answer: &CompareAnswer, at: i64) -> Result<bool> {
    if answer.head > tx.meta(HEAD)?.unwrap_or(0) {
        return Ok(false);
    }
    for bucket in &answer.differing {
        let theirs: BTreeMap<Uuid, &CompareDoc> = bucket.docs.iter().map(|doc| (doc.doc, doc)).collect();
        let ours = tx.bucket_ids(part, bucket.bucket)?;
        for doc in theirs.values() {
            match part {
                "records" => compare_record(tx, doc)?,
                _ => compare_document(tx, doc, at)?,
            }
        }
        for id in ours.into_iter().filter(|id| !theirs.contains_key(id)) {
            match part {
                "records" => record_is_missing_there(tx, id, at)?,
                _ => results::offer(tx, id, &[], at)?,
            }
        }
    }
    Ok(true)
}

fn compare_document(tx: &Tx<'_>, theirs: &CompareDoc, at: i64) -> Result<()> {
    let id = theirs.doc;
    let Some(stored) = tx.document(id)? else { return tx.want(id) };
    if theirs.purged {
        return if stored.form == Form::Purged { Ok(()) } else { replica::purge(tx, id, stored.collection) };
    }
    if stored.synced == theirs.heads {
        return Ok(());
    }
    let Opened::Ready(mut document) = replica::open(tx, id, at)? else { return Ok(()) };
    let known: Vec<Hash> = theirs.heads.iter().copied().filter(|head| document.contains(*head)).collect();
    replica::settle_shown(tx, id, &mut document, &known)?;
    results::offer(tx, id, &theirs.heads, at)
}

fn compare_record(tx: &Tx<'_>, theirs: &CompareDoc) -> Result<()> {
    let hashes: Vec<Hash> = tx.records_by_id(theirs.doc)?.iter().map(StoredRecord::hash).collect();
    if hashes == theirs.heads { Ok(()) } else { tx.want(theirs.doc) }
}

/// After a restore the server may have lost it, so it is offered back; otherwise it was removed.
fn record_is_missing_there(tx: &Tx<'_>, id: Uuid, at: i64) -> Result<()> {
    let was_restored = tx.meta(RESTORED)?.unwrap_or(false);
    for StoredRecord { record, id, body } in tx.records_by_id(id)? {
        if record == RecordKind::Tenant.as_str() {
            continue;
        }
        let offer = offer(&record, id, body);
        // Offered before and answered: the server has had it since, and it was removed there.
        let is_answered = tx.intent(offer.id)?.is_some_and(|known| !known.state.is_open());
        if was_restored && !is_answered {
            tx.add_intent(&offer, at)?;
        } else {
            tx.put_record(&record, id, None, 0)?;
        }
    }
    Ok(())
}

/// The server is asked to take back a record that it lost, or a part of one.
pub(super) fn offer(record: &str, id: Uuid, body: Json) -> Intent {
    let stored = StoredRecord { record: record.to_owned(), id, body };
    let name = format!("{record}\u{1f}{id}\u{1f}{}", stored.hash());
    let body: Map<String, Json> =
        [("record".to_owned(), Json::from(record)), ("body".to_owned(), stored.body)].into_iter().collect();
    Intent {
        id: IntentId(Uuid::new_v5(&OFFERS, name.as_bytes())),
        action: IntentAction::RecordOffer.as_str().to_owned(),
        target: id,
        body,
        after: Vec::new(),
        deadline: None,
    }
}
