//! How an import writes: new things as every replica would write them, ordinary edits in the name of whoever runs it, and
//! the marks by which a later import and an undo know what is what.
//!
//! Part of the import room. Everything goes through the door of the [`Base`].

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::Problem;
use super::base::{Base, Kept, Known, Stop};
use super::clients::with_origin;
use super::identity::{author, row_hash};
use super::session::Import;
use super::undo::redo;
use crate::clients::{self, ClientEdit};
use crate::documents::{Author, Chunk, Collection, Document, Writer};
use crate::email::Email;
use crate::ids::{ClientId, Ids, ServiceId};
use crate::phone::Phone;

impl<B: Base> Import<'_, B> {
    /// Writes a client as every device would write her from this row.
    pub(super) fn create_client(
        &mut self,
        id: Uuid,
        said: &Map<String, Json>,
        code: &str,
    ) -> Result<(), Stop<B::Error>> {
        let has_text = said.contains_key("notes");
        let fields = with_origin(said, code);
        let fields = if has_text { fields } else { self.originated(fields, "meta") };
        let edit = ClientEdit::new_from_json(&fields).map_err(Problem::Fields)?;
        let author = author(id, &json!({ "fields": fields }));
        let (document, chunk) = clients::create(&author, 0, &edit);
        self.keep_new(id, 0, document, chunk, has_text)?;
        self.remember(id, &edit);
        Ok(())
    }

    /// Notes by which contacts a client of this file is known, so that a later row of it is told as a duplicate.
    pub(super) fn remember(&mut self, id: Uuid, edit: &ClientEdit) {
        let known = Known { id: ClientId(id), name: edit.name.value().cloned().unwrap_or_default() };
        self.contacts.add(
            edit.phone.value().map(Phone::as_str),
            edit.email.value().map(Email::as_str),
            &known,
        );
    }

    /// With the mark by which an undo finds what an import made.
    pub(super) fn originated(&self, mut fields: Map<String, Json>, meta: &str) -> Map<String, Json> {
        if let Some(Json::Object(entries)) = fields.get_mut(meta) {
            entries.insert("importId".to_owned(), Json::from(self.id.to_string()));
            let mut sorted: Vec<_> = std::mem::take(entries).into_iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.extend(sorted);
        }
        fields
    }

    /// Keeps a document that was not there. One with a free text gets the import's mark as a change of its own: two files
    /// with one row, imported while two devices are apart, would otherwise make two first changes, and a text that two
    /// changes insert stands twice. Everything else of two first changes merges into one.
    pub(super) fn keep_new(
        &mut self,
        id: Uuid,
        at: i64,
        mut document: Document,
        chunk: Option<Chunk>,
        has_text: bool,
    ) -> Result<(), Stop<B::Error>> {
        self.base.keep(id, Kept { document: document.clone(), chunk, is_new: true })?;
        if !has_text {
            return Ok(());
        }
        let mark = Map::from_iter([("importId".to_owned(), Json::from(self.id.to_string()))]);
        let author = author(id, &Json::Object(mark.clone()));
        let chunk = document.edit(&author, at, "import.mark", |w| w.merge_map("meta", Some(&mark)));
        self.base.keep(id, Kept { document, chunk, is_new: false })
    }

    /// Edits a document that is there, in the name of whoever runs the import.
    pub(super) fn edit(
        &mut self,
        collection: Collection,
        id: Uuid,
        edit: impl FnOnce(&mut Document, &Author, i64) -> Option<Chunk>,
    ) -> Result<(), Stop<B::Error>> {
        let mut document = self.base.open(collection, id)?;
        let (author, at) = self.base.author().map_err(Stop::All)?;
        match edit(&mut document, &author, at) {
            Some(chunk) => self.base.keep(id, Kept { document, chunk: Some(chunk), is_new: false }),
            None => Ok(()),
        }
    }

    /// Brings back what the undoing of an import removed.
    pub(super) fn bring_back(
        &mut self,
        collection: Collection,
        id: Uuid,
        more: impl FnOnce(&mut Writer<'_>),
    ) -> Result<(), Stop<B::Error>> {
        let import = self.id;
        self.edit(collection, id, |document, author, at| redo(document, author, at, import, more))
    }
}

/// What a row says, with the mark by which a later import sees whether the row has changed.
pub(super) fn marked(said: &Map<String, Json>, meta: &str, further: &[(&str, Json)]) -> Map<String, Json> {
    marked_as(said, &row_hash(said), meta, further)
}

/// The same of a row whose fields follow from what is there too, and not from the row alone.
pub(super) fn marked_as(
    said: &Map<String, Json>,
    hash: &str,
    meta: &str,
    further: &[(&str, Json)],
) -> Map<String, Json> {
    let mut fields = said.clone();
    let mut entries = fields.remove(meta).and_then(|meta| meta.as_object().cloned()).unwrap_or_default();
    entries.insert("importHash".to_owned(), Json::from(hash));
    entries.extend(further.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    // Sorted, so that the order does not depend on how this was built.
    let mut sorted: Vec<_> = entries.into_iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    fields.insert(meta.to_owned(), Json::Object(sorted.into_iter().collect()));
    fields
}

/// The id of a service as JSON shows it.
pub(super) fn service_json(id: ServiceId) -> Json {
    Json::from(id.to_string())
}

/// Further ids that a row may need: they follow from its own.
#[derive(Debug)]
pub(super) struct RowIds {
    row: Uuid,
    given: u32,
}

impl RowIds {
    pub(super) const fn of(row: Uuid) -> Self {
        Self { row, given: 0 }
    }
}

impl Ids for RowIds {
    fn uuid(&mut self) -> Uuid {
        self.given += 1;
        Uuid::new_v5(&self.row, self.given.to_string().as_bytes())
    }
}
