//! A client as a row, and as the JSON that everybody sees.
//!
//! Pure. The row is a function of the document alone; the JSON adds what other documents say of the client.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::dates::format_seconds;
use crate::documents::{Document, Facts};
use crate::ids::ClientId;
use crate::search::{digits, fold};

/// What a client's document says.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientRow {
    /// How she calls the person; empty only in a document that nobody finished.
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// Further contacts.
    pub contacts: BTreeMap<String, String>,
    /// `1990-05-01` or `--05-01`.
    pub birthday: Option<String>,
    /// Sorted.
    pub tags: Vec<String>,
    /// Sorted.
    pub allergies: Vec<String>,
    /// Preferences.
    pub preferences: Map<String, Json>,
    /// Free text.
    pub notes: String,
    /// The language for messages.
    pub locale: Option<String>,
    /// Her own word.
    pub loyalty_level: Option<String>,
    /// Where the person came from.
    pub source: Option<String>,
    /// By time.
    pub consents: Vec<Consent>,
    /// Further data.
    pub meta: Map<String, Json>,
    /// The client that this one was merged into.
    pub merged_into: Option<ClientId>,
    /// Milliseconds since 1970.
    pub deleted_at: Option<i64>,
    /// Seconds since 1970.
    pub created_at: Option<i64>,
    /// Seconds since 1970.
    pub updated_at: Option<i64>,
    /// What the change graph says.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
}

crate::masked_debug!(ClientRow { merged_into, deleted_at, created_at, updated_at, facts });

/// One entry of the consent ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b5",
    "channel": "sms",
    "purpose": "marketing",
    "given": true,
    "at": "2026-11-20T09:12:00Z",
    "textVersion": "2026-11",
    "textSha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
})))]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// The entry's id.
    pub id: String,
    /// `sms`, `email`, `telegram`, `phone`, or a word of tomorrow.
    pub channel: String,
    /// What for: `service`, `marketing`, `photo`, or a word of tomorrow.
    pub purpose: String,
    /// Given, or taken back.
    pub given: bool,
    /// When, RFC 3339.
    pub at: Option<String>,
    /// The version of the words that the person was shown, as the business counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_version: Option<String>,
    /// SHA-256 of those words, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_sha256: Option<String>,
}

/// A client as REST, devices and exports show it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1",
    "name": "Анна Петрова",
    "phone": "+79161234567",
    "email": "anna@example.ru",
    "contacts": { "@anna": "telegram" },
    "birthday": "--05-01",
    "tags": ["vip", "утро"],
    "allergies": ["латекс"],
    "preferences": { "чай": "зелёный" },
    "notes": "Приходит с собакой",
    "locale": "ru",
    "loyaltyLevel": "gold",
    "source": "instagram",
    "consents": [],
    "meta": {},
    "lastVisitAt": "2026-10-05T10:00:00+03:00",
    "createdAt": "2026-09-01T08:00:00Z",
    "updatedAt": "2026-10-05T09:41:00Z",
})))]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// The client's id.
    pub id: ClientId,
    /// How she calls the person.
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// Further contacts: number, address or `@name` to a label.
    pub contacts: BTreeMap<String, String>,
    /// `1990-05-01`, or `--05-01` without a year.
    pub birthday: Option<String>,
    /// Sorted.
    pub tags: Vec<String>,
    /// Sorted.
    pub allergies: Vec<String>,
    /// Preferences.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub preferences: Map<String, Json>,
    /// Free text.
    pub notes: String,
    /// `ru` or `en`; `null` means the tenant's language.
    pub locale: Option<String>,
    /// Her own word.
    pub loyalty_level: Option<String>,
    /// Where the person came from.
    pub source: Option<String>,
    /// The consent ledger, oldest first.
    pub consents: Vec<Consent>,
    /// Further data of integrations and imports.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub meta: Map<String, Json>,
    /// The start of the last completed visit, RFC 3339. Derived.
    pub last_visit_at: Option<String>,
    /// RFC 3339; `null` for an imported client whose program did not say.
    pub created_at: Option<String>,
    /// RFC 3339, by the clock of the device that wrote last.
    pub updated_at: Option<String>,
}

