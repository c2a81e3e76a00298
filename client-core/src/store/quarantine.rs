//! Table `quarantine`: bytes that could not be used, kept with the reason until she has seen them (rule D10).

use domain::documents::{Collection, Hash};
use rusqlite::params;
use serde::Serialize;
use uuid::Uuid;

use super::sql::{self, all, first, run};
use super::{Result, Tx};

/// Bytes to be put aside.
#[derive(Clone, Copy, Debug)]
pub struct QuarantinedChunk<'a> {
    /// The document they were meant for.
    pub doc: Uuid,
    /// Its collection.
    pub collection: Collection,
    /// The hash they were said to have.
    pub hash: Hash,
    /// The bytes.
    pub bytes: &'a [u8],
    /// A code: one of `ErrorCode`, or `damaged_on_disk`, `replayed`.
    pub reason: &'a str,
}

/// An entry of the quarantine, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// Its number.
    pub number: i64,
    /// The document.
    pub id: Uuid,
    /// Its collection.
    pub collection: Collection,
    /// The hash the bytes were said to have.
    pub hash: Hash,
    /// Why they were put aside.
    pub reason: String,
    /// Seconds since 1970.
    pub at: i64,
}

impl Tx<'_> {
    /// Puts bytes aside; the same bytes for the same reason only once.
    pub fn quarantine(&self, chunk: QuarantinedChunk<'_>, at: i64) -> Result<()> {
        let sql = "INSERT INTO quarantine (doc, collection, hash, bytes, reason, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (doc, hash, reason) DO NOTHING";
        let QuarantinedChunk { doc, collection, hash, bytes, reason } = chunk;
        run(self.conn, sql, params![doc.as_bytes(), collection.as_str(), hash.0, bytes, reason, at]).map(drop)
    }

    /// All entries, oldest first.
    pub fn quarantined(&self) -> Result<Vec<Quarantined>> {
        let sql = "SELECT id, doc, collection, hash, reason, at FROM quarantine ORDER BY id";
        all(self.conn, sql, [], |row| {
            Ok(Quarantined {
                number: row.get(0)?,
                id: sql::uuid(row, 1)?,
                collection: sql::collection(row, 2)?,
                hash: sql::hash(row, 3)?,
                reason: row.get(4)?,
                at: row.get(5)?,
            })
        })
    }

    /// The bytes of an entry.
    pub fn quarantined_bytes(&self, number: i64) -> Result<Option<Vec<u8>>> {
        first(self.conn, "SELECT bytes FROM quarantine WHERE id = ?1", params![number], |row| row.get(0))
    }

    /// Forgets the entries of a document that was erased on purpose.
    pub(crate) fn forget_quarantine(&self, doc: Uuid) -> Result<()> {
        run(self.conn, "DELETE FROM quarantine WHERE doc = ?1", params![doc.as_bytes()]).map(drop)
    }
}
