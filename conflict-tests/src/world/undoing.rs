//! What people take back: a change, or everything that a device did since a moment.

use client_core::app::{App, AppError};
use domain::documents::Collection;
use domain::history::Change;
use domain::history::TakenBack;
use jiff::SignedDuration;
use uuid::Uuid;

use super::acts::{Done, add_client, pick};
use super::history::Act;

/// How many of a record's newest changes are offered.
const OFFERED: usize = 6;

/// Takes back one of the newest changes of some record, a removed one perhaps.
pub(super) fn undo(app: &mut App, act: &Act, word: &str, done: &mut Done) -> Result<(), AppError> {
    match change(app, act)? {
        Some((id, change)) => {
            let taken = app.undo_change(id, change.id);
            settle(app, taken, word, done)
        }
        None => add_client(app, word, done),
    }
}

/// Takes back everything that the device of some change did in the last minutes.
pub(super) fn undo_device(app: &mut App, act: &Act, word: &str, done: &mut Done) -> Result<(), AppError> {
    match change(app, act)? {
        Some((_, change)) => {
            let since = app.now() - SignedDuration::from_secs(i64::from(act.pick / 4_096 % 120));
            let taken = app.undo_device(&change.device, since);
            settle(app, taken, word, done)
        }
        None => add_client(app, word, done),
    }
}

fn change(app: &App, act: &Act) -> Result<Option<(Uuid, Change)>, AppError> {
    let ids = app.store().read::<_, AppError>(|tx| {
        let mut ids = Vec::new();
        for collection in Collection::ALL {
            ids.extend(tx.document_ids(collection)?);
        }
        Ok(ids)
    })?;
    let Some(id) = pick(ids, act.pick) else { return Ok(None) };
    match app.history(id, None, OFFERED, None) {
        Ok(changes) => Ok(pick(changes, act.pick / 256).map(|change| (id, change))),
        // Its bytes were damaged on purpose, and nobody has noticed yet.
        Err(AppError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where there is nothing left to take back, or what belongs to it is damaged, she does something else.
fn settle(
    app: &mut App,
    taken: Result<TakenBack, AppError>,
    word: &str,
    done: &mut Done,
) -> Result<(), AppError> {
    match taken {
        Ok(taken) => {
            done.undone = taken.undone.iter().map(|undone| (undone.document, undone.change)).collect();
            Ok(())
        }
        Err(AppError::NothingToUndo | AppError::NotFound(_)) => add_client(app, word, done),
        Err(error) => Err(error),
    }
}