crate::masked_debug!(Client { id, created_at, updated_at });

impl ClientRow {
    /// Reads a document.
    #[must_use]
    pub fn read(document: &mut Document) -> Self {
        let facts = Facts::of(document);
        let mut reader = document.reader();
        let times = reader.change_times();
        let merged_into = reader.str("mergedInto").and_then(|id| id.parse().ok());
        // Who was merged is gone for good, whatever became of a removal that another device made meanwhile and took back.
        let deleted_at = reader.time("deletedAt").or(merged_into.is_some().then_some(0));
        Self {
            name: reader.str("name").unwrap_or_default(),
            phone: reader.str("phone"),
            email: reader.str("email"),
            contacts: reader.map("contacts").into_iter().map(|(k, v)| (k, line(v))).collect(),
            birthday: reader.str("birthday"),
            tags: reader.keys("tags"),
            allergies: reader.keys("allergies"),
            preferences: reader.map("preferences"),
            notes: reader.text("notes"),
            locale: reader.str("locale"),
            loyalty_level: reader.str("loyaltyLevel"),
            source: reader.str("source"),
            consents: consents(reader.map("consents")),
            meta: reader.map("meta"),
            merged_into,
            deleted_at,
            created_at: times.iter().min().copied(),
            updated_at: times.iter().max().copied(),
            facts,
        }
    }

    /// The words that a search should find, not yet folded.
    #[must_use]
    pub fn search_text(&self) -> String {
        let mut words = vec![self.name.as_str(), &self.notes];
        words.extend(self.email.as_deref());
        words.extend(self.phone.as_deref());
        words.extend(self.tags.iter().chain(&self.allergies).map(String::as_str));
        words.extend(self.contacts.iter().flat_map(|(k, v)| [k.as_str(), v.as_str()]));
        words.join(" ")
    }

    /// The text in which [`super::Search`] looks: the words folded, and the digits of the phone.
    #[must_use]
    pub fn searched(&self) -> String {
        let number = digits(self.phone.as_deref().unwrap_or_default());
        let text = format!("{} {number}", fold(&self.search_text()));
        // A device may have written it, Postgres cannot keep it, and nobody searches for it.
        text.replace('\0', "")
    }

    /// The JSON that everybody sees. `last_visit_at` is the start of the last completed visit.
    #[must_use]
    pub fn show(self, id: ClientId, last_visit_at: Option<String>) -> Client {
        Client {
            id,
            name: self.name,
            phone: self.phone,
            email: self.email,
            contacts: self.contacts,
            birthday: self.birthday,
            tags: self.tags,
            allergies: self.allergies,
            preferences: self.preferences,
            notes: self.notes,
            locale: self.locale,
            loyalty_level: self.loyalty_level,
            source: self.source,
            consents: self.consents,
            meta: self.meta,
            last_visit_at,
            created_at: self.created_at.and_then(format_seconds),
            updated_at: self.updated_at.and_then(format_seconds),
        }
    }
}

fn line(value: Json) -> String {
    match value {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

fn consents(map: Map<String, Json>) -> Vec<Consent> {
    let mut entries: Vec<(i64, Consent)> = map
        .into_iter()
        .map(|(id, entry)| {
            let text = |name: &str| entry.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
            let at = entry.get("at").and_then(Json::as_i64).unwrap_or_default();
            let given = entry.get("given").and_then(Json::as_bool).unwrap_or_default();
            let (channel, purpose) = (text("channel"), text("purpose"));
            let maybe = |name: &str| entry.get(name).and_then(Json::as_str).map(str::to_owned);
            let (text_version, text_sha256) = (maybe("textVersion"), maybe("textSha256"));
            let time = format_seconds(at / 1000);
            (at, Consent { id, channel, purpose, given, at: time, text_version, text_sha256 })
        })
        .collect();
    entries.sort_by(|(at, a), (bt, b)| at.cmp(bt).then_with(|| a.id.cmp(&b.id)));
    entries.into_iter().map(|(_, entry)| entry).collect()
}
