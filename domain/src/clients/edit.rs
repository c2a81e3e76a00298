//! Creating, editing and removing a client: from JSON fields to one change of the document.
//!
//! Pure. REST and devices go through these functions alone.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::dates::Birthday;
use crate::documents::{Author, Chunk, Collection, Document, Writer};
use crate::email::Email;
use crate::errors::FieldErrors;
use crate::input::{Fields, Patch};
use crate::phone::Phone;

/// What is to be written; a field that is kept stays untouched.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ClientEdit {
    /// How she calls the person.
    pub name: Patch<String>,
    /// The main number.
    pub phone: Patch<Phone>,
    /// The mail address.
    pub email: Patch<Email>,
    /// Further contacts: number, address or `@name` to a label.
    pub contacts: Patch<BTreeMap<String, String>>,
    /// The birthday, with or without a year.
    pub birthday: Patch<Birthday>,
    /// All tags.
    pub tags: Patch<Vec<String>>,
    /// All allergies.
    pub allergies: Patch<Vec<String>>,
    /// Preferences to set; `null` removes one, others stay.
    pub preferences: Patch<Map<String, Json>>,
    /// Free text about the person, merged letter by letter.
    pub notes: Patch<String>,
    /// The language for messages.
    pub locale: Patch<String>,
    /// Her own word for loyalty.
    pub loyalty_level: Patch<String>,
    /// Where the person came from.
    pub source: Patch<String>,
    /// Further data of integrations and imports; `null` removes an entry, others stay.
    pub meta: Patch<Map<String, Json>>,
}

crate::masked_debug!(ClientEdit {});

impl ClientEdit {
    /// Reads a request that creates a client.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn new_from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let edit = Self::read(&mut fields);
        fields.require("name", &edit.name);
        fields.finish(edit)
    }

    /// Reads a request that edits a client; absent fields stay untouched.
    ///
    /// # Errors
    /// Every field that is unknown or wrong; the name cannot be cleared.
    pub fn patch_from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let edit = Self::read(&mut fields);
        fields.refuse_null("name", &edit.name);
        fields.finish(edit)
    }

    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            name: fields.line("name"),
            phone: fields.phone("phone"),
            email: fields.email("email"),
            contacts: fields.lines("contacts"),
            birthday: fields.birthday("birthday"),
            tags: fields.set("tags"),
            allergies: fields.set("allergies"),
            preferences: fields.object("preferences"),
            notes: fields.text("notes"),
            locale: fields.word("locale", &["ru", "en"]).map(str::to_owned),
            loyalty_level: fields.line("loyaltyLevel"),
            source: fields.line("source"),
            meta: fields.object("meta"),
        }
    }

    /// Writes what it says as a part of a larger change.
    pub(crate) fn write(&self, w: &mut Writer<'_>) {
        self.name.write(|v| w.put_str("name", v.map(String::as_str)));
        self.phone.write(|v| w.put_str("phone", v.map(Phone::as_str)));
        self.email.write(|v| w.put_str("email", v.map(Email::as_str)));
        self.birthday.write(|v| w.put_str("birthday", v.map(ToString::to_string).as_deref()));
        self.locale.write(|v| w.put_str("locale", v.map(String::as_str)));
        self.loyalty_level.write(|v| w.put_str("loyaltyLevel", v.map(String::as_str)));
        self.source.write(|v| w.put_str("source", v.map(String::as_str)));
        self.tags.write(|v| w.put_set("tags", v.map_or(&[], Vec::as_slice)));
        self.allergies.write(|v| w.put_set("allergies", v.map_or(&[], Vec::as_slice)));
        self.contacts.write(|v| w.put_lines("contacts", v.unwrap_or(&BTreeMap::new())));
        self.preferences.write(|v| w.merge_map("preferences", v));
        self.meta.write(|v| w.merge_map("meta", v));
        self.notes.write(|v| w.put_text("notes", v.map_or("", String::as_str)));
    }
}

/// Writes a new client. `at` is in seconds since 1970.
#[must_use]
pub fn create(author: &Author, at: i64, edit: &ClientEdit) -> (Document, Option<Chunk>) {
    let mut document = Document::new(Collection::Clients);
    let chunk = document.edit(author, at, "client.create", |w| edit.write(w));
    (document, chunk)
}

/// Edits a client; `None` if nothing changes.
pub fn edit(document: &mut Document, author: &Author, at: i64, edit: &ClientEdit) -> Option<Chunk> {
    document.edit(author, at, "client.edit", |w| edit.write(w))
}

/// Removes a client: the document stays, marked as deleted.
pub fn remove(document: &mut Document, author: &Author, at: i64) -> Option<Chunk> {
    document.edit(author, at, "client.remove", |w| w.put_time("deletedAt", Some(at * 1000)))
}
