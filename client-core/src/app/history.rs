//! History on this device: what happened to a record, taking changes back, everything as it was at a moment.

use std::collections::BTreeSet;

use domain::Projection;
use domain::appointments::Appointment;
use domain::clients::Client;
use domain::documents::{Collection, Document, Hash};
use domain::history::{Change, Merging, TakenBack, at_moment, changes, undo};
use domain::ids::{AppointmentId, ClientId, NoteId};
use domain::notes::Note;
use jiff::Timestamp;
use uuid::Uuid;

use super::{App, AppError, Result};
use crate::bugs::{self, Bug};
use crate::replica;

impl App {
    /// The changes of a client, visit or note, the newest first: a page after `after`. With `field` only those that touch it.
    pub fn history(
        &self,
        id: Uuid,
        after: Option<Hash>,
        most: usize,
        field: Option<&str>,
    ) -> Result<Vec<Change>> {
        let mut all = self.store.read::<_, AppError>(|tx| {
            let mut document = replica::look(tx, id)?.ok_or(AppError::NotFound(id))?;
            Ok(changes(&mut document, after, most, field))
        })?;
        let names = self.device_names()?;
        for change in &mut all {
            if let Some(name) = names.get(&change.device) {
                name.clone_into(&mut change.device);
            }
        }
        Ok(all)
    }

    /// Takes a change back as one action, with what belongs to it: of a decision also what it did, of a merging all that went
    /// over to who stays.
    pub fn undo_change(&mut self, id: Uuid, change: Hash) -> Result<TakenBack> {
        // What a decision did is found by a look at the decision.
        let due = self.store.read::<_, AppError>(|tx| {
            let mut document = replica::look(tx, id)?.ok_or(AppError::NotFound(id))?;
            // Nobody keeps this edit: only what belongs to the change is learnt.
            let trial = undo(&mut document, self.author(), 0, change).ok_or(AppError::NotFound(id))?;
            // Backwards: what was done last goes first.
            let mut due = vec![(id, change)];
            due.extend(trial.with.into_iter().rev());
            for (id, change) in due.clone() {
                let found = replica::look(tx, id)?.and_then(|mut open| Merging::of(id, &mut open, change));
                let Some(merging) = found else { continue };
                let mut around = BTreeSet::from([merging.gone, merging.into]);
                around.extend(tx.naming_client(merging.into)?);
                around.extend(tx.naming_client(merging.gone)?);
                for id in around {
                    let part = replica::look(tx, id)?.and_then(|mut open| merging.part(&mut open));
                    if let Some(part) = part.map(|part| (id, part))
                        && !due.contains(&part)
                    {
                        due.push(part);
                    }
                }
            }
            Ok(due)
        })?;
        self.take_back(&due.iter().map(|(id, _)| *id).collect(), &due)
    }

    /// Takes back everything that a device did since a moment, as far as nobody has changed it since. Document by document:
    /// elsewhere it arrives one by one.
    pub fn undo_device(&mut self, device: &str, since: Timestamp) -> Result<TakenBack> {
        let moment = since.as_second();
        // She may call this device by its name; others are known by how they stand in histories.
        let names = self.device_names()?;
        let own = names.iter().find(|(_, name)| *name == device).map(|(short, _)| short.clone());
        let device = own.unwrap_or_else(|| device.to_owned());
        let ids = self.store.read::<_, AppError>(|tx| {
            let mut ids = Vec::new();
            for collection in [Collection::Appointments, Collection::Notes, Collection::Clients] {
                for id in tx.document_ids(collection)? {
                    // To most of a base nothing was done since, and no document of those need be opened.
                    let row = tx.row(collection, id)?.map(|row| Projection::from_json(collection, &row));
                    let was_left_alone = row.is_some_and(|row| {
                        row.is_ok_and(|row| row.updated_at().is_some_and(|at| at < moment))
                    });
                    if !was_left_alone {
                        ids.push(id);
                    }
                }
            }
            Ok(ids)
        })?;
        self.in_batch(|app| {
            let mut all = TakenBack::default();
            for id in ids {
                let done = app.store.read::<_, AppError>(|tx| {
                    let Some(mut document) = replica::look(tx, id)? else { return Ok(Vec::new()) };
                    let log = document.log().into_iter();
                    let by = |l: &domain::documents::Logged| {
                        l.signature.device == device && l.signature.at >= moment
                    };
                    Ok(log.filter(by).map(|logged| (id, logged.hash)).rev().collect())
                })?;
                if done.is_empty() {
                    continue;
                }
                match app.take_back(&BTreeSet::from([id]), &done) {
                    Ok(taken) => {
                        all.undone.extend(taken.undone);
                        all.kept.extend(taken.kept);
                    }
                    // Everything of it was changed since, or taken back before.
                    Err(AppError::NothingToUndo) => {}
                    Err(error) => return Err(error),
                }
            }
            if all.undone.is_empty() { Err(AppError::NothingToUndo) } else { Ok(all) }
        })
    }

