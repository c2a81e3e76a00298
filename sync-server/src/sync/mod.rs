//! Sync: the tenant's log, what devices push into it and pull out of it, and the door that REST writes through.
//!
//! `core` holds the rules and speaks to storage only through [`tx::Tx`]; `store` is that on Postgres, `memory` in
//! the simulated world. `routes` is HTTP and knows no rule. The domain decides what a change is; nothing here reads
//! a document's fields.

mod answer;
pub mod bugs;
mod compare;
mod cursor;
mod intents;
mod live;
#[cfg(test)]
mod live_tests;
pub mod memory;
mod payments;
mod promises;
mod pull;
mod push;
mod routes;
mod session;
mod settings;
mod sockets;
mod store;
mod store_phases;
mod store_rows;
mod store_said;
#[cfg(test)]
mod tests;
mod tx;

use std::collections::BTreeMap;

use domain::Projection;
use domain::api::Refusal;
use domain::documents::{Chunk, Collection, Document, Heads};
use domain::errors::FieldErrors;
use domain::ids::{Ids, TenantId};
use domain::payments::Payment;
use domain::settings::Setting;
use domain::sync::{RecordKind, in_groups};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

pub use answer::{AskError, Context, answer};
pub use compare::compare;
pub use intents::run as run_intent;
pub use live::Live;
pub use routes::routes;
pub use session::Session;
pub use tx::{Form, Tx};

/// What settling a conflict writes beside documents: a record.
pub type BesideDocuments = (RecordKind, Uuid, Json);

/// The documents among these that are here, open, whatever their collection.
pub async fn open_all(tx: &mut TenantTx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Document>, StoreError> {
    let mut open = BTreeMap::new();
    for (id, stored) in tx.documents(ids).await? {
        if stored.form == Form::Damaged {
            return Err(StoreError::damaged(format!("document {id} cannot be opened")));
        }
        if let Some(document) = stored.open(id).map_err(StoreError::damaged)? {
            open.insert(id, document);
        }
    }
    Ok(open)
}

/// The rows of documents of a collection, as JSON text.
pub async fn rows(
    tx: &mut TenantTx,
    collection: Collection,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, String>, StoreError> {
    Tx::rows(tx, collection, ids).await
}

/// Writes changes made here to several documents as one action, and perhaps a record beside them. `open` are the documents
/// with the changes in them. More than 64 documents travel in several groups. Returns the new head.
pub async fn write_together(
    tx: &mut TenantTx,
    ids: &mut dyn Ids,
    mut open: BTreeMap<Uuid, Document>,
    changes: Vec<(Uuid, Chunk)>,
    record: Option<BesideDocuments>,
) -> Result<u64, StoreError> {
    let mut session = Session::begin(tx, None).await?;
    for changes in in_groups(changes) {
        keep_all(&mut session, Some(ids.uuid()), &mut open, changes).await?;
    }
    if let Some((kind, id, body)) = record {
        session.keep_record(kind.as_str(), id, Some(&body)).await?;
    }
    session.finish().await
}

/// As [`write_together`], but what is done to each document is an action of its own: however many there are, a device may
/// take them one by one.
pub async fn write_each(
    tx: &mut TenantTx,
    mut open: BTreeMap<Uuid, Document>,
    changes: Vec<(Uuid, Chunk)>,
) -> Result<u64, StoreError> {
    let mut session = Session::begin(tx, None).await?;
    keep_all(&mut session, None, &mut open, changes).await?;
    session.finish().await
}

async fn keep_all(
    session: &mut Session<'_, TenantTx>,
    group: Option<Uuid>,
    open: &mut BTreeMap<Uuid, Document>,
    changes: Vec<(Uuid, Chunk)>,
) -> Result<(), StoreError> {
    let mut by_document: BTreeMap<Uuid, Vec<(Option<Uuid>, Chunk)>> = BTreeMap::new();
    for (id, chunk) in changes {
        by_document.entry(id).or_default().push((group, chunk));
    }
    for (id, chunks) in by_document {
        if let Some(document) = open.remove(&id) {
            session.keep(id, document, chunks).await?;
        }
    }
    Ok(())
}

/// Locks the tenant: the first thing that a writing transaction does, before it reads what it decides on.
pub async fn lock(tx: &mut TenantTx) -> Result<(), StoreError> {
    tx.lock().await
}

/// A document with its history, if the tenant has it.
pub async fn load<T: Tx>(
    tx: &mut T,
    collection: Collection,
    id: Uuid,
) -> Result<Option<Document>, StoreError> {
    let loaded = tx.documents(&[id]).await?.remove(&id);
    match loaded {
        Some(stored) if stored.form == Form::Damaged => {
            Err(StoreError::damaged(format!("document {id} cannot be opened")))
        }
        Some(stored) if stored.collection == collection => stored.open(id).map_err(StoreError::damaged),
        _ => Ok(None),
    }
}

/// Writes one change made here: appends it to the log, keeps document, row and digest. Returns the new head.
pub async fn write_document(
    tx: &mut TenantTx,
    id: Uuid,
    document: Document,
    chunk: Chunk,
) -> Result<u64, StoreError> {
    let mut session = Session::begin(tx, None).await?;
    session.keep(id, document, vec![(None, chunk)]).await?;
    session.finish().await
}

/// Writes a record, or removes it. Returns the new head.
pub async fn write_record(
    tx: &mut TenantTx,
    kind: RecordKind,
    id: Uuid,
    body: Option<&Json>,
) -> Result<u64, StoreError> {
    let mut session = Session::begin(tx, None).await?;
    session.keep_record(kind.as_str(), id, body).await?;
    session.finish().await
}

/// Writes a payment, and what it means for the invoice and the visit that it names. Returns the new head and the payment as it was
/// kept, or why it cannot be taken on its invoice.
pub async fn write_payment(
    tx: &mut TenantTx,
    payment: Payment,
) -> Result<Result<(u64, Payment), Refusal>, StoreError> {
    let mut session = Session::begin(tx, None).await?;
    match payments::keep(&mut session, payment).await? {
        Ok(payment) => session.finish().await.map(|head| Ok((head, payment))),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Writes a section of the settings. Returns the new head, or what cannot be because of what there is.
pub async fn write_setting(
    tx: &mut TenantTx,
    tenant: TenantId,
    setting: &Setting,
) -> Result<Result<u64, FieldErrors>, StoreError> {
    let mut session = Session::begin(tx, None).await?;
    match settings::keep(&mut session, tenant, setting).await? {
        Ok(()) => session.finish().await.map(Ok),
        Err(told) => Ok(Err(told)),
    }
}

/// A record's body.
pub async fn record(tx: &mut TenantTx, kind: RecordKind, id: Uuid) -> Result<Option<Json>, StoreError> {
    tx.record(kind.as_str(), id).await
}

/// A document's row as the last write projected it, and the heads it had then.
pub async fn row(
    tx: &mut TenantTx,
    collection: Collection,
    id: Uuid,
) -> Result<Option<(Projection, Heads)>, StoreError> {
    tx.row(collection, id).await
}
