//! The ledger of consents: what a client allowed or took back, entry after entry.
//!
//! Pure. Entries are only ever added: who must prove a consent needs the ones that were taken back as well.

use serde_json::{Map, Value as Json, json};

use crate::documents::{Author, Chunk, Document, Hash};
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
    text_version: Option<String>,
    text_sha256: Option<String>,
}

impl ConsentEdit {
    /// Reads a request: it needs `channel`, `purpose` and `given`. Of a `text`, which is what the person was shown, the hash is
    /// kept: enough to prove later which words it was about, and no copy of a contract in every card.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let channel = fields.word("channel", CHANNELS);
        let purpose = fields.word("purpose", PURPOSES);
        let given = fields.flag("given");
        let (text_version, text) = (fields.line("textVersion"), fields.text("text"));
        fields.require("channel", &channel);
        fields.require("purpose", &purpose);
        fields.require("given", &given);
        fields.finish(())?;
        Ok(Self {
            channel: channel.into_option().unwrap_or_default(),
            purpose: purpose.into_option().unwrap_or_default(),
            given: given.into_option().unwrap_or_default(),
            text_version: text_version.into_option(),
            text_sha256: text.into_option().map(|text| Hash::of(text.as_bytes()).to_string()),
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
    let ConsentEdit { channel, purpose, given, text_version, text_sha256 } = consent;
    let mut entry = json!({ "channel": channel, "purpose": purpose, "given": given, "at": at * 1000 });
    for (name, value) in [("textVersion", text_version), ("textSha256", text_sha256)] {
        if let Some(value) = value {
            entry[name] = json!(value);
        }
    }
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
    fn an_entry_says_which_words_it_was_about() {
        let author = Author::new([7; 16], "test");
        let name = json!({ "name": "Ольга" });
        let edit = ClientEdit::new_from_json(name.as_object().unwrap()).unwrap();
        let (mut document, _) = create(&author, 100, &edit);
        let said = json!({ "channel": "any", "purpose": "data", "given": true, "textVersion": "2026-11", "text": "abc" });
        let consent = ConsentEdit::from_json(said.as_object().unwrap()).unwrap();
        record_consent(&mut document, &author, 101, "entry", &consent).unwrap();
        let entry = ClientRow::read(&mut document).consents.remove(0);
        assert_eq!(entry.text_version.as_deref(), Some("2026-11"));
        // SHA-256 of "abc", as FIPS 180 has it.
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(entry.text_sha256.as_deref(), Some(hash));
        assert!(!serde_json::to_string(&entry).unwrap().contains("abc"));
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
