//! Undoing an import on this device: one transaction, whatever it made.
//!
//! Part of the import room. Visits go before the clients that they name, so that a visit which stays keeps its client.

use std::collections::{BTreeSet, HashMap};

use domain::Projection;
use domain::documents::{Chunk, Collection, Document, Hash};
use domain::ids::IntentId;
use domain::imports::{
    Base as _, Kept, Stop, Undo, Undone, named_by_payment, named_by_picture, names_client, restore_intent,
    service_set_back, undo, undo_intent,
};
use domain::services::Service;
use domain::sync::{Intent, IntentAction};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::base::DeviceBase;
use crate::app::{App, AppError};
use crate::store::StoreError;

impl App {
    /// Takes out what an import made and nobody has touched since. `NotFound` if it has left nothing here.
    pub fn undo_import(&mut self, import: Uuid) -> Result<Undone, AppError> {
        if !self.imports()?.iter().any(|listed| listed.id == import) {
            return Err(AppError::NotFound(import));
        }
        self.in_batch(|app| {
            let mut undone = Undone::default();
            let mut in_use = app.clients_named(import)?;
            in_use.extend(app.pictures()?.iter().flat_map(|picture| named_by_picture(picture.place)));
            let mut base = DeviceBase::new(app);
            in_use.extend(base.payments()?.iter().flat_map(|payment| named_by_payment(payment, import)));
            for collection in [Collection::Appointments, Collection::Clients] {
                for id in base.app.marked_by(collection, import)? {
                    let before = base.app.row_of(collection, id)?;
                    base.undo_one(collection, id, import, &mut undone, &in_use)?;
                    let is_kept = [&undone.kept_edited, &undone.kept_in_use]
                        .map(|kept| kept.last())
                        .contains(&Some(&id));
                    in_use.extend(before.filter(|_| is_kept).and_then(|row| client_of(&row)));
                }
            }
            base.undo_records(import, &mut undone)?;
            Ok(undone)
        })
    }

    /// Clients whom something names that the import did not make.
    fn clients_named(&self, import: Uuid) -> Result<BTreeSet<Uuid>, AppError> {
        let mut named = BTreeSet::new();
        for collection in [Collection::Appointments, Collection::Notes] {
            for (_, row) in self.store().read::<_, AppError>(|tx| Ok(tx.rows_with(collection, "")?))? {
                let row = Projection::from_json(collection, &row).map_err(StoreError::from)?;
                named.extend(names_client(&row, import));
            }
        }
        Ok(named)
    }

    /// Documents that may have something of this import in them.
    fn marked_by(&self, collection: Collection, import: Uuid) -> Result<Vec<Uuid>, AppError> {
        self.store().read(|tx| {
            let mut found: BTreeSet<Uuid> =
                tx.rows_with(collection, &import.to_string())?.into_iter().map(|(id, _)| id).collect();
            if collection == Collection::Appointments {
                // A status that was put on a booking shows in its row, but not by whom.
                found.extend(tx.rows_with(collection, "\"import-")?.into_iter().map(|(id, _)| id));
            }
            Ok(found.into_iter().collect())
        })
    }

    fn row_of(&self, collection: Collection, id: Uuid) -> Result<Option<Projection>, AppError> {
        let row = self.store().read::<_, AppError>(|tx| Ok(tx.row(collection, id)?))?;
        let row = row.map(|row| Projection::from_json(collection, &row)).transpose();
        Ok(row.map_err(StoreError::from)?)
    }
}

