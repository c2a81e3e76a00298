//! Settling a conflict: a choice as ordinary edits, all of one action.
//!
//! Part of the conflicts room. Pure: documents come in open, changes come out. The decision is written beside the edits, into
//! the conflict's home, with the facts that it was made on: two devices that settle one conflict differently while apart
//! meet there, and the one outcome that every replica takes shows the other.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::choices::Choice;
use super::conflict::{Conflict, Detail, Kind};
use super::decision::Decision;
use crate::appointments::{AppointmentRow, Status, say};
use crate::clients::ClientRow;
use crate::documents::{Author, Chunk, Collection, Document};
use crate::errors::ErrorCode;
use crate::ids::{ClientId, Ids};
use crate::project;
use crate::sync::MOST_DOCUMENTS;

/// What settling wants said to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who, if the visit names somebody.
    pub client: Option<ClientId>,
    /// About which visit.
    pub visit: Uuid,
}

/// What settling does.
#[derive(Clone, Debug, Default)]
pub struct Edits {
    /// The changes by document, in the order in which they were made.
    pub changes: Vec<(Uuid, Chunk)>,
    /// Who is to be told that a visit is off.
    pub tell: Option<Named>,
}

/// Why a conflict cannot be settled so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettleError {
    /// The conflict does not offer this.
    #[error("this conflict does not offer that")]
    NotOffered,
    /// It is there no more, or the facts are others than those that were looked at.
    #[error("the facts are others by now")]
    Stale,
    /// A document that is needed is not here.
    #[error("a document is not here")]
    Missing,
    /// A client cannot be merged with itself.
    #[error("a client cannot be merged with itself")]
    Itself,
    /// That would lead in a circle: who stays was merged into who goes, or is deleted.
    #[error("who stays is gone already")]
    Circle,
    /// More visits and notes than [`MOST_DOCUMENTS`](crate::sync::MOST_DOCUMENTS).
    #[error("too many visits and notes for one action")]
    TooMany,
}

impl SettleError {
    /// The code that programs branch on.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::NotOffered => ErrorCode::ValidationFailed,
            Self::Stale => ErrorCode::PreconditionFailed,
            Self::Missing => ErrorCode::NotFound,
            Self::Itself | Self::Circle => ErrorCode::Conflict,
            Self::TooMany => ErrorCode::GroupTooLarge,
        }
    }
}

/// Documents that are open for one action, and what was done to them.
#[derive(Debug)]
struct Desk<'a> {
    open: &'a mut BTreeMap<Uuid, Document>,
    author: &'a Author,
    at: i64,
    edits: Edits,
}

impl Desk<'_> {
    fn edit(
        &mut self,
        id: Uuid,
        edit: impl FnOnce(&mut Document, &Author, i64) -> Option<Chunk>,
    ) -> Result<(), SettleError> {
        let document = self.open.get_mut(&id).ok_or(SettleError::Missing)?;
        self.edits.changes.extend(edit(document, self.author, self.at).map(|chunk| (id, chunk)));
        Ok(())
    }

    fn visit(&mut self, id: Uuid) -> Result<AppointmentRow, SettleError> {
        match self.open.get_mut(&id) {
            Some(document) if document.collection() == Collection::Appointments => {
                Ok(AppointmentRow::read(document))
            }
            _ => Err(SettleError::Missing),
        }
    }

    fn decide(&mut self, home: Uuid, conflict: Uuid, decision: &Decision) -> Result<(), SettleError> {
        let text = decision.to_stored();
        self.edit(home, |document, author, at| {
            document.edit(author, at, "conflict.decide", |w| {
                w.put_entry("decisions", &conflict.to_string(), &text.as_str().into());
            })
        })
    }
}

/// Settles a conflict by a choice that it offers. `open` holds every document that the conflict and the choice name, and to
/// merge clients also the visits and notes of those who go. `at` is in seconds since 1970.
///
/// # Errors
/// If the choice is none of this conflict, or a document is missing; nothing has to be kept then.
pub fn settle(
    conflict: &Conflict,
    choice: &Choice,
    open: &mut BTreeMap<Uuid, Document>,
    (author, at): (&Author, i64),
    ids: &mut dyn Ids,
) -> Result<Edits, SettleError> {
    let mut desk = Desk { open, author, at, edits: Edits::default() };
    carry_out(&mut desk, conflict, choice, ids)?;
    let did = desk.edits.changes.iter().map(|(id, chunk)| (*id, chunk.hash())).collect();
    let device = author.device().to_owned();
    let decision = Decision { choice: choice.to_string(), facts: conflict.facts, device, at, did };
    match (conflict.kind, &conflict.detail) {
        // What was decided twice is decided once more, by somebody who knows of both.
        (Kind::DecidedTwice, Detail::Choices { conflict: about, choices }) => {
            let first = choices.first().ok_or(SettleError::NotOffered)?;
            let document = desk.open.get_mut(&conflict.home).ok_or(SettleError::Missing)?;
            let made = project(document).decisions(*about).first().cloned();
            let made = made.unwrap_or_else(|| Decision { choice: first.clone(), ..decision });
            desk.decide(conflict.home, *about, &Decision { at, ..made })?;
        }
        // A value that is written again stands alone; there is nothing else to remember.
        (Kind::TwoValues, _) => {}
        _ => desk.decide(conflict.home, conflict.id, &decision)?,
    }
    Ok(desk.edits)
}

