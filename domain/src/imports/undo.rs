//! Undoing an import: what it made goes, what it filled in goes, what somebody has touched since stays and is told.
//!
//! Part of the import room. Everything that an undo needs stands in the documents themselves, so it works on whichever
//! device, and on the server. Its changes have command names of their own: importing the file again finds by them what
//! was undone, and brings it back.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::duplicates::{FILLED, Filled};
use super::updates::{SetBack, set_back, updated_by, updates};
use crate::Projection;
use crate::documents::{Author, Chunk, Collection, Document, Hash, Writer};
use crate::ids::IntentId;
use crate::media::MediaPlace;
use crate::payments::Payment;
use crate::project;

/// Commands that leave a thing as an import made it.
const OF_IMPORTS: &[&str] =
    &["client.create", "appointment.import", "import.mark", "import.merged", "import.undo", "import.redo"];

/// What one import has left in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It made the thing.
    Made,
    /// It changed something that was there.
    Touched,
}

/// What an undo did with one thing.
#[derive(Clone, Debug)]
pub enum Undo {
    /// A change that takes it out.
    Removal(Box<Chunk>),
    /// Changes that take out what was filled in and set back what was changed; partial if somebody has edited some of it
    /// since, which stays.
    Restoral {
        /// In the order in which they were made.
        chunks: Vec<Chunk>,
        /// Whether something stays.
        is_partial: bool,
    },
    /// Somebody has edited it since; it stays.
    KeptEdited,
    /// A visit or note that was not imported names it; it stays.
    KeptInUse,
    /// There is nothing to undo.
    Nothing,
}

/// What an undo did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Undone {
    /// Things that were taken out.
    pub removed: usize,
    /// Things from which what had been filled in was taken out, and what had been changed was set back.
    pub restored: usize,
    /// Things that stay, or of which something stays, because somebody has edited it since.
    pub kept_edited: Vec<Uuid>,
    /// Clients who stay because visits or notes that were not imported name them.
    pub kept_in_use: Vec<Uuid>,
}

impl Mark {
    /// What an import has left in a row, as far as a row shows it. A row of a visit says only that some import has put
    /// a status on it.
    #[must_use]
    pub fn of(row: &Projection, import: Uuid) -> Option<Self> {
        let name = import.to_string();
        let meta = row.meta();
        if meta.get("importId").and_then(Json::as_str) == Some(&name) {
            return Some(Self::Made);
        }
        let is_filled = meta.get(FILLED).is_some_and(|filled| filled.get(&name).is_some());
        let has_status = matches!(row, Projection::Appointments(row)
            if row.events.iter().any(|event| is_put_on(&event.id)));
        let is_updated = updated_by(meta).any(|by| by == import);
        (is_filled || has_status || is_updated).then_some(Self::Touched)
    }
}

/// Undoes an import in one document. `is_in_use` says whether something that the import did not make names it.
#[must_use]
pub fn undo(
    document: &mut Document,
    author: &Author,
    at: i64,
    import: Uuid,
    is_in_use: impl FnOnce() -> bool,
) -> Undo {
    let row = project(document);
    match Mark::of(&row, import) {
        None => Undo::Nothing,
        Some(Mark::Touched) => {
            let SetBack { mut chunks, is_partial } = set_back(document, author, at, import);
            chunks.extend(if document.collection() == Collection::Clients {
                Filled::take_out(document, author, at, import)
            } else {
                take_status_off(document, author, at, import)
            });
            match (chunks.is_empty(), is_partial) {
                (true, true) => Undo::KeptEdited,
                (true, false) => Undo::Nothing,
                (false, _) => Undo::Restoral { chunks, is_partial },
            }
        }
        Some(Mark::Made) if row.meta().contains_key("importUndone") => Undo::Nothing,
        Some(Mark::Made) => {
            let is_merged = matches!(&row, Projection::Clients(row) if row.merged_into.is_some());
            let is_touched = is_touched(document, &row, import);
            if row.is_deleted() && !is_merged {
                Undo::Nothing
            } else if is_touched {
                Undo::KeptEdited
            } else if is_in_use() {
                Undo::KeptInUse
            } else {
                let mark = Map::from_iter([("importUndone".to_owned(), Json::from(import.to_string()))]);
                let chunk = document.edit(author, at, "import.undo", |w| {
                    w.put_str("mergedInto", None);
                    w.put_time("deletedAt", Some(at * 1000));
                    w.merge_map("meta", Some(&mark));
                });
                chunk.map_or(Undo::Nothing, |chunk| Undo::Removal(Box::new(chunk)))
            }
        }
    }
}

