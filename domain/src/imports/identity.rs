//! What imported things are known by, and who writes them: both follow from the row alone.
//!
//! Part of the import room. Pure. Two devices that import one file make changes with the same actor, number, time and
//! content, so the same change; where anything differs (the app's version, the fields) the actor differs too, because
//! one number of one actor may never be two changes (rule D8).

use crate::documents::{Author, Hash};
use crate::ids::{IntentId, TenantId, imported_id};
use crate::sync::canonical_json;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{Job, Kind};

/// The id of the thing that a row became. Rows of statuses have a name space of their own, so that a file of bookings
/// and one of cancellations may have equal keys.
pub(super) fn thing_id(tenant: TenantId, source: &str, kind: Kind, file: &str, key: &str) -> Uuid {
    let word = kind.id_word();
    if file.is_empty() {
        imported_id(tenant, source, word, key)
    } else {
        imported_id(tenant, source, &format!("{word}-{file}"), key)
    }
}

/// What an import is known by: the tenant, what the rows are, the file, and what is read from it how.
pub(super) fn import_id(tenant: TenantId, job: &Job<'_>) -> Uuid {
    let map = serde_json::to_value(job.map).map(|map| canonical_json(&map)).unwrap_or_default();
    let filters = job.filters.iter().map(|filter| format!("{}={}", filter.column, filter.value));
    let file = Hash::of(job.bytes).to_string();
    let parts: Vec<String> = [file, map].into_iter().chain(filters).collect();
    imported_id(tenant, &job.map.source, &format!("import-{}", job.kind.as_str()), &parts.join("\u{1f}"))
}

/// Of what a row says: kept with the thing, to see later whether the row has changed.
pub(super) fn row_hash(said: &Map<String, Json>) -> String {
    short(&canonical_json(&Json::Object(said.clone())), 16)
}

/// The id of the event that a row of a file of statuses writes onto a booking.
pub(super) fn event_id(status: &str, source: &str, key: &str) -> String {
    format!("import-{status}-{}", short(&format!("{source}\u{1f}{key}"), 12))
}

/// Who writes this content into this document.
pub(super) fn author(document: Uuid, content: &Json) -> Author {
    // In which order a change writes the entries of an object depends on a feature of serde_json.
    let order = json!({ "z": 0, "a": 0 }).to_string();
    let text = [&document.to_string(), crate::VERSION, &order, &canonical_json(content)].join("\u{1f}");
    let mut actor = [0; 16];
    actor.copy_from_slice(&Hash::of(text.as_bytes()).0[..16]);
    Author::new(actor, "import")
}

/// The id of an intent that adds a record with this content.
pub(super) fn intent_id(target: Uuid, action: &str, hash: &str) -> IntentId {
    IntentId(Uuid::new_v5(&target, format!("{action}\u{1f}{hash}").as_bytes()))
}

fn short(text: &str, digits: usize) -> String {
    let mut hash = Hash::of(text.as_bytes()).to_string();
    hash.truncate(digits);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_content_has_one_author_and_other_content_another() {
        let id = Uuid::from_u128(1);
        let content = json!({ "name": "Анна", "meta": { "code": "A1" } });
        assert_eq!(author(id, &content), author(id, &json!({ "meta": { "code": "A1" }, "name": "Анна" })));
        assert_ne!(author(id, &content), author(Uuid::from_u128(2), &content));
        assert_ne!(author(id, &content), author(id, &json!({ "name": "Анна" })));
    }

    #[test]
    fn files_of_bookings_and_of_statuses_do_not_share_names() {
        let tenant = TenantId(Uuid::from_u128(7));
        let id = |file| thing_id(tenant, "salon", Kind::Appointments, file, "A1\u{1f}2018-06-09");
        assert_ne!(id(""), id("cancelled"));
        assert_eq!(id(""), imported_id(tenant, "salon", "appointment", "A1\u{1f}2018-06-09"));
    }
}
