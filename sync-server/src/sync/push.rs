//! Push: what becomes of the changes that a device sends.
//!
//! Every chunk is checked before automerge sees it, applied to a copy, and kept only if the copy survives. A bad
//! change goes into quarantine and never takes its neighbours along; a group stands or falls as one.

use std::collections::{BTreeMap, BTreeSet};

use domain::documents::{Chunk, ChunkError, Collection, Document, Heads, Verdict};
use domain::errors::ErrorCode;
use domain::sync::{MAX_GROUP_DOCS, Push, PushOutcome, PushResult};
use uuid::Uuid;

use super::bugs::{self, Bug};
use super::session::Session;
use super::tx::{Form, Refused, StoredDocument, Tx};
use crate::db::StoreError;

/// Takes in pushed changes; one result each, in order.
pub(super) async fn push<T: Tx>(
    session: &mut Session<'_, T>,
    pushes: &[Push],
) -> Result<Vec<PushResult>, StoreError> {
    let ids: Vec<Uuid> = pushes.iter().map(|push| push.doc).collect();
    session.prefetch(&ids).await?;
    let mut results = Vec::with_capacity(pushes.len());
    for unit in pushes.chunk_by(|a, b| a.group == b.group) {
        let outcomes = match unit[0].group {
            Some(group) => push_group(session, group, unit).await?,
            None => push_apart(session, unit).await?,
        };
        for (push, outcome) in unit.iter().zip(outcomes) {
            if let Outcome::Refused(code) = outcome {
                let code = code.as_str();
                let (collection, bytes, device) =
                    (push.collection.as_str(), &push.bytes.0[..], session.device);
                let refused = Refused { doc: push.doc, hash: push.hash, collection, code, bytes, device };
                session.tx.quarantine(&refused).await?;
            }
            results.push(outcome.into_result(push));
        }
    }
    Ok(results)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Stored,
    Duplicate,
    MissingDeps(Heads),
    Refused(ErrorCode),
    Purged,
}

impl Outcome {
    fn into_result(self, push: &Push) -> PushResult {
        let (result, code, heads) = match self {
            Self::Stored => (PushOutcome::Stored, None, None),
            Self::Duplicate => (PushOutcome::Duplicate, None, None),
            Self::MissingDeps(heads) => (PushOutcome::MissingDeps, None, Some(heads)),
            Self::Refused(code) => (PushOutcome::Refused, Some(code), None),
            Self::Purged => (PushOutcome::Purged, None, None),
        };
        PushResult { doc: push.doc, hash: push.hash, result, code, heads }
    }
}

/// Changes without a group: each stands alone, but those of one document are proven together. Document by document, so
/// that a large push never has more than one of them open.
async fn push_apart<T: Tx>(
    session: &mut Session<'_, T>,
    pushes: &[Push],
) -> Result<Vec<Outcome>, StoreError> {
    let (mut outcomes, checked) = check_all(pushes);
    for (id, batch) in checked {
        let Tried { document, stored } = try_one(session, id, batch, &mut outcomes).await?;
        if let Some(document) = document {
            session.keep(id, document, stored.into_iter().map(|chunk| (None, chunk)).collect()).await?;
        }
    }
    Ok(settled(outcomes))
}

/// Changes of one action: all of them, or none.
async fn push_group<T: Tx>(
    session: &mut Session<'_, T>,
    group: Uuid,
    pushes: &[Push],
) -> Result<Vec<Outcome>, StoreError> {
    let documents: BTreeSet<Uuid> = pushes.iter().map(|push| push.doc).collect();
    if documents.len() > MAX_GROUP_DOCS {
        return Ok(vec![Outcome::Refused(ErrorCode::GroupTooLarge); pushes.len()]);
    }
    let (mut outcomes, checked) = check_all(pushes);
    let mut copies = Vec::new();
    for (id, batch) in checked {
        copies.push((id, try_one(session, id, batch, &mut outcomes).await?));
    }
    let outcomes = settled(outcomes);
    if outcomes.iter().all(|outcome| matches!(outcome, Outcome::Stored | Outcome::Duplicate)) {
        for (id, Tried { document, stored }) in copies {
            if let Some(document) = document {
                let chunks = stored.into_iter().map(|chunk| (Some(group), chunk)).collect();
                session.keep(id, document, chunks).await?;
            }
        }
        return Ok(outcomes);
    }
    // If only something is missing, the whole group is to be sent again with it; otherwise it can never pass.
    let is_hopeless = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Refused(_) | Outcome::Purged));
    let mut answers = Vec::with_capacity(outcomes.len());
    for (push, outcome) in pushes.iter().zip(outcomes) {
        answers.push(match outcome {
            Outcome::Stored if is_hopeless => Outcome::Refused(ErrorCode::GroupRefused),
            Outcome::Stored => Outcome::MissingDeps(heads_of(session, push).await?),
            other => other,
        });
    }
    Ok(answers)
}

