//! Who wrote the sides of a conflict: the device and the time that stand in the changes.
//!
//! Part of the conflicts room. Pure; for showing only.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::conflict::{Conflict, Detail, Kind};
use crate::appointments::Status;
use crate::documents::{Document, Hash};
use crate::project;

/// The device and the time in seconds since 1970, by document and side: a value, a word, a choice, or nothing for the
/// document as a whole.
pub type Authors = BTreeMap<(Uuid, String), (String, i64)>;

/// Who wrote what a conflict is about. `open` holds those of its documents that are here.
#[must_use]
pub fn authors(conflict: &Conflict, open: &mut BTreeMap<Uuid, Document>) -> Authors {
    let mut found = Authors::new();
    for id in &conflict.about {
        let Some(document) = open.get_mut(id) else { continue };
        let mut add = |side: &str, written: Option<(String, i64)>| {
            found.extend(written.map(|written| ((*id, side.to_owned()), written)));
        };
        match &conflict.detail {
            Detail::Field { field, .. } => {
                for (value, by) in document.reader().writers_of_values(field) {
                    let side = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    add(&side, signature(document, by));
                }
            }
            Detail::Words { words } => {
                for (word, by) in document.reader().writers_of_words() {
                    if words.contains(&word) {
                        add(&word, signature(document, by));
                    }
                }
            }
            Detail::Promised { time: None, .. } => {
                let off = document.reader().writers_of_words();
                let by = off.into_iter().find(|(word, _)| word == Status::Cancelled.as_str());
                let by = by.or_else(|| {
                    let deleted = document.reader().writers_of("deletedAt").first().copied();
                    deleted.map(|by| (String::new(), by))
                });
                add("", by.and_then(|(_, by)| signature(document, by)));
            }
            Detail::Choices { conflict, .. } => {
                for made in project(document).decisions(*conflict) {
                    add(&made.choice, Some((made.device.clone(), made.at)));
                }
            }
            _ => {
                let field = match conflict.kind {
                    Kind::DuplicatePhone => "phone",
                    Kind::DuplicateEmail => "email",
                    Kind::EditedAfterDeletion => "deletedAt",
                    _ => "time",
                };
                let by = document.reader().writers_of(field).first().copied();
                add("", by.and_then(|by| signature(document, by)));
            }
        }
    }
    found
}

fn signature(document: &mut Document, by: Hash) -> Option<(String, i64)> {
    document.signature(by).map(|signature| (signature.device, signature.at))
}
