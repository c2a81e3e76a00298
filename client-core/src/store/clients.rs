//! Table `clients`.

use domain::clients::ClientRow;
use domain::search::fold;
use rusqlite::params;
use uuid::Uuid;

use super::sql::{self, all, first, run};
use super::{Result, Tx};

/// A client that is not deleted, with the start of the last completed visit.
#[derive(Clone, Debug)]
pub struct ClientEntry {
    /// The client's id.
    pub id: Uuid,
    /// What its document says.
    pub row: ClientRow,
    /// RFC 3339.
    pub last_visit_at: Option<String>,
}

impl Tx<'_> {
    pub(super) fn put_client(&self, id: Uuid, row: &ClientRow, json: &str) -> Result<()> {
        let sql = "INSERT INTO clients (id, row, name_folded, phone, email, deleted) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (id) DO UPDATE SET row = excluded.row, name_folded = excluded.name_folded,
                   phone = excluded.phone, email = excluded.email, deleted = excluded.deleted";
        let deleted = row.deleted_at.is_some();
        run(self.conn, sql, params![id.as_bytes(), json, fold(&row.name), row.phone, row.email, deleted])
            .map(drop)
    }

    /// All clients that are not deleted, by folded name and id.
    pub fn clients(&self) -> Result<Vec<ClientEntry>> {
        let sql = "SELECT id, row FROM clients WHERE deleted = 0 ORDER BY name_folded, id";
        let rows: Vec<(Uuid, String)> = all(self.conn, sql, [], |row| Ok((sql::uuid(row, 0)?, row.get(1)?)))?;
        let mut visits = self.last_visits()?;
        rows.into_iter()
            .map(|(id, row)| {
                Ok(ClientEntry { id, row: serde_json::from_str(&row)?, last_visit_at: visits.remove(&id) })
            })
            .collect()
    }

    /// One client that is not deleted.
    pub fn client(&self, id: Uuid) -> Result<Option<ClientEntry>> {
        let sql = "SELECT row FROM clients WHERE id = ?1 AND deleted = 0";
        let Some(row) = first(self.conn, sql, params![id.as_bytes()], |row| row.get::<_, String>(0))? else {
            return Ok(None);
        };
        let last_visit_at = self.last_visit(id)?;
        Ok(Some(ClientEntry { id, row: serde_json::from_str(&row)?, last_visit_at }))
    }

    /// Who was merged into whom: who goes, who stays.
    pub fn mergings(&self) -> Result<Vec<(Uuid, String)>> {
        let sql = "SELECT id, row ->> 'mergedInto' FROM clients WHERE deleted = 1 AND row ->> 'mergedInto' IS NOT NULL";
        all(self.conn, sql, [], |row| Ok((sql::uuid(row, 0)?, row.get(1)?)))
    }

    /// Clients that are not deleted with this phone or this e-mail in any case, by id.
    pub fn clients_with_contact(&self, phone: Option<&str>, email: Option<&str>) -> Result<Vec<ClientEntry>> {
        let sql = "SELECT id, row FROM clients WHERE deleted = 0 AND phone = ?1 UNION
                   SELECT id, row FROM clients WHERE deleted = 0 AND lower(email) = lower(?2) ORDER BY id";
        let read = |row: &rusqlite::Row<'_>| Ok((sql::uuid(row, 0)?, row.get(1)?));
        let rows: Vec<(Uuid, String)> = all(self.conn, sql, params![phone, email], read)?;
        let entry = |(id, row): (Uuid, String)| {
            Ok(ClientEntry { id, row: serde_json::from_str(&row)?, last_visit_at: None })
        };
        rows.into_iter().map(entry).collect()
    }
}
