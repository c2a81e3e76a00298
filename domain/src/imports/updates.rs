//! What an import changed of things that were there: marked in the very change, so that an undo finds it on whichever device
//! and sets it back.
//!
//! Part of the import room. Pure. Documents have their history, so there the mark is a moment; records have none, so there
//! it is what stood before and what the import wrote.

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::documents::{Author, Chunk, Document, Logged};
use crate::history::{put_back, touched};
use crate::services::Service;

/// What begins the name of a mark in `meta`; the import follows, so that the marks of two imports stand side by side.
const UPDATED: &str = "importUpdated:";

/// The name of an import's mark on what it changed.
pub(super) fn updated(import: Uuid) -> String {
    format!("{UPDATED}{import}")
}

/// The imports whose changes of this thing stand.
pub fn updated_by(meta: &Map<String, Json>) -> impl Iterator<Item = Uuid> {
    let standing = meta.iter().filter(|(_, mark)| !mark.is_null());
    standing.filter_map(|(name, _)| name.strip_prefix(UPDATED)?.parse().ok())
}

/// The changes by which imports changed what was there, the newest first; with `import` those of this one.
pub(super) fn updates(document: &mut Document, import: Option<Uuid>) -> Vec<Logged> {
    let name = format!("meta.{}", import.map_or_else(|| UPDATED.to_owned(), updated));
    let mut log = document.log();
    let written = document.written_since(&[]);
    log.retain(|logged| {
        let names = written.get(&logged.hash);
        if names.is_some_and(|names| !names.contains("meta")) {
            return false;
        }
        let fields = touched(document, logged, names);
        fields.iter().any(|(field, _, to)| field.starts_with(&name) && !to.is_null())
    });
    log.reverse();
    log
}

/// What setting back did.
#[derive(Debug, Default)]
pub(super) struct SetBack {
    /// The changes that it made.
    pub(super) chunks: Vec<Chunk>,
    /// Whether something stays because somebody has edited it since.
    pub(super) is_partial: bool,
}

/// Sets back what an import changed in a document, field by field, where it still stands as the import wrote it.
pub(super) fn set_back(document: &mut Document, author: &Author, at: i64, import: Uuid) -> SetBack {
    let mut done = SetBack::default();
    for update in updates(document, Some(import)) {
        let undone = put_back(document, author, at, &update, "import.undo");
        done.chunks.extend(undone.chunks);
        // Which row stands here by now is for imports to know.
        done.is_partial |= undone.kept.iter().any(|field| !field.starts_with("meta."));
    }
    done
}

/// The mark on a service that an import is about to change, as an entry of `meta`: JSON text, because records do not merge.
pub(super) fn service_mark(standing: &Service, body: &Map<String, Json>, import: Uuid) -> (String, Json) {
    let all = flat(standing);
    let hash = body.get("meta").and_then(|meta| meta.get("importHash"));
    let wrote: Map<String, Json> = body
        .iter()
        .filter(|(field, _)| *field != "meta")
        .map(|(field, value)| (field.clone(), value.clone()))
        .chain(hash.map(|hash| ("importHash".to_owned(), hash.clone())))
        .collect();
    let stood: Map<String, Json> =
        wrote.keys().map(|field| (field.clone(), all.get(field).cloned().unwrap_or_default())).collect();
    (updated(import), Json::from(json!({ "from": stood, "to": wrote }).to_string()))
}

/// The edit that sets a service back where it still stands as the import wrote it, and whether something else stays. `None`
/// if this import has changed nothing of it.
#[must_use]
pub fn service_set_back(service: &Service, import: Uuid) -> Option<(Map<String, Json>, bool)> {
    let name = updated(import);
    let mark: Json = serde_json::from_str(service.meta.get(&name)?.as_str()?).ok()?;
    let (from, to) = (mark.get("from")?.as_object()?, mark.get("to")?.as_object()?);
    let all = flat(service);
    let mut meta = Map::from_iter([(name, Json::Null)]);
    let mut body = Map::new();
    let mut is_partial = false;
    for (field, wrote) in to {
        let stood = from.get(field).cloned().unwrap_or_default();
        match (field.as_str(), all.get(field).unwrap_or(&Json::Null) == wrote) {
            ("importHash", true) => drop(meta.insert(field.clone(), stood)),
            ("importHash", false) => {}
            (_, true) => drop(body.insert(field.clone(), stood)),
            (_, false) => is_partial = true,
        }
    }
    body.insert("meta".to_owned(), Json::Object(meta));
    Some((body, is_partial))
}

/// A service as its fields, and the row that it was imported from beside them.
fn flat(service: &Service) -> Map<String, Json> {
    let mut all = match serde_json::to_value(service) {
        Ok(Json::Object(all)) => all,
        _ => Map::new(),
    };
    all.extend(service.meta.get("importHash").map(|hash| ("importHash".to_owned(), hash.clone())));
    all
}
