//! The ledger of consents: what a client allowed or took back, entry after entry.
//!
//! Pure. Entries are only ever added: who must prove a consent needs the ones that were taken back as well.

use serde_json::{Map, Value as Json, json};

use crate::documents::{Author, Chunk, Document};
use crate::errors::FieldErrors;
use crate::input::Fields;

/// The ways to reach a client that a consent can be about.
pub const CHANNELS: &[&str] = &["sms", "email", "telegram", "phone", "any"];
/// What a consent can be for.
pub const PURPOSES: &[&str] = &["service", "marketing", "photo", "data"];

/// One entry to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentEdit {
    channel: &'static str,
    purpose: &'static str,
    given: bool,
}

impl ConsentEdit {
    /// Reads a request: it needs `channel`, `purpose` and `given`.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let channel = fields.word("channel", CHANNELS);
        let purpose = fields.word("purpose", PURPOSES);
        let given = fields.flag("given");
        fields.require("channel", &channel);
        fields.require("purpose", &purpose);
        fields.require("given", &given);
        fields.finish(())?;
        Ok(Self {
            channel: channel.into_option().unwrap_or_default(),
            purpose: purpose.into_option().unwrap_or_default(),
            given: given.into_option().unwrap_or_default(),
        })
    }
}

/// Adds an entry under a fresh id. `at` is in seconds since 1970.
pub fn record_consent(
    document: &mut Document,
    author: &Author,
    at: i64,
    id: &str,
    consent: &ConsentEdit,
) -> Option<Chunk> {
    let ConsentEdit { channel, purpose, given } = consent;
    let entry = json!({ "channel": channel, "purpose": purpose, "given": given, "at": at * 1000 });
    document.edit(author, at, "client.consent", |w| w.put_entry("consents", id, &entry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::{ClientEdit, ClientRow, create};

    #[test]
    fn entries_are_added_and_none_is_replaced() {
        let author = Author::new([7; 16], "test");
        let name = json!({ "name": "Ольга" });
        let edit = ClientEdit::new_from_json(name.as_object().unwrap()).unwrap();
        let (mut document, _) = create(&author, 100, &edit);
        for (at, given) in [(101, true), (102, false)] {
            let said = json!({ "channel": "sms", "purpose": "marketing", "given": given });
            let consent = ConsentEdit::from_json(said.as_object().unwrap()).unwrap();
            record_consent(&mut document, &author, at, &format!("entry-{at}"), &consent).unwrap();
        }
        let row = ClientRow::read(&mut document);
        let ledger: Vec<_> = row.consents.iter().map(|entry| (entry.id.as_str(), entry.given)).collect();
        assert_eq!(ledger, [("entry-101", true), ("entry-102", false)]);
    }

    #[test]
    fn an_entry_needs_all_three_words() {
        let said = json!({ "channel": "pigeon", "given": "yes", "why": "" });
        let errors = ConsentEdit::from_json(said.as_object().unwrap()).unwrap_err();
        assert_eq!(
            serde_json::to_value(&errors).unwrap(),
            json!({ "channel": "invalid", "given": "invalid", "purpose": "required", "why": "unknown" })
        );
    }
}
