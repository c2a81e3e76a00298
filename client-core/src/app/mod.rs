//! What she can do, without a screen: the surface that the command line and the shells use.
//!
//! Input is the JSON object that REST takes, output the `domain` type that REST answers, so that a device and the
//! server say the same bytes. An edit is saved when its call has returned, whether or not there is a network.

mod account;
mod appointments;
mod clients;
mod conflicts;
mod edit;
mod error;
mod export;
mod history;
mod home;
mod intents;
mod keys;
mod media;
mod notes;
pub mod notices;
mod payments;
mod pin;
mod plan;
mod proof;
mod services;
mod settings;
mod slots;
mod status;
#[cfg(test)]
mod tests;
mod verify;

use std::fmt;
use std::sync::Arc;

use domain::documents::Author;
use domain::ids::{Clock, GroupId, Ids};
use jiff::Timestamp;
use uuid::Uuid;

pub use account::{Account, DeviceIdentity, Tenant};
pub use appointments::{Booked, Span};
pub use conflicts::Settled;
pub use edit::Created;
pub use error::AppError;
pub use export::Export;
pub use home::Home;
pub use intents::AskedIntent;
pub use media::{NewPicture, PictureState, ShownPicture};
pub use pin::{Pin, Tried};
pub use plan::PlanStanding;
pub use proof::{Proof, ProvenPart, Verdict};
pub(crate) use services::price_list;
pub use status::{OtherDevices, RecordState, Standing, Status, Waiting};
pub use verify::Verified;

use crate::bugs::{self, Bug};
use crate::store::{Result as StoreResult, Store, StoreError, Tx};
use crate::sync::{Context, Effect, Engine, Event};

/// What the functions of the app answer.
pub type Result<T> = std::result::Result<T, AppError>;

/// The app on one device.
pub struct App {
    pub(crate) store: Store,
    clock: Arc<dyn Clock>,
    ids: Box<dyn Ids>,
    author: Author,
    generation: u64,
    group: Option<GroupId>,
}

impl App {
    /// The app on a store. Its actor is new with every call, because one that lived on in a copied or restored file
    /// would write two different changes under one number (rule D8).
    pub fn new(mut store: Store, clock: Arc<dyn Clock>, mut ids: Box<dyn Ids>) -> StoreResult<Self> {
        let author = fresh_author(&mut store, ids.as_mut())?;
        let generation = store.generation();
        Ok(Self { store, clock, ids, author, generation, group: None })
    }

    /// The store, for looking.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The store, for a simulated world that damages and copies it.
    pub const fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// Ends the app and gives the store back.
    #[must_use]
    pub fn into_store(self) -> Store {
        self.store
    }

    /// The present moment as this device believes it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id.
    pub fn new_id(&mut self) -> Uuid {
        self.ids.uuid()
    }

    /// Who writes in this process.
    #[must_use]
    pub const fn author(&self) -> &Author {
        &self.author
    }

    /// Lets the sync engine handle an event on this device.
    pub fn sync_step(&mut self, engine: &mut Engine, event: Event) -> StoreResult<Effect> {
        self.renew_author()?;
        let context = Context { now: self.clock.now(), author: &self.author, ids: self.ids.as_mut() };
        engine.handle(&mut self.store, event, context)
    }

    /// Does several edits as one action: one transaction here, and everywhere else they are seen together or not at
    /// all. At most 64 documents.
    pub fn in_group<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let group = GroupId(self.ids.uuid());
        let outer = self.group.replace(group);
        let done = self.in_batch(|app| {
            let done = act(app)?;
            let size = app.store.read(|tx| tx.group_size(group.0))?;
            if size > domain::sync::MAX_GROUP_DOCS { Err(AppError::GroupTooLarge) } else { Ok(done) }
        });
        self.group = outer;
        done
    }

    /// Does several edits in one transaction, for imports: fast, and all or nothing here; elsewhere they arrive one
    /// by one.
    pub fn in_batch<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.in_transaction(act)
    }

    /// The same, whatever the errors of the edits are.
    pub(crate) fn in_transaction<T, E: From<StoreError>>(
        &mut self,
        act: impl FnOnce(&mut Self) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.store.begin()?;
        match act(self) {
            Ok(done) => {
                self.store.commit()?;
                Ok(done)
            }
            Err(error) => {
                self.store.rollback();
                Err(error)
            }
        }
    }

    /// What was answered under an `Idempotency-Key`; in the transaction of the effect.
    pub(crate) fn with_answers<T>(&mut self, act: impl FnOnce(&Tx<'_>) -> StoreResult<T>) -> StoreResult<T> {
        self.store.write(act)
    }

    /// After a failed commit the file was opened anew, and what the old actor wrote last is unknown.
    fn renew_author(&mut self) -> StoreResult<()> {
        if self.generation != self.store.generation() {
            self.author = fresh_author(&mut self.store, self.ids.as_mut())?;
            self.generation = self.store.generation();
        }
        Ok(())
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("store", &self.store)
            .field("author", &self.author)
            .finish_non_exhaustive()
    }
}

fn fresh_author(store: &mut Store, ids: &mut dyn Ids) -> StoreResult<Author> {
    let mut actor = ids.uuid();
    if bugs::planted(Bug::ActorReused) {
        actor = store.write::<_, StoreError>(|tx| {
            let kept = tx.meta("actor")?.unwrap_or(actor);
            tx.set_meta("actor", &kept)?;
            Ok(kept)
        })?;
    }
    let device: Option<DeviceIdentity> = store.read::<_, StoreError>(|tx| tx.meta(account::DEVICE))?;
    let name = device.map_or_else(|| "device".to_owned(), |device| device.short_name());
    Ok(Author::new(actor.into_bytes(), name))
}
