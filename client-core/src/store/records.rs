//! Table `records`: whole rows that the server writes, as canonical JSON.

use domain::conflicts::Changed;
use domain::documents::Hash;
use domain::sync::{RecordKind, canonical_json, record_digest};
use rusqlite::params;
use serde_json::Value as Json;
use uuid::Uuid;

use super::sql::{self, all, count, first, run};
use super::{Result, Tx};

/// A record as it lies in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRecord {
    /// Its kind.
    pub record: String,
    /// Its id.
    pub id: Uuid,
    /// What it says.
    pub body: Json,
}

impl StoredRecord {
    /// SHA-256 of its canonical JSON, as comparisons show it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(canonical_json(&self.body).as_bytes())
    }
}

impl Tx<'_> {
    /// Puts a record, or takes it out when it has no body; the digest moves along.
    pub fn put_record(&self, record: &str, id: Uuid, body: Option<&Json>, seq: u64) -> Result<()> {
        let standing = self.record(record, id)?;
        if record == "service" && takes(standing.as_ref().map(|old| &old.body)) != takes(body) {
            self.note_changed(Changed::Service(id));
        }
        if record == RecordKind::Promises.as_str() {
            let named = |body: &Json| body.get("appointmentId")?.as_str()?.parse().ok();
            let visit = body.and_then(named).or_else(|| standing.as_ref().and_then(|old| named(&old.body)));
            if let Some(visit) = visit {
                self.note_changed(Changed::Appointment(visit));
            }
        }
        let before = standing.map(|old| record_digest(record, id, &old.body));
        if let Some(body) = body {
            let sql = "INSERT INTO records (record, id, body, seq) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (record, id) DO UPDATE SET body = excluded.body, seq = excluded.seq";
            let seq = i64::try_from(seq).unwrap_or(i64::MAX);
            run(self.conn, sql, params![record, id.as_bytes(), canonical_json(body), seq])?;
        } else {
            let sql = "DELETE FROM records WHERE record = ?1 AND id = ?2";
            run(self.conn, sql, params![record, id.as_bytes()])?;
        }
        self.move_digest("records", before, body.map(|body| record_digest(record, id, body)))
    }

    /// One record.
    pub fn record(&self, record: &str, id: Uuid) -> Result<Option<StoredRecord>> {
        let sql = "SELECT record, id, body FROM records WHERE record = ?1 AND id = ?2";
        first(self.conn, sql, params![record, id.as_bytes()], read)?.map(parse).transpose()
    }

    /// The records with this id, of whatever kind.
    pub fn records_by_id(&self, id: Uuid) -> Result<Vec<StoredRecord>> {
        let sql = "SELECT record, id, body FROM records WHERE id = ?1 ORDER BY record";
        all(self.conn, sql, params![id.as_bytes()], read)?.into_iter().map(parse).collect()
    }

    /// All records of a kind, by id.
    pub fn records(&self, record: &str) -> Result<Vec<StoredRecord>> {
        let sql = "SELECT record, id, body FROM records WHERE record = ?1 ORDER BY id";
        all(self.conn, sql, params![record], read)?.into_iter().map(parse).collect()
    }

    /// The payments of some clients.
    pub fn payments_of_clients(&self, clients: &[Uuid]) -> Result<Vec<StoredRecord>> {
        let sql = "SELECT record, id, body FROM records INDEXED BY payments_by_client
                   WHERE record = 'payment' AND json_extract(body, '$.clientId') = ?1 ORDER BY id";
        self.payments_named(sql, clients)
    }

    /// The payments of some visits.
    pub fn payments_of_visits(&self, visits: &[Uuid]) -> Result<Vec<StoredRecord>> {
        let sql = "SELECT record, id, body FROM records INDEXED BY payments_by_visit
                   WHERE record = 'payment' AND json_extract(body, '$.appointmentId') = ?1 ORDER BY id";
        self.payments_named(sql, visits)
    }

    /// The queries name their index: by its own guess SQLite reads all payments there are.
    fn payments_named(&self, sql: &str, ids: &[Uuid]) -> Result<Vec<StoredRecord>> {
        let mut found = Vec::new();
        for id in ids {
            for raw in all(self.conn, sql, params![id.to_string()], read)? {
                found.push(parse(raw)?);
            }
        }
        Ok(found)
    }

    /// How many records there are.
    pub fn count_records(&self) -> Result<u64> {
        count(self.conn, "SELECT count(*) FROM records", [])
    }

    pub(super) fn record_digests(&self) -> Result<Vec<(Uuid, Hash)>> {
        let rows = all(self.conn, "SELECT record, id, body FROM records ORDER BY record, id", [], read)?;
        rows.into_iter()
            .map(|row| parse(row).map(|r| (r.id, record_digest(&r.record, r.id, &r.body))))
            .collect()
    }
}

/// What of a service says how much of her time a visit takes, and whether it is offered.
fn takes(service: Option<&Json>) -> Option<[Option<&Json>; 4]> {
    service.map(|body| SHAPING.map(|name| body.get(name)))
}

/// The fields of a service on which conflicts depend.
pub(super) const SHAPING: [&str; 4] = ["active", "segments", "bufferBeforeMin", "bufferAfterMin"];

type Raw = (String, Uuid, String);

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Raw> {
    Ok((row.get(0)?, sql::uuid(row, 1)?, row.get(2)?))
}

fn parse((record, id, body): Raw) -> Result<StoredRecord> {
    Ok(StoredRecord { record, id, body: serde_json::from_str(&body)? })
}
