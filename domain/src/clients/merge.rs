//! What a client takes over from another who is merged into her: what she lacks, and what can stand beside her own.
//!
//! Pure. Nothing of hers is overwritten; the card of the other stays as it is, for whoever undoes the merge.

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{ClientRow, Consent};
use crate::documents::{Author, Chunk, Document};

/// What begins the name of the mark in `meta` of who stays; the id of who went follows. Its value is the name of who went. With
/// it her history tells of the merging, and taking that back finds it.
pub(crate) const MERGED_FROM: &str = "mergedFrom:";

/// Takes over from `leaving`, the client `gone`, what `staying` lacks.
pub(crate) fn take_over(
    document: &mut Document,
    author: &Author,
    at: i64,
    staying: &ClientRow,
    (gone, leaving): (Uuid, &ClientRow),
) -> Option<Chunk> {
    document.edit(author, at, "client.merge", |w| {
        w.put_entry("meta", &format!("{MERGED_FROM}{gone}"), &leaving.name.as_str().into());
        let lines = [
            ("phone", &staying.phone, &leaving.phone),
            ("email", &staying.email, &leaving.email),
            ("birthday", &staying.birthday, &leaving.birthday),
            ("locale", &staying.locale, &leaving.locale),
            ("loyaltyLevel", &staying.loyalty_level, &leaving.loyalty_level),
            ("source", &staying.source, &leaving.source),
        ];
        for (field, own, other) in lines {
            if own.is_none() && other.is_some() {
                w.put_str(field, other.as_deref());
            }
        }
        let both = |own: &[String], other: &[String]| -> Vec<String> {
            let mut all = [own, other].concat();
            all.sort_unstable();
            all.dedup();
            all
        };
        w.put_set("tags", &both(&staying.tags, &leaving.tags));
        w.put_set("allergies", &both(&staying.allergies, &leaving.allergies));
        let mut contacts = leaving.contacts.clone();
        // A second number or address is not lost: it becomes one more way to reach her.
        for (own, other) in [(&staying.phone, &leaving.phone), (&staying.email, &leaving.email)] {
            if let (Some(own), Some(other)) = (own, other)
                && own != other
            {
                contacts.insert(other.clone(), leaving.name.clone());
            }
        }
        contacts.extend(staying.contacts.clone());
        w.put_lines("contacts", &contacts);
        let missing: Map<String, Json> = leaving
            .preferences
            .iter()
            .filter(|(name, _)| !staying.preferences.contains_key(*name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        w.merge_map("preferences", Some(&missing));
        if !leaving.notes.is_empty() && !staying.notes.contains(&leaving.notes) {
            let between = if staying.notes.is_empty() { "" } else { "\n" };
            w.put_text("notes", &format!("{}{between}{}", staying.notes, leaving.notes));
        }
        for consent in &leaving.consents {
            w.put_entry("consents", &consent.id, &stored(consent));
        }
    })
}

/// An entry of the ledger as a document keeps it.
fn stored(consent: &Consent) -> Json {
    let at = consent.at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    let at = at.map(Timestamp::as_millisecond).unwrap_or_default();
    json!({ "channel": consent.channel, "purpose": consent.purpose, "given": consent.given, "at": at })
}
