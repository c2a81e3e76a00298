//! People who are there already under another code: proposed, merged or made a second time, as she says.
//!
//! Part of the import room. Two rows of one file with one number are duplicates too. What a merge fills is written
//! down with it, so that an undo can take exactly that out again.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::base::Known;
use crate::clients::{ClientEdit, ClientRow};
use crate::documents::{Author, Chunk, Document};
use crate::input::Patch;

/// What becomes of a row whose telephone or e-mail belongs to somebody who is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Duplicates {
    /// Nothing: the row is told as `duplicate`, with the name of who is there.
    #[default]
    Ask,
    /// Whoever is there gets what she lacks; what stands is not touched.
    Merge,
    /// A second client.
    Create,
}

/// Numbers and addresses of those whom this very import has made.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    known: HashMap<String, Known>,
}

impl Contacts {
    pub(super) fn find(&self, phone: Option<&str>, email: Option<&str>) -> Option<Known> {
        let email = email.map(str::to_lowercase);
        phone.into_iter().chain(email.as_deref()).find_map(|contact| self.known.get(contact)).cloned()
    }

    pub(super) fn add(&mut self, phone: Option<&str>, email: Option<&str>, known: &Known) {
        for contact in phone.map(str::to_owned).into_iter().chain(email.map(str::to_lowercase)) {
            self.known.entry(contact).or_insert_with(|| known.clone());
        }
    }
}

/// What a merge would fill in: only what is empty, and further contacts and tags. As fields that a client's edit takes.
pub(super) fn missing(standing: &ClientRow, row: &ClientEdit) -> Filled {
    let mut filled = Filled::default();
    let text = |value: &Option<String>| value.as_deref().is_none_or(str::is_empty);
    let mut take = |field: &str, is_empty: bool, value: Option<String>| {
        if let Some(value) = value.filter(|_| is_empty) {
            filled.set.insert(field.to_owned(), value);
        }
    };
    let line = |patch: &Patch<String>| patch.value().cloned();
    take("phone", text(&standing.phone), row.phone.value().map(|p| p.as_str().to_owned()));
    take("email", text(&standing.email), row.email.value().map(|e| e.as_str().to_owned()));
    take("birthday", text(&standing.birthday), row.birthday.value().map(ToString::to_string));
    take("notes", standing.notes.is_empty(), line(&row.notes));
    take("locale", text(&standing.locale), line(&row.locale));
    take("loyaltyLevel", text(&standing.loyalty_level), line(&row.loyalty_level));
    take("source", text(&standing.source), line(&row.source));
    let other =
        |number: &str| standing.phone.as_deref() != Some(number) && !filled.set.values().any(|v| v == number);
    let own = row.phone.value().map(|phone| phone.as_str().to_owned()).filter(|number| other(number));
    let own = own.into_iter().map(|number| (number, String::new()));
    let further = row.contacts.value().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone()));
    let further: BTreeMap<String, String> =
        own.chain(further).filter(|(contact, _)| !standing.contacts.contains_key(contact)).collect();
    filled.contacts = further;
    let new = |standing: &[String], patch: &Patch<Vec<String>>| -> Vec<String> {
        patch.value().into_iter().flatten().filter(|tag| !standing.contains(tag)).cloned().collect()
    };
    filled.tags = new(&standing.tags, &row.tags);
    filled.allergies = new(&standing.allergies, &row.allergies);
    filled
}

/// What a merge has filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Filled {
    set: BTreeMap<String, String>,
    contacts: BTreeMap<String, String>,
    tags: Vec<String>,
    allergies: Vec<String>,
}

/// Where a merge writes down what it filled: by import, as JSON text, because lists do not merge.
pub(super) const FILLED: &str = "importFilled";

impl Filled {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What was filled into a field of one line.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.set.get(field).map(String::as_str)
    }

    /// Fills it in, as one change.
    pub(super) fn write(
        &self,
        document: &mut Document,
        author: &Author,
        at: i64,
        import: Uuid,
        row: Uuid,
    ) -> Option<Chunk> {
        let standing = ClientRow::read(document);
        let mut contacts = standing.contacts;
        contacts.extend(self.contacts.clone());
        let note = serde_json::to_string(self).unwrap_or_default();
        document.edit(author, at, "import.merge", |w| {
            for (field, value) in &self.set {
                if field == "notes" {
                    w.put_text(field, value);
                } else {
                    w.put_str(field, Some(value));
                }
            }
            w.put_lines("contacts", &contacts);
            w.put_set("tags", &[standing.tags.clone(), self.tags.clone()].concat());
            w.put_set("allergies", &[standing.allergies.clone(), self.allergies.clone()].concat());
            let entry = Map::from_iter([(row.to_string(), Json::from(note))]);
            let entry = Map::from_iter([(import.to_string(), Json::Object(entry))]);
            w.put_entry("meta", FILLED, &Json::Object(entry));
        })
    }

    /// Takes it out again where it still stands as it was filled in, as one change.
    pub(super) fn take_out(document: &mut Document, author: &Author, at: i64, import: Uuid) -> Option<Chunk> {
        let standing = ClientRow::read(document);
        let all = Self::of(&standing.meta, import);
        if all.is_empty() {
            return None;
        }
        let gone = |list: fn(&Self) -> &Vec<String>| -> Vec<&String> { all.iter().flat_map(list).collect() };
        let (tags, allergies) = (gone(|f| &f.tags), gone(|f| &f.allergies));
        let left = |standing: &[String], gone: &[&String]| -> Vec<String> {
            standing.iter().filter(|tag| !gone.contains(tag)).cloned().collect()
        };
        let contacts = standing.contacts.iter().filter(|(contact, label)| {
            !all.iter().any(|filled| filled.contacts.get(*contact) == Some(label))
        });
        let contacts: BTreeMap<String, String> = contacts.map(|(k, v)| (k.clone(), v.clone())).collect();
        let shown = serde_json::to_value(standing.clone()).unwrap_or_default();
        document.edit(author, at, "import.undo", |w| {
            for (field, value) in all.iter().flat_map(|filled| &filled.set) {
                if shown.get(field).and_then(Json::as_str) != Some(value) {
                    continue;
                }
                if field == "notes" {
                    w.put_text(field, "");
                } else {
                    w.put_str(field, None);
                }
            }
            w.put_lines("contacts", &contacts);
            w.put_set("tags", &left(&standing.tags, &tags));
            w.put_set("allergies", &left(&standing.allergies, &allergies));
            let nothing = Map::from_iter([(import.to_string(), Json::Null)]);
            w.put_entry("meta", FILLED, &Json::Object(nothing));
        })
    }

    /// What this import filled in, a row at a time.
    fn of(meta: &Map<String, Json>, import: Uuid) -> Vec<Self> {
        let rows = meta.get(FILLED).and_then(|all| all.get(import.to_string())).and_then(Json::as_object);
        let rows = rows.into_iter().flatten().filter_map(|(_, text)| text.as_str());
        rows.filter_map(|text| serde_json::from_str(text).ok()).collect()
    }
}
