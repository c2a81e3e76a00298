//! Undoing an import: what it made and nobody has touched since goes, batch after batch, visits before the clients that
//! they name, so that a visit which stays keeps its client.

use std::collections::BTreeSet;

use domain::Projection;
use domain::documents::Collection;
use domain::imports::{
    Base as _, Business, Kept as KeptDocument, Stop, Undo, Undone, named_by_payment, named_by_picture,
    names_client, restore_intent, service_set_back, undo, undo_intent,
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
    in_use.extend(base.pictures()?.iter().flat_map(|media| named_by_picture(media.place())));
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
    let asked = records_of(&mut base, mark, &mut undone)?;
    base.abandon();
    for batch in asked.chunks(BATCH) {
        begin_held(&mut base, import)?;
        for wish in batch {
            wish.ask(&mut base, mark)?;
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
    let chunks = match undo(&mut document, &author, at, mark, || in_use.contains(&id)) {
        Undo::Removal(chunk) => {
            undone.removed += 1;
            vec![*chunk]
        }
        Undo::Restoral { chunks, is_partial } => {
            undone.restored += 1;
            undone.kept_edited.extend(is_partial.then_some(id));
            chunks
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
    for chunk in chunks {
        let kept = KeptDocument { document: document.clone(), chunk: Some(chunk), is_new: false };
        only_all(base.keep(id, kept))?;
    }
    Ok(())
}

/// What an undo asks of a record.
struct Wish {
    action: IntentAction,
    target: Uuid,
    body: Map<String, Json>,
}

/// What becomes of services and payments: those that it brought and nobody has edited go, services that it changed are set
/// back.
fn records_of(base: &mut ServerBase, mark: Uuid, undone: &mut Undone) -> Result<Vec<Wish>, StoreError> {
    let name = mark.to_string();
    let is_own = |meta: &Map<String, Json>| meta.get("importId").and_then(Json::as_str) == Some(&name);
    let mut asked = Vec::new();
    for service in base.services()? {
        let target = service.id.0;
        if !is_own(&service.meta) {
            if let Some((body, is_partial)) = service_set_back(&service, mark) {
                undone.restored += 1;
                undone.kept_edited.extend(is_partial.then_some(target));
                asked.push(Wish { action: IntentAction::ServiceEdit, target, body });
            }
        } else if service.created_at == service.updated_at {
            undone.removed += 1;
            asked.push(Wish { action: IntentAction::ServiceRemove, target, body: Map::new() });
        } else {
            undone.kept_edited.push(target);
        }
    }
    for payment in base.payments()?.into_iter().filter(|payment| is_own(&payment.metadata)) {
        undone.removed += 1;
        let body = Map::from_iter([("importId".to_owned(), Json::from(name.clone()))]);
        asked.push(Wish { action: IntentAction::PaymentRemove, target: payment.id.0, body });
    }
    Ok(asked)
}

impl Wish {
    /// Asks under the first id of its row that nobody has used.
    fn ask(&self, base: &mut ServerBase, mark: Uuid) -> Result<(), StoreError> {
        let id = |undoing| match self.action {
            IntentAction::ServiceEdit => restore_intent(self.target, mark, undoing),
            _ => undo_intent(self.target, undoing),
        };
        let mut undoing = 0;
        while base.was_asked(id(undoing))? {
            undoing += 1;
        }
        only_all(base.ask(&Intent {
            id: id(undoing),
            action: self.action.as_str().to_owned(),
            target: self.target,
            body: self.body.clone(),
            after: Vec::new(),
            deadline: None,
        }))
    }
}

/// Of the two ways to stop, the server knows only one when it keeps what it has just read.
fn only_all(done: Result<(), Stop<StoreError>>) -> Result<(), StoreError> {
    match done {
        Ok(()) => Ok(()),
        Err(Stop::All(error)) => Err(error),
        Err(Stop::Row(problem)) => Err(StoreError::damaged(problem)),
    }
}
