//! A trial: what an import would do, on top of what is there, kept in memory and forgotten.
//!
//! Part of the import room. No lock and no transaction of the base is held, so that whoever tries out 50,000 rows keeps
//! nobody waiting. What was "kept" is kept as bytes: a document in memory takes thirty times as much.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::base::{Base, Kept, Known, Standing, Stop};
use crate::appointments::AppointmentRow;
use crate::documents::{Author, Collection, Document, Hash};
use crate::ids::{AppointmentId, ClientId, IntentId};
use crate::payments::Payment;
use crate::project;
use crate::services::Service;
use crate::sync::Intent;

/// A base that forgets what it is told to keep.
#[derive(Debug)]
pub struct Trial<B> {
    base: B,
    kept: HashMap<Uuid, (Collection, Vec<u8>)>,
    asked: HashSet<IntentId>,
}

impl<B> Trial<B> {
    /// On top of a base.
    pub fn new(base: B) -> Self {
        Self { base, kept: HashMap::new(), asked: HashSet::new() }
    }

    fn load(&self, collection: Collection, id: Uuid) -> Option<Document> {
        let (_, bytes) = self.kept.get(&id).filter(|(of, _)| *of == collection)?;
        Document::load(collection, bytes).ok()
    }
}

impl<B: Base> Base for Trial<B> {
    type Error = B::Error;

    fn standing(&mut self, collection: Collection, id: Uuid) -> Result<Standing, B::Error> {
        match self.load(collection, id) {
            Some(mut document) => Ok(Standing::Here(Some(Box::new(project(&mut document))))),
            None => self.base.standing(collection, id),
        }
    }

    fn open(&mut self, collection: Collection, id: Uuid) -> Result<Document, Stop<B::Error>> {
        match self.load(collection, id) {
            Some(document) => Ok(document),
            None => self.base.open(collection, id),
        }
    }

    fn author(&mut self) -> Result<(Author, i64), B::Error> {
        self.base.author()
    }

    fn keep(&mut self, id: Uuid, mut kept: Kept) -> Result<(), Stop<B::Error>> {
        let bytes = kept.document.save();
        self.kept.insert(id, (kept.document.collection(), bytes));
        Ok(())
    }

    fn ask(&mut self, intent: &Intent) -> Result<(), Stop<B::Error>> {
        self.asked.insert(intent.id);
        Ok(())
    }

    fn was_asked(&mut self, intent: IntentId) -> Result<bool, B::Error> {
        if self.asked.contains(&intent) { Ok(true) } else { self.base.was_asked(intent) }
    }

    fn with_contact(&mut self, phone: Option<&str>, email: Option<&str>) -> Result<Option<Known>, B::Error> {
        self.base.with_contact(phone, email)
    }

    fn with_name(&mut self, folded: &str) -> Result<Option<ClientId>, B::Error> {
        self.base.with_name(folded)
    }

    fn unsent(&mut self, document: Uuid) -> Result<Vec<Hash>, B::Error> {
        self.base.unsent(document)
    }

    fn services(&mut self) -> Result<Vec<Service>, B::Error> {
        self.base.services()
    }

    fn payments(&mut self) -> Result<Vec<Payment>, B::Error> {
        self.base.payments()
    }

    fn visits(&mut self) -> Result<Vec<(AppointmentId, AppointmentRow)>, B::Error> {
        self.base.visits()
    }
}