/// Whether somebody has edited what an import made. Other imports do so too, as long as what they did stands.
fn is_touched(document: &mut Document, row: &Projection, import: Uuid) -> bool {
    let is_filled = is_filled_by_others(row, import);
    let mut edits: Vec<Hash> = document
        .history()
        .into_iter()
        .filter(|(_, _, message)| {
            let command = message.split(' ').next().unwrap_or_default();
            !(OF_IMPORTS.contains(&command) || command == "import.merge" && !is_filled)
        })
        .map(|(hash, ..)| hash)
        .collect();
    if !edits.is_empty() && !updated_by(row.meta()).any(|by| by != import) {
        let updates = updates(document, None);
        edits.retain(|edit| !updates.iter().any(|update| update.hash == *edit));
    }
    !edits.is_empty()
}

/// Whether other imports have filled in what stands there; what this one filled in goes with what it made.
fn is_filled_by_others(row: &Projection, import: Uuid) -> bool {
    let own = import.to_string();
    let filled = row.meta().get(FILLED).and_then(Json::as_object);
    filled.into_iter().flatten().any(|(by, what)| *by != own && !what.is_null())
}

/// Brings back what an undo took out; from now on it is of this import.
///
/// `more` writes what the row says further.
pub(super) fn redo(
    document: &mut Document,
    author: &Author,
    at: i64,
    import: Uuid,
    more: impl FnOnce(&mut Writer<'_>),
) -> Option<Chunk> {
    let marks = Map::from_iter([
        ("importId".to_owned(), Json::from(import.to_string())),
        ("importUndone".to_owned(), Json::Null),
    ]);
    document.edit(author, at, "import.redo", |w| {
        w.put_time("deletedAt", None);
        more(w);
        w.merge_map("meta", Some(&marks));
    })
}

/// The intent by which the undoing of an import removes a record, the first time, the second time, and so on.
#[must_use]
pub fn undo_intent(target: Uuid, undoing: u32) -> IntentId {
    IntentId(Uuid::new_v5(&target, format!("import.undo\u{1f}{undoing}").as_bytes()))
}

/// The intent by which the undoing of an import sets a record back, the first time, the second time, and so on.
#[must_use]
pub fn restore_intent(target: Uuid, import: Uuid, undoing: u32) -> IntentId {
    IntentId(Uuid::new_v5(&target, format!("import.restore\u{1f}{import}\u{1f}{undoing}").as_bytes()))
}

/// Whether an event was put on a booking by a row of a file of statuses.
fn is_put_on(event: &str) -> bool {
    event.strip_prefix("import-").is_some_and(|rest| rest.contains('-'))
}

fn take_status_off(document: &mut Document, author: &Author, at: i64, import: Uuid) -> Option<Chunk> {
    let name = import.to_string();
    let events = document.reader().map("events");
    let own: Vec<String> = events
        .into_iter()
        .filter(|(_, event)| event.get("import").and_then(Json::as_str) == Some(&name))
        .map(|(id, _)| id)
        .collect();
    document.edit(author, at, "import.undo", |w| {
        for id in &own {
            w.remove_entry("events", id);
        }
    })
}

/// The visit and the client of a payment that this import did not make.
pub fn named_by_payment(payment: &Payment, import: Uuid) -> impl Iterator<Item = Uuid> + use<> {
    let is_own = payment.metadata.get("importId").and_then(Json::as_str) == Some(&*import.to_string());
    let named = [payment.appointment_id.map(Uuid::from), payment.client_id.map(Uuid::from)];
    named.into_iter().flatten().filter(move |_| !is_own)
}

/// The visit and the client of a picture. No import makes one.
pub fn named_by_picture(place: MediaPlace) -> impl Iterator<Item = Uuid> {
    [place.appointment_id.map(Uuid::from), place.client_id.map(Uuid::from)].into_iter().flatten()
}

/// Whether a row names a client, and was not made by this import.
#[must_use]
pub fn names_client(row: &Projection, import: Uuid) -> Option<Uuid> {
    if row.is_deleted() || Mark::of(row, import) == Some(Mark::Made) {
        return None;
    }
    match row {
        Projection::Clients(_) => None,
        Projection::Appointments(row) => row.client_id.map(Uuid::from),
        Projection::Notes(row) => row.client_id.map(Uuid::from),
    }
}
