//! What is on this device, as an import asks for it.
//!
//! Part of the import room. Everything goes through the doors of [`App`], so an imported change is proven, stored and
//! queued like one that she made by hand.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::Projection;
use domain::appointments::AppointmentRow;
use domain::documents::{Author, Collection, Document, Hash};
use domain::ids::{AppointmentId, ClientId, IntentId};
use domain::imports::{Base, Kept, Known, Problem, Standing, Stop};
use domain::payments::Payment;
use domain::search::fold;
use domain::services::Service;
use domain::sync::Intent;
use uuid::Uuid;

use crate::app::{App, AppError};
use crate::replica::{self, Opened};
use crate::store::{Between, Form, StoreError};

/// The device behind an import.
#[derive(Debug)]
pub(super) struct DeviceBase<'a> {
    pub(super) app: &'a mut App,
    /// Who has which number or address; read when first asked for.
    contacts: Option<HashMap<String, Known>>,
    /// Who bears a folded name alone; read when first asked for.
    names: Option<HashMap<String, Option<ClientId>>>,
}

impl<'a> DeviceBase<'a> {
    pub(super) const fn new(app: &'a mut App) -> Self {
        Self { app, contacts: None, names: None }
    }

    fn read_contacts(&self) -> Result<HashMap<String, Known>, AppError> {
        let mut all: HashMap<String, Known> = HashMap::new();
        let clients = self.app.store().read::<_, AppError>(|tx| Ok(tx.clients()?))?;
        for client in clients {
            let known = Known { id: ClientId(client.id), name: client.row.name };
            let email = client.row.email.map(|email| email.to_lowercase());
            for contact in client.row.phone.into_iter().chain(email) {
                match all.entry(contact) {
                    Entry::Occupied(mut other) if other.get().id > known.id => {
                        other.insert(known.clone());
                    }
                    Entry::Occupied(_) => {}
                    Entry::Vacant(free) => {
                        free.insert(known.clone());
                    }
                }
            }
        }
        Ok(all)
    }
}

/// An error of the app is an error of the row, unless it is one of everything.
fn stop(error: AppError) -> Stop<AppError> {
    match error {
        AppError::Invalid(fields) => Stop::Row(Problem::Fields(fields)),
        AppError::Store(_) | AppError::NotSignedIn => Stop::All(error),
        other => Stop::Row(Problem::Other(other.to_string())),
    }
}

impl Base for DeviceBase<'_> {
    type Error = AppError;

    fn standing(&mut self, collection: Collection, id: Uuid) -> Result<Standing, AppError> {
        self.app.store().read(|tx| {
            let Some(document) = tx.document(id)? else { return Ok(Standing::Absent) };
            if document.form == Form::Purged {
                return Ok(Standing::Erased);
            }
            let row = tx.row(collection, id)?;
            let row = row.map(|row| Projection::from_json(collection, &row)).transpose();
            Ok(Standing::Here(row.map_err(StoreError::from)?.map(Box::new)))
        })
    }

    fn open(&mut self, collection: Collection, id: Uuid) -> Result<Document, Stop<AppError>> {
        let at = self.app.now().as_second();
        let opened = self.app.store_mut().write::<_, AppError>(|tx| Ok(replica::open(tx, id, at)?));
        match opened.map_err(stop)? {
            Opened::Ready(document) if document.collection() == collection => Ok(document),
            Opened::Damaged => Err(stop(AppError::Damaged(id))),
            Opened::Ready(_) | Opened::Absent | Opened::Purged => Err(stop(AppError::NotFound(id))),
        }
    }

    fn author(&mut self) -> Result<(Author, i64), AppError> {
        let author = self.app.fresh_author()?.clone();
        Ok((author, self.app.now().as_second()))
    }

    fn keep(&mut self, id: Uuid, kept: Kept) -> Result<(), Stop<AppError>> {
        let Kept { document, chunk, is_new } = kept;
        let done = if is_new {
            self.app.create_document(id, |_, _, _| (document, chunk))
        } else {
            self.app.change_document(document.collection(), id, |standing, _, _, _| {
                *standing = document;
                chunk
            })
        };
        done.map(drop).map_err(stop)
    }

    fn ask(&mut self, intent: &Intent) -> Result<(), Stop<AppError>> {
        let at = self.app.now().as_second();
        let asked = self.app.store_mut().write::<_, AppError>(|tx| Ok(tx.add_intent(intent, at)?));
        asked.map_err(stop)
    }

    fn was_asked(&mut self, intent: IntentId) -> Result<bool, AppError> {
        self.app.store().read(|tx| Ok(tx.intent(intent)?.is_some()))
    }

    fn with_contact(&mut self, phone: Option<&str>, email: Option<&str>) -> Result<Option<Known>, AppError> {
        if self.contacts.is_none() {
            self.contacts = Some(self.read_contacts()?);
        }
        let email = email.map(str::to_lowercase);
        let find = |contact: &str| self.contacts.as_ref().and_then(|all| all.get(contact));
        Ok(phone.into_iter().chain(email.as_deref()).find_map(find).cloned())
    }

    fn with_name(&mut self, folded: &str) -> Result<Option<ClientId>, AppError> {
        if self.names.is_none() {
            let mut names: HashMap<String, Option<ClientId>> = HashMap::new();
            for client in self.app.store().read::<_, AppError>(|tx| Ok(tx.clients()?))? {
                let id = Some(ClientId(client.id));
                names.entry(fold(&client.row.name)).and_modify(|other| *other = None).or_insert(id);
            }
            self.names = Some(names);
        }
        Ok(self.names.as_ref().and_then(|names| names.get(folded).copied().flatten()))
    }

    fn unsent(&mut self, document: Uuid) -> Result<Vec<Hash>, AppError> {
        self.app.store().read(|tx| Ok(tx.outbox_of(document)?.into_iter().map(|entry| entry.hash).collect()))
    }

    fn services(&mut self) -> Result<Vec<Service>, AppError> {
        self.app.services()
    }

    fn payments(&mut self) -> Result<Vec<Payment>, AppError> {
        self.app.payments(None)
    }

    fn visits(&mut self) -> Result<Vec<(AppointmentId, AppointmentRow)>, AppError> {
        let all = self.app.store().read::<_, AppError>(|tx| Ok(tx.appointments(Between::default())?))?;
        Ok(all.into_iter().map(|entry| (AppointmentId(entry.id), entry.row)).collect())
    }
}
