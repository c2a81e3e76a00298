//! Undoing an import: what it made and nobody has touched since goes, batch after batch, visits before the clients that
//! they name, so that a visit which stays keeps its client.

use std::collections::BTreeSet;

use domain::Projection;
use domain::documents::Collection;
use domain::imports::{
    Base as _, Business, Kept as KeptDocument, Stop, Undo, Undone, named_by_payment, named_by_picture,
    names_client, undo, undo_intent,
};
use domain::sync::{Intent, IntentAction};
use serde_json::{Map, Value as Json};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::base::ServerBase;
use super::store;
use super::views::{Kept, Stored};
use super::work::{BATCH, WorkError, begin_held, lease};
use crate::AppState;
use crate::db::{Cause, StoreError};

pub(super) fn take_out(
    state: &AppState,
    handle: &Handle,
    business: &Business,
    import: &mut Stored,
    cause: Cause,
) -> Result<(), WorkError> {
    let Some(mark) = import.import_id else { return Err(WorkError::Incomplete) };
    let mut base = ServerBase::new(state.clone(), handle.clone(), business.tenant).caused_by(cause);
    let mut undone = Undone::default();
    let mut in_use = BTreeSet::new();
    for collection in [Collection::Appointments, Collection::Notes] {
        in_use.extend(base.rows(collection, "")?.iter().filter_map(|(_, row)| names_client(row, mark)));
    }
    in_use.extend(base.payments()?.iter().flat_map(|payment| named_by_payment(payment, mark)));
    in_use.extend(base.pictures()?.iter().flat_map(named_by_picture));
    for collection in [Collection::Appointments, Collection::Clients] {
        let mut found = base.rows(collection, &mark.to_string())?;
        if collection == Collection::Appointments {
            // A status that was put on a booking shows in its row, but not by whom.
            found.extend(base.rows(collection, "\"import-")?);
            found.sort_by_key(|(id, _)| *id);
            found.dedup_by_key(|(id, _)| *id);
        }
        base.abandon();
        for batch in found.chunks(BATCH) {
            begin_held(&mut base, import)?;
            for (id, row) in batch {
                take_out_one(&mut base, collection, *id, mark, &mut undone, &in_use)?;
                let is_kept =
                    [&undone.kept_edited, &undone.kept_in_use].map(|kept| kept.last()).contains(&Some(id));
                if let (true, Projection::Appointments(row)) = (is_kept, row) {
                    in_use.extend(row.client_id.map(Uuid::from));
                }
            }
            let now = state.now();
            let next = Stored { lease_until: Some(lease(now)), ..import.clone() };
            base.end(async |tx| store::update(tx, &next, now).await)?;
            *import = next;
        }
    }
    base.abandon();
    let gone = records_of(&mut base, mark, &mut undone)?;
    base.abandon();
    for batch in gone.chunks(BATCH) {
        begin_held(&mut base, import)?;
        for (action, target) in batch {
            ask_removal(&mut base, *action, *target, mark)?;
            undone.removed += 1;
        }
        let now = state.now();
        let next = Stored { lease_until: Some(lease(now)), ..import.clone() };
        base.end(async |tx| store::update(tx, &next, now).await)?;
        *import = next;
    }
    begin_held(&mut base, import)?;
    let mut done = import.clone();
    done.keep(&Kept { undone: Some(undone.into()), ..import.kept() });
    "undone".clone_into(&mut done.state);
    done.lease_until = None;
    let now = state.now();
    base.end(async |tx| store::update(tx, &done, now).await)?;
    *import = done;
    Ok(())
}

fn take_out_one(
    base: &mut ServerBase,
    collection: Collection,
    id: Uuid,
    mark: Uuid,
    undone: &mut Undone,
    in_use: &BTreeSet<Uuid>,
) -> Result<(), StoreError> {
    let mut document = match base.open(collection, id) {
        Ok(document) => document,
        Err(Stop::Row(_)) => return Ok(()),
        Err(Stop::All(error)) => return Err(error),
    };
    let (author, at) = base.author()?;
    let chunk = match undo(&mut document, &author, at, mark, || in_use.contains(&id)) {
        Undo::Removal(chunk) => {
            undone.removed += 1;
            chunk
        }
        Undo::Restoral(chunk) => {
            undone.restored += 1;
            chunk
        }
        Undo::KeptEdited => {
            undone.kept_edited.push(id);
            return Ok(());
        }
        Undo::KeptInUse => {
            undone.kept_in_use.push(id);
            return Ok(());
        }
        Undo::Nothing => return Ok(()),
    };
    only_all(base.keep(id, KeptDocument { document, chunk: Some(chunk), is_new: false }))
}

/// The services and payments that it brought and nobody has edited.
fn records_of(
    base: &mut ServerBase,
    mark: Uuid,
    undone: &mut Undone,
) -> Result<Vec<(IntentAction, Uuid)>, StoreError> {
    let name = mark.to_string();
    let is_own = |meta: &Map<String, Json>| meta.get("importId").and_then(Json::as_str) == Some(&name);
    let mut gone = Vec::new();
    for service in base.services()?.into_iter().filter(|service| is_own(&service.meta)) {
        if service.created_at == service.updated_at {
            gone.push((IntentAction::ServiceRemove, service.id.0));
        } else {
            undone.kept_edited.push(service.id.0);
        }
    }
    let payments = base.payments()?.into_iter().filter(|payment| is_own(&payment.metadata));
    gone.extend(payments.map(|payment| (IntentAction::PaymentRemove, payment.id.0)));
    Ok(gone)
}

fn ask_removal(
    base: &mut ServerBase,
    action: IntentAction,
    target: Uuid,
    mark: Uuid,
) -> Result<(), StoreError> {
    let body = match action {
        IntentAction::PaymentRemove => {
            Map::from_iter([("importId".to_owned(), Json::from(mark.to_string()))])
        }
        _ => Map::new(),
    };
    let mut undoing = 0;
    while base.was_asked(undo_intent(target, undoing))? {
        undoing += 1;
    }
    let (id, action) = (undo_intent(target, undoing), action.as_str().to_owned());
    only_all(base.ask(&Intent { id, action, target, body, after: Vec::new(), deadline: None }))
}

/// Of the two ways to stop, the server knows only one when it keeps what it has just read.
fn only_all(done: Result<(), Stop<StoreError>>) -> Result<(), StoreError> {
    match done {
        Ok(()) => Ok(()),
        Err(Stop::All(error)) => Err(error),
        Err(Stop::Row(problem)) => Err(StoreError::damaged(problem)),
    }
}