fn carry_out(
    desk: &mut Desk<'_>,
    conflict: &Conflict,
    choice: &Choice,
    ids: &mut dyn Ids,
) -> Result<(), SettleError> {
    let event = ids.uuid().to_string();
    match choice {
        Choice::KeepBoth => Ok(()),
        Choice::Move { visit, to } => {
            let standing = desk.visit(*visit)?.visit_time().ok_or(SettleError::Stale)?;
            let time = standing.moved_to(to).map_err(|_| SettleError::NotOffered)?;
            desk.edit(*visit, |document, author, at| {
                crate::appointments::reschedule(document, author, at, &time)
            })
        }
        Choice::Cancel { visit, tell } => {
            let client = desk.visit(*visit)?.client_id;
            desk.edits.tell = tell.then_some(Named { client, visit: *visit });
            desk.edit(*visit, |document, author, at| say(document, author, at, &event, Status::Cancelled))
        }
        Choice::Book { visit } => {
            desk.edit(*visit, |document, author, at| say(document, author, at, &event, Status::Booked))
        }
        Choice::Status { word } => {
            desk.edit(conflict.home, |document, author, at| say(document, author, at, &event, *word))
        }
        Choice::Value { index } => {
            let Detail::Field { field, values } = &conflict.detail else {
                return Err(SettleError::NotOffered);
            };
            let value = values.get(*index).ok_or(SettleError::NotOffered)?;
            desk.edit(conflict.home, |document, author, at| {
                document.edit(author, at, "conflict.choose", |w| w.put_again(field, value))
            })
        }
        Choice::Restore => {
            let is_own = matches!(conflict.kind, Kind::EditedAfterDeletion | Kind::ChangedAfterPromise);
            let gone = conflict.about.iter().copied().find(|id| *id != conflict.home || is_own);
            let gone = gone.ok_or(SettleError::Missing)?;
            desk.edit(gone, |document, author, at| {
                document.edit(author, at, "record.restore", |w| {
                    w.put_time("deletedAt", None);
                    w.put_str("mergedInto", None);
                })
            })
        }
        Choice::KeepDeleted => desk.edit(conflict.home, |document, author, at| {
            let before = document.reader().time("deletedAt").unwrap_or_default();
            document.edit(author, at, "record.keep_deleted", |w| {
                // Another moment than before, so that it is written by somebody who knows of the edits.
                w.put_time("deletedAt", Some((at * 1000).max(before + 1)));
            })
        }),
        Choice::Repoint => {
            let own = desk.visit(conflict.home)?.client_id.ok_or(SettleError::Stale)?;
            let gone = desk.open.get_mut(&own.0).ok_or(SettleError::Missing)?;
            let into = ClientRow::read(gone).merged_into.ok_or(SettleError::Stale)?;
            desk.edit(conflict.home, |document, author, at| repoint(document, author, at, into.0))
        }
        Choice::Merge { into } => {
            conflict.about.iter().filter(|gone| *gone != into).try_for_each(|gone| merge(desk, *gone, *into))
        }
    }
}

/// Merges a client into another as one action: who goes leads to who stays, what who stays lacks is taken over, visits and
/// notes go over. `open` holds both, and the visits and notes of who goes.
///
/// # Errors
/// If it is the same client, or would lead in a circle.
pub fn merge_client(
    gone: Uuid,
    into: Uuid,
    open: &mut BTreeMap<Uuid, Document>,
    (author, at): (&Author, i64),
) -> Result<Edits, SettleError> {
    let mut desk = Desk { open, author, at, edits: Edits::default() };
    merge(&mut desk, gone, into)?;
    Ok(desk.edits)
}

fn merge(desk: &mut Desk<'_>, gone: Uuid, into: Uuid) -> Result<(), SettleError> {
    if gone == into {
        return Err(SettleError::Itself);
    }
    let client = |desk: &mut Desk<'_>, id: Uuid| match desk.open.get_mut(&id) {
        Some(document) if document.collection() == Collection::Clients => Ok(ClientRow::read(document)),
        _ => Err(SettleError::Missing),
    };
    let (leaving, staying) = (client(desk, gone)?, client(desk, into)?);
    if staying.merged_into.is_some() || staying.deleted_at.is_some() || leaving.merged_into.is_some() {
        return Err(SettleError::Circle);
    }
    desk.edit(into, |document, author, at| {
        crate::clients::take_over(document, author, at, &staying, (gone, &leaving))
    })?;
    desk.edit(gone, |document, author, at| {
        document.edit(author, at, "client.merge", |w| {
            w.put_str("mergedInto", Some(&into.to_string()));
            w.put_time("deletedAt", Some(at * 1000));
        })
    })?;
    let mut theirs = Vec::new();
    for (id, document) in desk.open.iter_mut() {
        let is_of_hers = document.collection() != Collection::Clients
            && document.reader().str("clientId") == Some(gone.to_string());
        theirs.extend(is_of_hers.then_some(*id));
    }
    if theirs.len() > MOST_DOCUMENTS {
        return Err(SettleError::TooMany);
    }
    theirs.into_iter().try_for_each(|id| desk.edit(id, |d, author, at| repoint(d, author, at, into)))
}

fn repoint(document: &mut Document, author: &Author, at: i64, into: Uuid) -> Option<Chunk> {
    document.edit(author, at, "client.merge", |w| w.put_str("clientId", Some(&into.to_string())))
}