impl DeviceBase<'_> {
    fn undo_one(
        &mut self,
        collection: Collection,
        id: Uuid,
        import: Uuid,
        undone: &mut Undone,
        in_use: &BTreeSet<Uuid>,
    ) -> Result<(), AppError> {
        let mut document = match self.open(collection, id) {
            Ok(document) => document,
            // Damaged here and on its way from the server, or erased: there is nothing to take out now.
            Err(Stop::Row(_)) => return Ok(()),
            Err(Stop::All(error)) => return Err(error),
        };
        let (author, at) = self.author()?;
        match undo(&mut document, &author, at, import, || in_use.contains(&id)) {
            Undo::Removal(chunk) => {
                undone.removed += 1;
                self.keep_undone(id, &document, vec![*chunk])
            }
            Undo::Restoral { chunks, is_partial } => {
                undone.restored += 1;
                undone.kept_edited.extend(is_partial.then_some(id));
                self.keep_undone(id, &document, chunks)
            }
            Undo::KeptEdited => {
                undone.kept_edited.push(id);
                Ok(())
            }
            Undo::KeptInUse => {
                undone.kept_in_use.push(id);
                Ok(())
            }
            Undo::Nothing => Ok(()),
        }
    }

    fn keep_undone(&mut self, id: Uuid, document: &Document, chunks: Vec<Chunk>) -> Result<(), AppError> {
        for chunk in chunks {
            match self.keep(id, Kept { document: document.clone(), chunk: Some(chunk), is_new: false }) {
                Ok(()) => {}
                Err(Stop::All(error)) => return Err(error),
                Err(Stop::Row(_)) => return Err(AppError::NotFound(id)),
            }
        }
        Ok(())
    }

    fn undo_records(&mut self, import: Uuid, undone: &mut Undone) -> Result<(), AppError> {
        let name = import.to_string();
        let waiting = self.waiting()?;
        let is_own = |meta: &Map<String, Json>| meta.get("importId").and_then(Json::as_str) == Some(&name);
        for service in self.services()? {
            if !is_own(&service.meta) {
                self.restore_service(&service, import, &waiting, undone)?;
            } else if service.created_at == service.updated_at {
                self.ask_removal(IntentAction::ServiceRemove, service.id.0, Map::new(), &waiting)?;
                undone.removed += 1;
            } else {
                undone.kept_edited.push(service.id.0);
            }
        }
        for payment in self.payments()?.into_iter().filter(|payment| is_own(&payment.metadata)) {
            let body = Map::from_iter([("importId".to_owned(), Json::from(name.clone()))]);
            self.ask_removal(IntentAction::PaymentRemove, payment.id.0, body, &waiting)?;
            undone.removed += 1;
        }
        Ok(())
    }

    /// Sets back what the import changed of a service that was there.
    fn restore_service(
        &mut self,
        service: &Service,
        import: Uuid,
        waiting: &HashMap<Uuid, Vec<Hash>>,
        undone: &mut Undone,
    ) -> Result<(), AppError> {
        let Some((body, is_partial)) = service_set_back(service, import) else { return Ok(()) };
        undone.restored += 1;
        undone.kept_edited.extend(is_partial.then_some(service.id.0));
        let id = |undoing| restore_intent(service.id.0, import, undoing);
        self.ask_once_more(IntentAction::ServiceEdit, service.id.0, body, waiting, id)
    }

    /// What the server must have before it does what it was asked for, by the thing that was asked for.
    fn waiting(&self) -> Result<HashMap<Uuid, Vec<Hash>>, AppError> {
        let mut waiting: HashMap<Uuid, Vec<Hash>> = HashMap::new();
        for stored in self.app.store().read::<_, AppError>(|tx| Ok(tx.open_intents(u32::MAX)?))? {
            waiting.entry(stored.intent.target).or_default().extend(stored.intent.after);
        }
        Ok(waiting)
    }

    /// A removal waits for whatever the adding waits for: if it ran first, it would find nothing to remove, and the thing
    /// would come after it and stay.
    fn ask_removal(
        &mut self,
        action: IntentAction,
        target: Uuid,
        body: Map<String, Json>,
        waiting: &HashMap<Uuid, Vec<Hash>>,
    ) -> Result<(), AppError> {
        self.ask_once_more(action, target, body, waiting, |undoing| undo_intent(target, undoing))
    }

    /// Under the first id of its row that nobody has used.
    fn ask_once_more(
        &mut self,
        action: IntentAction,
        target: Uuid,
        body: Map<String, Json>,
        waiting: &HashMap<Uuid, Vec<Hash>>,
        id_of: impl Fn(u32) -> IntentId,
    ) -> Result<(), AppError> {
        let mut undoing = 0;
        while self.was_asked(id_of(undoing))? {
            undoing += 1;
        }
        let id = id_of(undoing);
        let intent = Intent {
            id,
            action: action.as_str().to_owned(),
            target,
            body,
            after: waiting.get(&target).cloned().unwrap_or_default(),
            deadline: None,
        };
        match self.ask(&intent) {
            Ok(()) => Ok(()),
            Err(Stop::All(error)) => Err(error),
            Err(Stop::Row(_)) => Err(AppError::NotFound(target)),
        }
    }
}

fn client_of(row: &Projection) -> Option<Uuid> {
    match row {
        Projection::Appointments(row) => row.client_id.map(Uuid::from),
        Projection::Clients(_) | Projection::Notes(_) => None,
    }
}
