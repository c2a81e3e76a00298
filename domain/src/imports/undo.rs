//! Undoing an import: what it made goes, what it filled in goes, what somebody has touched since stays and is told.
//!
//! Part of the import room. Everything that an undo needs stands in the documents themselves, so it works on whichever
//! device, and on the server. Its changes have command names of their own: importing the file again finds by them what
//! was undone, and brings it back.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::duplicates::{FILLED, Filled};
use crate::Projection;
use crate::documents::{Author, Chunk, Collection, Document, Writer};
use crate::ids::IntentId;
use crate::media::Media;
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
    Removal(Chunk),
    /// A change that takes out what was filled in.
    Restoral(Chunk),
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
    /// Things from which what had been filled in was taken out.
    pub restored: usize,
    /// Things that stay because somebody has edited them since.
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
        (is_filled || has_status).then_some(Self::Touched)
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
            let chunk = if document.collection() == Collection::Clients {
                Filled::take_out(document, author, at, import)
            } else {
                take_status_off(document, author, at, import)
            };
            chunk.map_or(Undo::Nothing, Undo::Restoral)
        }
        Some(Mark::Made) if row.meta().contains_key("importUndone") => Undo::Nothing,
        Some(Mark::Made) => {
            let is_merged = matches!(&row, Projection::Clients(row) if row.merged_into.is_some());
            let is_filled_by_others = is_filled_by_others(&row, import);
            let is_touched = !document.history().iter().all(|(_, _, message)| {
                let command = message.split(' ').next().unwrap_or_default();
                OF_IMPORTS.contains(&command) || command == "import.merge" && !is_filled_by_others
            });
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
                chunk.map_or(Undo::Nothing, Undo::Removal)
            }
        }
    }
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
pub fn named_by_picture(media: &Media) -> impl Iterator<Item = Uuid> + use<> {
    [media.appointment_id.map(Uuid::from), media.client_id.map(Uuid::from)].into_iter().flatten()
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
