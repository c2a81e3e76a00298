//! What an import stands on: the things that are there already, and the door through which new ones are kept.
//!
//! Part of the import room. A device answers from its own tables, the server from one transaction, [`Trial`] from
//! either without keeping anything. The rules of an import are in [`super::session`] and know none of them.

use crate::Projection;
use crate::appointments::AppointmentRow;
use crate::documents::{Author, Chunk, Collection, Document, Hash};
use crate::ids::{AppointmentId, ClientId, IntentId};
use crate::payments::Payment;
use crate::services::Service;
use crate::sync::Intent;
use uuid::Uuid;

use super::Problem;

/// A tenant's things. The methods may read files and sockets; the order in which they are called is a rule of this
/// room.
pub trait Base {
    /// What can go wrong with all of it at once.
    type Error;

    /// How a document stands.
    fn standing(&mut self, collection: Collection, id: Uuid) -> Result<Standing, Self::Error>;

    /// A document that is to be edited, removed or not; [`Stop::Row`] if it cannot be edited now.
    fn open(&mut self, collection: Collection, id: Uuid) -> Result<Document, Stop<Self::Error>>;

    /// Who writes ordinary edits, and when: seconds since 1970.
    fn author(&mut self) -> Result<(Author, i64), Self::Error>;

    /// Keeps a document with its newest change.
    fn keep(&mut self, id: Uuid, kept: Kept) -> Result<(), Stop<Self::Error>>;

    /// Asks for a record's change.
    fn ask(&mut self, intent: &Intent) -> Result<(), Stop<Self::Error>>;

    /// Whether this was asked before, whatever became of it.
    fn was_asked(&mut self, intent: IntentId) -> Result<bool, Self::Error>;

    /// Somebody with this number or address who was not removed; of several the one with the smallest id.
    fn with_contact(
        &mut self,
        phone: Option<&str>,
        email: Option<&str>,
    ) -> Result<Option<Known>, Self::Error>;

    /// The one client who bears this folded name and was not removed; `None` if there are several.
    fn with_name(&mut self, folded: &str) -> Result<Option<ClientId>, Self::Error>;

    /// Changes of this document that the server may not know yet.
    fn unsent(&mut self, document: Uuid) -> Result<Vec<Hash>, Self::Error>;

    /// The price list.
    fn services(&mut self) -> Result<Vec<Service>, Self::Error>;

    /// All payments.
    fn payments(&mut self) -> Result<Vec<Payment>, Self::Error>;

    /// All visits that were not removed.
    fn visits(&mut self) -> Result<Vec<(AppointmentId, AppointmentRow)>, Self::Error>;
}

/// How a document stands that a row may have become before.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// There is none.
    Absent,
    /// It was erased for good.
    Erased,
    /// It is there, perhaps marked as removed; `None` if its row cannot be read just now.
    Here(Option<Box<Projection>>),
}

/// A document with a change that is to be kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// With the change in it.
    pub document: Document,
    /// Nothing if the edit changed nothing.
    pub chunk: Option<Chunk>,
    /// Whether there was none before.
    pub is_new: bool,
}

/// Somebody whom a row may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub id: ClientId,
    /// By which name.
    pub name: String,
}

/// Why a row did not go in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop<E> {
    /// It concerns this row.
    Row(Problem),
    /// It concerns everything.
    All(E),
}

impl<E> From<Problem> for Stop<E> {
    fn from(problem: Problem) -> Self {
        Self::Row(problem)
    }
}
