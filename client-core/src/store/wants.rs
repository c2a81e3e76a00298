//! Table `wants`: documents and records that must come whole, because something is missing or damaged here.

use rusqlite::params;
use uuid::Uuid;

use super::sql::{self, all, count, run};
use super::{Result, Tx};

impl Tx<'_> {
    /// Wants a document or record whole.
    pub fn want(&self, doc: Uuid) -> Result<()> {
        run(
            self.conn,
            "INSERT INTO wants (doc) VALUES (?1) ON CONFLICT (doc) DO NOTHING",
            params![doc.as_bytes()],
        )
        .map(drop)
    }

    /// What is wanted; those first that were asked for least.
    pub fn wants(&self, limit: u32) -> Result<Vec<Uuid>> {
        all(self.conn, "SELECT doc FROM wants ORDER BY tries, doc LIMIT ?1", params![limit], |row| {
            sql::uuid(row, 0)
        })
    }

    /// Whether this is wanted.
    pub fn is_wanted(&self, doc: Uuid) -> Result<bool> {
        Ok(count(self.conn, "SELECT count(*) FROM wants WHERE doc = ?1", params![doc.as_bytes()])? > 0)
    }

    /// How much is wanted.
    pub fn wants_len(&self) -> Result<u64> {
        count(self.conn, "SELECT count(*) FROM wants", [])
    }

    /// It came.
    pub(crate) fn unwant(&self, doc: Uuid) -> Result<()> {
        run(self.conn, "DELETE FROM wants WHERE doc = ?1", params![doc.as_bytes()]).map(drop)
    }

    /// It was asked for and did not come. Answers whether it was given up after so many tries.
    pub(crate) fn want_in_vain(&self, doc: Uuid, most: u32) -> Result<bool> {
        run(self.conn, "UPDATE wants SET tries = tries + 1 WHERE doc = ?1", params![doc.as_bytes()])?;
        let gone = run(
            self.conn,
            "DELETE FROM wants WHERE doc = ?1 AND tries >= ?2",
            params![doc.as_bytes(), most],
        )?;
        Ok(gone > 0)
    }
}
