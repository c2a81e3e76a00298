//! Table `outbox`: changes that the server has not acknowledged, in the order in which they go out.

use domain::documents::{Collection, Hash};
use rusqlite::{Row, params};
use uuid::Uuid;

use super::sql::{self, all, count, first, run};
use super::{Result, Tx};

/// A change on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The action it belongs to, if that made several changes.
    pub group: Option<Uuid>,
    /// The document.
    pub doc: Uuid,
    /// Its collection.
    pub collection: Collection,
    /// The change.
    pub hash: Hash,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Where a change is queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Before all others: what they may build upon.
    Front,
    /// After all others.
    Back,
}

const COLUMNS: &str = "group_id, doc, collection, hash, bytes";

fn read(row: &Row<'_>) -> rusqlite::Result<OutboxEntry> {
    Ok(OutboxEntry {
        group: row.get::<_, Option<[u8; 16]>>(0)?.map(Uuid::from_bytes),
        doc: sql::uuid(row, 1)?,
        collection: sql::collection(row, 2)?,
        hash: sql::hash(row, 3)?,
        bytes: row.get(4)?,
    })
}

impl Tx<'_> {
    /// Queues changes in this order; one that is queued already stays where it is.
    pub(crate) fn queue(&self, end: End, entries: &[OutboxEntry]) -> Result<usize> {
        let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let next = match end {
            End::Back => "SELECT coalesce(max(n), 0) + 1 FROM outbox",
            End::Front => "SELECT coalesce(min(n), 0) - ?1 FROM outbox",
        };
        let params: &[&dyn rusqlite::ToSql] = if end == End::Front { &[&count] } else { &[] };
        let start: i64 = first(self.conn, next, params, |row| row.get(0))?.unwrap_or(1);
        let sql =
            "INSERT INTO outbox (n, group_id, doc, collection, hash, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (doc, hash) DO NOTHING";
        let mut queued = 0;
        for (n, entry) in (start..).zip(entries) {
            let group = entry.group.map(Uuid::into_bytes);
            let (doc, collection) = (entry.doc.as_bytes(), entry.collection.as_str());
            queued += run(self.conn, sql, params![n, group, doc, collection, entry.hash.0, entry.bytes])?;
        }
        Ok(queued)
    }

    /// The oldest changes, up to about so many bytes, groups whole; at least one change or group.
    pub fn outbox_batch(&self, bytes: usize) -> Result<Vec<OutboxEntry>> {
        let sql = format!("SELECT {COLUMNS} FROM outbox ORDER BY n");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let (mut batch, mut size) = (Vec::<OutboxEntry>::new(), 0);
        while let Some(row) = rows.next()? {
            let entry = read(row)?;
            let goes_on = entry.group.is_some() && batch.last().is_some_and(|last| last.group == entry.group);
            // The envelope of a change costs about 80 bytes.
            size += entry.bytes.len() + 80;
            if size > bytes && !batch.is_empty() && !goes_on {
                break;
            }
            batch.push(entry);
        }
        Ok(batch)
    }

    /// Which changes wait, in order; read without their bytes.
    pub fn outbox_keys(&self) -> Result<Vec<(Uuid, Hash)>> {
        let sql = "SELECT doc, hash FROM outbox ORDER BY n";
        all(self.conn, sql, [], |row| Ok((sql::uuid(row, 0)?, sql::hash(row, 1)?)))
    }

    /// The unsent changes of a document, in order.
    pub fn outbox_of(&self, doc: Uuid) -> Result<Vec<OutboxEntry>> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE doc = ?1 ORDER BY n");
        all(self.conn, &sql, params![doc.as_bytes()], read)
    }

    /// How many changes wait.
    pub fn outbox_len(&self) -> Result<u64> {
        count(self.conn, "SELECT count(*) FROM outbox", [])
    }

    /// The first and the last number in use.
    pub(crate) fn outbox_ends(&self) -> Result<(i64, i64)> {
        let sql = "SELECT coalesce(min(n), 0), coalesce(max(n), 0) FROM outbox";
        Ok(first(self.conn, sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or_default())
    }

    /// The documents with unsent changes, by id.
    pub fn outbox_docs(&self) -> Result<Vec<(Uuid, Collection)>> {
        let sql = "SELECT DISTINCT doc, collection FROM outbox ORDER BY doc";
        all(self.conn, sql, [], |row| Ok((sql::uuid(row, 0)?, sql::collection(row, 1)?)))
    }

    /// How many documents the unsent changes of a group touch.
    pub(crate) fn group_size(&self, group: Uuid) -> Result<usize> {
        let sql = "SELECT count(DISTINCT doc) FROM outbox WHERE group_id = ?1";
        Ok(usize::try_from(count(self.conn, sql, params![group.as_bytes()])?).unwrap_or(usize::MAX))
    }

    /// Counts that the server got other bytes than these; answers the change and how often that has happened.
    pub(crate) fn count_garbled(&self, doc: Uuid, hash: Hash) -> Result<Option<(OutboxEntry, u32)>> {
        let sql = format!(
            "UPDATE outbox SET garbled = garbled + 1 WHERE doc = ?1 AND hash = ?2 RETURNING {COLUMNS}, garbled"
        );
        first(self.conn, &sql, params![doc.as_bytes(), hash.0], |row| Ok((read(row)?, row.get(5)?)))
    }

    /// Takes a change out: the server has it, or it will never go.
    pub(crate) fn unqueue(&self, doc: Uuid, hash: Hash) -> Result<Option<OutboxEntry>> {
        let sql = format!("DELETE FROM outbox WHERE doc = ?1 AND hash = ?2 RETURNING {COLUMNS}");
        first(self.conn, &sql, params![doc.as_bytes(), hash.0], read)
    }
}
