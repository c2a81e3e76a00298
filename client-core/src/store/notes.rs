//! Table `notes`.

use domain::notes::NoteRow;
use rusqlite::params;
use uuid::Uuid;

use super::sql::{self, all, first, run};
use super::{Result, Tx};

impl Tx<'_> {
    pub(super) fn put_note(&self, id: Uuid, row: &NoteRow, json: &str) -> Result<()> {
        let sql = "INSERT INTO notes (id, row, client_id, created_at, deleted) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (id) DO UPDATE SET row = excluded.row, client_id = excluded.client_id,
                   created_at = excluded.created_at, deleted = excluded.deleted";
        let client = row.client_id.map(|id| id.0.into_bytes());
        run(self.conn, sql, params![id.as_bytes(), json, client, row.created_at, row.deleted_at.is_some()])
            .map(drop)
    }

    /// Notes that are not deleted, of one client or of all, by id.
    pub fn notes(&self, client: Option<Uuid>) -> Result<Vec<(Uuid, NoteRow)>> {
        let entry = |row: &rusqlite::Row<'_>| Ok((sql::uuid(row, 0)?, row.get(1)?));
        let rows: Vec<(Uuid, String)> = match client {
            None => all(self.conn, "SELECT id, row FROM notes WHERE deleted = 0 ORDER BY id", [], entry)?,
            Some(client) => {
                let sql = "SELECT id, row FROM notes WHERE client_id = ?1 AND deleted = 0 ORDER BY id";
                all(self.conn, sql, params![client.as_bytes()], entry)?
            }
        };
        rows.into_iter().map(|(id, row)| Ok((id, serde_json::from_str(&row)?))).collect()
    }

    /// One note that is not deleted.
    pub fn note(&self, id: Uuid) -> Result<Option<NoteRow>> {
        let sql = "SELECT row FROM notes WHERE id = ?1 AND deleted = 0";
        let row: Option<String> = first(self.conn, sql, params![id.as_bytes()], |row| row.get(0))?;
        Ok(row.map(|row| serde_json::from_str(&row)).transpose()?)
    }
}