/// Checked chunks of one document, with their places in the push.
type Batch = Vec<(usize, Collection, Chunk)>;

/// A copy of a document with the new changes in it, and those changes; no copy if there are none.
struct Tried {
    document: Option<Document>,
    stored: Vec<Chunk>,
}

/// Checks each chunk by itself; those that pass, by document.
fn check_all(pushes: &[Push]) -> (Vec<Option<Outcome>>, BTreeMap<Uuid, Batch>) {
    let mut outcomes: Vec<Option<Outcome>> = vec![None; pushes.len()];
    let mut checked: BTreeMap<Uuid, Batch> = BTreeMap::new();
    for (index, push) in pushes.iter().enumerate() {
        match check(push) {
            Ok(chunk) => checked.entry(push.doc).or_default().push((index, chunk_collection(push), chunk)),
            Err(code) => outcomes[index] = Some(Outcome::Refused(code)),
        }
    }
    (outcomes, checked)
}

/// Applies the changes of one document to a copy of it.
async fn try_one<T: Tx>(
    session: &mut Session<'_, T>,
    id: Uuid,
    batch: Batch,
    outcomes: &mut [Option<Outcome>],
) -> Result<Tried, StoreError> {
    let stored = session.stored(id).await?.map(|stored| stored.form);
    if stored == Some(Form::Purged) {
        for (index, ..) in &batch {
            outcomes[*index] = Some(Outcome::Purged);
        }
        return Ok(Tried { document: None, stored: Vec::new() });
    }
    let open = session.open(id).await?;
    let collection = open.as_ref().map_or(batch[0].1, Document::collection);
    let mut document = open.unwrap_or_else(|| Document::new(collection));
    let mut places = Vec::with_capacity(batch.len());
    let mut chunks = Vec::with_capacity(batch.len());
    for (index, of, chunk) in batch {
        if of == collection {
            places.push(index);
            chunks.push(chunk);
        } else {
            outcomes[index] = Some(Outcome::Refused(ErrorCode::BadShape));
        }
    }
    let received = document.receive(&chunks);
    for (index, verdict) in places.into_iter().zip(&received.verdicts) {
        outcomes[index] = Some(match verdict {
            Verdict::Stored => Outcome::Stored,
            Verdict::Duplicate => Outcome::Duplicate,
            Verdict::MissingDeps => Outcome::MissingDeps(document.heads()),
            Verdict::Refused(code) => Outcome::Refused(*code),
        });
    }
    let verdicts = received.verdicts.iter();
    let is_kept = |verdict: &Verdict| {
        *verdict == Verdict::Stored || bugs::on(Bug::KnownAgain) && *verdict == Verdict::Duplicate
    };
    let stored: Vec<Chunk> =
        chunks.into_iter().zip(verdicts).filter(|(_, verdict)| is_kept(verdict)).map(|(c, _)| c).collect();
    Ok(Tried { document: (!stored.is_empty()).then_some(received.document), stored })
}

fn settled(outcomes: Vec<Option<Outcome>>) -> Vec<Outcome> {
    outcomes.into_iter().map(|o| o.unwrap_or(Outcome::Refused(ErrorCode::Internal))).collect()
}

async fn heads_of<T: Tx>(session: &mut Session<'_, T>, push: &Push) -> Result<Heads, StoreError> {
    let blank = || StoredDocument::blank_heads(chunk_collection(push));
    let stored = session.stored(push.doc).await?.filter(|stored| stored.form != Form::Damaged);
    Ok(stored.map_or_else(blank, |stored| stored.heads.clone()))
}

fn chunk_collection(push: &Push) -> Collection {
    push.collection.parse().unwrap_or(Collection::Clients)
}

fn check(push: &Push) -> Result<Chunk, ErrorCode> {
    let collection: Collection = push.collection.parse().map_err(|_| ErrorCode::UnknownCollection)?;
    match Chunk::check(collection, push.hash, &push.bytes.0) {
        Err(ChunkError::HashMismatch { actual, .. }) if bugs::on(Bug::HashNotCompared) => {
            Chunk::check(collection, actual, &push.bytes.0).map_err(|error| error.code())
        }
        other => other.map_err(|error| error.code()),
    }
}
