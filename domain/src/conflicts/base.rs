//! What the upkeep of conflicts asks of storage: a few look-ups through indexes, and a place for the conflicts found.
//!
//! Part of the conflicts room. Two implementations: a device's tables, and [`super::Memory`].

use uuid::Uuid;

use super::Conflict;
use crate::appointments::{AppointmentRow, Promises};
use crate::clients::ClientRow;
use crate::ids::ServiceId;
use crate::notes::NoteRow;
use crate::services::Service;

/// By what clients are found to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// The phone number, E.164.
    Phone,
    /// The mail address in small letters.
    Email,
}

impl Shared {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Phone, Self::Email];

    /// What a client has of it, as it is compared. Only ASCII letters are folded, so that SQL finds at least as much.
    #[must_use]
    pub fn of(self, row: &ClientRow) -> Option<String> {
        match self {
            Self::Phone => row.phone.clone(),
            Self::Email => row.email.as_deref().map(str::to_ascii_lowercase),
        }
    }
}

/// Something that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// A client's row.
    Client(Uuid),
    /// A visit's row.
    Appointment(Uuid),
    /// A note's row.
    Note(Uuid),
    /// An entry of the price list.
    Service(Uuid),
}

/// A replica as the upkeep sees it. Rows are those of documents that are not erased, deleted ones included.
pub trait Base {
    /// What can go wrong in it.
    type Error;

    /// A client.
    fn client(&self, id: Uuid) -> Result<Option<ClientRow>, Self::Error>;
    /// A visit.
    fn visit(&self, id: Uuid) -> Result<Option<AppointmentRow>, Self::Error>;
    /// A note.
    fn note(&self, id: Uuid) -> Result<Option<NoteRow>, Self::Error>;
    /// An entry of the price list.
    fn service(&self, id: ServiceId) -> Result<Option<Service>, Self::Error>;
    /// What went out about a visit.
    fn promises(&self, visit: Uuid) -> Result<Option<Promises>, Self::Error>;
    /// The most minutes that any service keeps free on one side, in seconds.
    fn widest_buffer(&self) -> Result<i64, Self::Error>;
    /// Visits that share a second with a stretch, deleted ones left out; more of them do no harm.
    fn visits_near(&self, from: i64, until: i64) -> Result<Vec<(Uuid, AppointmentRow)>, Self::Error>;
    /// Living clients with this phone or address; more of them do no harm.
    fn clients_with(&self, by: Shared, value: &str) -> Result<Vec<(Uuid, ClientRow)>, Self::Error>;
    /// Visits of a client.
    fn visits_of_client(&self, client: Uuid) -> Result<Vec<Uuid>, Self::Error>;
    /// Visits of a service.
    fn visits_of_service(&self, service: Uuid) -> Result<Vec<Uuid>, Self::Error>;
    /// The conflicts kept about a thing.
    fn conflicts_about(&self, id: Uuid) -> Result<Vec<Conflict>, Self::Error>;
    /// Keeps a conflict, in place of one with its id.
    fn keep(&mut self, conflict: &Conflict) -> Result<(), Self::Error>;
    /// Forgets a conflict.
    fn forget(&mut self, id: Uuid) -> Result<(), Self::Error>;
}
