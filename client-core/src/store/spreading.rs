//! Table `spreading`: documents on the server that another device may not have yet, with the number that it must have read.

use rusqlite::params;
use uuid::Uuid;

use super::sql::{self, all, count, run};
use super::{Result, Tx};

impl Tx<'_> {
    /// A change of this document stands in the log, at this number at the latest.
    pub(crate) fn spreads(&self, doc: Uuid, seq: u64) -> Result<()> {
        let sql = "INSERT INTO spreading (doc, seq) VALUES (?1, ?2)
                   ON CONFLICT (doc) DO UPDATE SET seq = max(seq, excluded.seq)";
        run(self.conn, sql, params![doc.as_bytes(), signed(seq)]).map(drop)
    }

    /// Every other device has read up to this number.
    pub(crate) fn has_spread(&self, to: u64) -> Result<()> {
        run(self.conn, "DELETE FROM spreading WHERE seq <= ?1", params![signed(to)]).map(drop)
    }

    /// The documents that another device may not have yet, by id.
    pub fn spreading(&self) -> Result<Vec<Uuid>> {
        all(self.conn, "SELECT doc FROM spreading ORDER BY doc", [], |row| sql::uuid(row, 0))
    }

    /// How many records have a number above this one.
    pub fn count_records_after(&self, seq: u64) -> Result<u64> {
        count(self.conn, "SELECT count(*) FROM records WHERE seq > ?1", params![signed(seq)])
    }
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
