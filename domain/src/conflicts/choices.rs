//! How a conflict can be settled: the choices that are offered, and their ids.
//!
//! Part of the conflicts room. Pure. An id says all there is to know of a choice (`move:VISIT:2026-12-01T12:00`), so a device
//! that never showed the conflict understands it, and a decision can be read years later.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::conflict::{Conflict, Detail, KEEP_BOTH, Kind};
use super::standing;
use crate::Projection;
use crate::appointments::Status;
use crate::dates::VisitTime;
use crate::slots::Slot;

/// A way to settle a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Everything stays as it is, on purpose.
    KeepBoth,
    /// A visit moves to this wall time.
    Move {
        /// Which visit.
        visit: Uuid,
        /// The new start as [`crate::dates::VisitTime`] stores it.
        to: String,
    },
    /// A visit is called off.
    Cancel {
        /// Which visit.
        visit: Uuid,
        /// Whether the client is to be told.
        tell: bool,
    },
    /// A visit is on again.
    Book {
        /// Which visit.
        visit: Uuid,
    },
    /// All clients become this one.
    Merge {
        /// Who stays.
        into: Uuid,
    },
    /// This word about a visit holds.
    Status {
        /// The word.
        word: Status,
    },
    /// This value of a field holds.
    Value {
        /// Its place among the values.
        index: usize,
    },
    /// What was deleted comes back.
    Restore,
    /// What was deleted stays deleted.
    KeepDeleted,
    /// A visit goes over to the client into whom its own was merged.
    Repoint,
}

/// Not a choice of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such choice")]
pub struct UnknownChoice;

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeepBoth => f.write_str(KEEP_BOTH),
            Self::Move { visit, to } => write!(f, "move:{visit}:{to}"),
            Self::Cancel { visit, tell: false } => write!(f, "cancel:{visit}"),
            Self::Cancel { visit, tell: true } => write!(f, "cancelAndTell:{visit}"),
            Self::Book { visit } => write!(f, "book:{visit}"),
            Self::Merge { into } => write!(f, "merge:{into}"),
            Self::Status { word } => write!(f, "status:{}", word.as_str()),
            Self::Value { index } => write!(f, "value:{index}"),
            Self::Restore => f.write_str("restore"),
            Self::KeepDeleted => f.write_str("keepDeleted"),
            Self::Repoint => f.write_str("repoint"),
        }
    }
}

impl FromStr for Choice {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let id = |text: &str| Uuid::parse_str(text).map_err(|_| UnknownChoice);
        let choice = match name {
            KEEP_BOTH => Self::KeepBoth,
            "move" => {
                let (visit, to) = rest.split_once(':').ok_or(UnknownChoice)?;
                Self::Move { visit: id(visit)?, to: to.to_owned() }
            }
            "cancel" => Self::Cancel { visit: id(rest)?, tell: false },
            "cancelAndTell" => Self::Cancel { visit: id(rest)?, tell: true },
            "book" => Self::Book { visit: id(rest)? },
            "merge" => Self::Merge { into: id(rest)? },
            "status" => Self::Status { word: Status::parse(rest).ok_or(UnknownChoice)? },
            "value" => Self::Value { index: rest.parse().map_err(|_| UnknownChoice)? },
            "restore" => Self::Restore,
            "keepDeleted" => Self::KeepDeleted,
            "repoint" => Self::Repoint,
            _ => return Err(UnknownChoice),
        };
        if choice.to_string() == text { Ok(choice) } else { Err(UnknownChoice) }
    }
}

/// What the offering needs to know beyond the conflict.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    /// The rows of the documents that it is about.
    pub rows: BTreeMap<Uuid, Projection>,
    /// Free hours for its visits, the nearest first.
    pub free: BTreeMap<Uuid, Vec<Slot>>,
}

/// The most clients among whom the one who stays is chosen.
const MOST_KEPT: usize = 20;

/// The choices of a conflict, the ones that change least first. A warning has none: its visit is hers to move.
#[must_use]
pub fn choices(conflict: &Conflict, offer: &Offer) -> Vec<Choice> {
    let mut choices = Vec::new();
    let visits = conflict.about.iter().filter_map(|id| match offer.rows.get(id) {
        Some(Projection::Appointments(row)) => Some((*id, row)),
        _ => None,
    });
    match conflict.kind {
        Kind::Overlap => {
            choices.push(Choice::KeepBoth);
            let ahead: Vec<Uuid> = visits.filter(|(_, row)| standing(row)).map(|(id, _)| id).collect();
            for visit in &ahead {
                let free = offer.free.get(visit).into_iter().flatten();
                choices
                    .extend(free.map(|slot| Choice::Move { visit: *visit, to: slot.time.wall_and_zone() }));
            }
            for tell in [false, true] {
                choices.extend(ahead.iter().map(|visit| Choice::Cancel { visit: *visit, tell }));
            }
        }
        Kind::DuplicatePhone | Kind::DuplicateEmail => {
            choices.push(Choice::KeepBoth);
            choices.extend(conflict.about.iter().take(MOST_KEPT).map(|id| Choice::Merge { into: *id }));
        }
        Kind::TwoStatuses => {
            let Detail::Words { words } = &conflict.detail else { return choices };
            choices
                .extend(words.iter().filter_map(|word| Some(Choice::Status { word: Status::parse(word)? })));
        }
        Kind::StatusAndMove => choices.extend([Choice::KeepBoth, Choice::Status { word: Status::Booked }]),
        Kind::EditedAfterDeletion => choices.extend([Choice::Restore, Choice::KeepDeleted]),
        Kind::ChangedAfterPromise => {
            choices.push(Choice::KeepBoth);
            let Detail::Promised { time, .. } = &conflict.detail else { return choices };
            let (visit, row) = (conflict.home, offer.rows.get(&conflict.home));
            let before = time.as_deref().and_then(|time| VisitTime::from_stored(time).ok());
            match (row, before) {
                // As it was promised; whether that hour is still free is looked at when it is chosen.
                (Some(_), Some(before)) => choices.push(Choice::Move { visit, to: before.wall_and_zone() }),
                (Some(Projection::Appointments(row)), None) => {
                    let is_deleted = row.deleted_at.is_some();
                    choices.push(if is_deleted { Choice::Restore } else { Choice::Book { visit } });
                }
                _ => {}
            }
        }
        Kind::VisitOfDeletedClient | Kind::VisitOfMergedClient | Kind::InactiveService => {
            choices.push(match conflict.kind {
                Kind::VisitOfMergedClient => Choice::Repoint,
                _ => Choice::KeepBoth,
            });
            if conflict.kind == Kind::VisitOfDeletedClient {
                choices.push(Choice::Restore);
            }
            let visit = conflict.home;
            choices.extend([false, true].map(|tell| Choice::Cancel { visit, tell }));
        }
        Kind::TwoValues => {
            let Detail::Field { values, .. } = &conflict.detail else { return choices };
            choices.extend((0..values.len()).map(|index| Choice::Value { index }));
        }
        Kind::DecidedTwice => {
            choices.push(Choice::KeepBoth);
            let Detail::Choices { choices: made, .. } = &conflict.detail else { return choices };
            for choice in made.iter().filter_map(|made| made.parse().ok()) {
                if let Choice::Cancel { visit, .. } = choice {
                    choices.push(Choice::Book { visit });
                }
            }
        }
        Kind::OutsideHours | Kind::TimeOff => {}
    }
    choices
}