    fn take_back(&mut self, needed: &BTreeSet<Uuid>, due: &[(Uuid, Hash)]) -> Result<TakenBack> {
        let mut taken = TakenBack::default();
        self.change_together(needed, |open, author, at, _| {
            let mut made = Vec::new();
            for (id, change) in due {
                let Some(document) = open.get_mut(id) else { continue };
                let is_undo = bugs::planted(Bug::UndoOfUndoLost) && is_undo(document, *change);
                let Some(undone) = undo(document, author, at, *change) else { continue };
                if is_undo {
                    drop(taken.note(*id, *change, undone));
                    continue;
                }
                made.extend(taken.note(*id, *change, undone));
            }
            if made.is_empty() && taken.undone.is_empty() { Err(AppError::NothingToUndo) } else { Ok(made) }
        })?;
        Ok(taken)
    }

    /// The clients as they were at a moment, by name and id.
    pub fn clients_at(&self, moment: Timestamp) -> Result<Vec<Client>> {
        let mut found = self.at(Collection::Clients, moment, |id, row| match row {
            Projection::Clients(row) => Some(row.show(ClientId(id), None)),
            _ => None,
        })?;
        found.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        Ok(found)
    }

    /// The visits as they were at a moment, by start and id.
    pub fn appointments_at(&self, moment: Timestamp) -> Result<Vec<Appointment>> {
        let mut found = self.at(Collection::Appointments, moment, |id, row| match row {
            Projection::Appointments(row) => {
                let start = row.visit_time().map(|time| time.starts_at());
                Some((start, row.show(AppointmentId(id))))
            }
            _ => None,
        })?;
        found.sort_by_key(|(start, shown)| (*start, shown.id));
        Ok(found.into_iter().map(|(_, shown)| shown).collect())
    }

    /// The notes as they were at a moment, by id.
    pub fn notes_at(&self, moment: Timestamp) -> Result<Vec<Note>> {
        self.at(Collection::Notes, moment, |id, row| match row {
            Projection::Notes(row) => Some(row.show(NoteId(id))),
            _ => None,
        })
    }

    /// What was not deleted then. Erased records are not there: nothing of them is left.
    fn at<T>(
        &self,
        collection: Collection,
        moment: Timestamp,
        show: impl Fn(Uuid, Projection) -> Option<T>,
    ) -> Result<Vec<T>> {
        let moment = moment.as_second();
        self.store.read::<_, AppError>(|tx| {
            let mut found = Vec::new();
            for id in tx.document_ids(collection)? {
                let row = match tx.row(collection, id)?.map(|row| Projection::from_json(collection, &row)) {
                    // Nothing was done to it since, so it was as it is: most of a base, and no document need be opened.
                    Some(Ok(row)) if row.updated_at().is_some_and(|at| at <= moment) => Some(row),
                    _ => replica::look(tx, id)?.and_then(|mut document| at_moment(&mut document, moment)),
                };
                found.extend(row.filter(|row| !row.is_deleted()).and_then(|row| show(id, row)));
            }
            Ok(found)
        })
    }
}

/// Whether a change took another back.
fn is_undo(document: &mut Document, change: Hash) -> bool {
    document.log().iter().any(|logged| logged.hash == change && logged.signature.command.starts_with("undo."))
}

#[cfg(test)]
mod tests;
