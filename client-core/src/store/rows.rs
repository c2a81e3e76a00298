//! Rows: what a document says, as the JSON that every replica has byte for byte, in the table of its collection.

use domain::Projection;
use domain::conflicts::Changed;
use domain::documents::Collection;
use rusqlite::params;
use uuid::Uuid;

use super::sql::{self, all, first, run};
use super::{Result, Tx};

impl Tx<'_> {
    /// Puts a row and its search entry. The document must be there already.
    pub fn put_row(&self, id: Uuid, projection: &Projection) -> Result<()> {
        self.put_only_row(id, projection)?;
        self.index(id, projection)
    }

    /// The same for a document that was put just now and was not there before.
    pub fn put_new_row(&self, id: Uuid, projection: &Projection) -> Result<()> {
        self.put_only_row(id, projection)?;
        self.index_new(id, projection)
    }

    fn put_only_row(&self, id: Uuid, projection: &Projection) -> Result<()> {
        self.note_changed(changed(projection.collection(), id));
        match projection {
            Projection::Clients(row) => self.put_client(id, row, &projection.to_json()),
            Projection::Appointments(row) => self.put_appointment(id, row, &projection.to_json()),
            Projection::Notes(row) => self.put_note(id, row, &projection.to_json()),
        }
    }

    /// The row's JSON.
    pub fn row(&self, collection: Collection, id: Uuid) -> Result<Option<String>> {
        let sql = format!("SELECT row FROM {collection} WHERE id = ?1");
        first(self.conn, &sql, params![id.as_bytes()], |row| row.get(0))
    }

    /// The rows of a collection in whose JSON a text stands, removed ones too, by id.
    pub fn rows_with(&self, collection: Collection, text: &str) -> Result<Vec<(Uuid, String)>> {
        let sql = format!("SELECT id, row FROM {collection} WHERE instr(row, ?1) > 0 OR ?1 = '' ORDER BY id");
        all(self.conn, &sql, params![text], |row| Ok((sql::uuid(row, 0)?, row.get(1)?)))
    }

    /// Takes only the search entry out; the row stays to be shown.
    pub(crate) fn remove_search_entry(&self, id: Uuid) -> Result<()> {
        self.unindex(id)
    }

    /// Takes a row and its search entry out.
    pub fn remove_row(&self, collection: Collection, id: Uuid) -> Result<()> {
        self.unindex(id)?;
        self.note_changed(changed(collection, id));
        run(self.conn, &format!("DELETE FROM {collection} WHERE id = ?1"), params![id.as_bytes()]).map(drop)
    }
}

const fn changed(collection: Collection, id: Uuid) -> Changed {
    match collection {
        Collection::Clients => Changed::Client(id),
        Collection::Appointments => Changed::Appointment(id),
        Collection::Notes => Changed::Note(id),
    }
}
