//! Sync's storage on Postgres: every SQL statement of the log, the documents, the records and the rows.
//!
//! Row-level security binds each statement to the transaction's tenant; the tenant is named in the keys all the same.

use std::collections::BTreeMap;

use domain::audit::Event;
use domain::documents::{Collection, Hash, Heads};
use domain::ids::{DeviceId, IntentId, TenantId};
use domain::settings::Profile;
use domain::sync::{
    CompareDoc, Intent, IntentResult, RecordKind, Sum, document_digest, purged_digest, record_digest,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::store_phases;
use super::store_rows::{keep_rows, remake, rows};
use super::tx::{Entry, EntryKind, Form, Kept, LogState, Phase, Refused, StoredDocument, StoredRecord, Tx};
use crate::db::{StoreError, TenantTx};
use crate::{audit, ledger};

/// The most chunks that a tenant's quarantine keeps; older ones are for the log of the device.
const MOST_QUARANTINED: i64 = 1_000;

/// How many documents or entries go into one statement.
const AT_ONCE: usize = 1_000;

impl Tx for TenantTx {
    fn tenant(&self) -> TenantId {
        Self::tenant(self)
    }

    async fn lock(&mut self) -> Result<(), StoreError> {
        let tenant = Self::tenant(self).0;
        sqlx::query_scalar!("SELECT head FROM tenants WHERE id = $1 FOR UPDATE", tenant)
            .fetch_one(self.conn())
            .await?;
        Ok(())
    }

    async fn is_revoked(&mut self, device: DeviceId) -> Result<bool, StoreError> {
        let tenant = Self::tenant(self).0;
        let revoked = sqlx::query_scalar!(
            r#"SELECT revoked_at IS NOT NULL AS "revoked!" FROM devices WHERE tenant_id = $1 AND id = $2"#,
            tenant,
            device.0
        )
        .fetch_optional(self.conn())
        .await?;
        // One that is not known has no key either.
        Ok(revoked.unwrap_or(true))
    }

    async fn state(&mut self) -> Result<LogState, StoreError> {
        let tenant = Self::tenant(self).0;
        let rows = sqlx::query!(
            r#"SELECT t.head, t.epoch, t.chain, d.part AS "part?", d.sum AS "sum?"
               FROM tenants t LEFT JOIN digests d ON d.tenant_id = t.id
               WHERE t.id = $1"#,
            tenant
        )
        .fetch_all(self.conn())
        .await?;
        let first = rows.first().ok_or_else(|| StoreError::damaged("the tenant has no row"))?;
        let (head, epoch, chain) = (number(first.head)?, first.epoch, hash(&first.chain)?);
        let mut digest: BTreeMap<String, Sum> = ["clients", "appointments", "notes", "records"]
            .map(|part| (part.to_owned(), Sum::default()))
            .into();
        for row in rows {
            if let (Some(part), Some(sum)) = (row.part, row.sum) {
                digest.insert(part, Sum(hash(&sum)?.0));
            }
        }
        Ok(LogState { head, chain, epoch, digest })
    }

    async fn keep_state(&mut self, state: &LogState) -> Result<(), StoreError> {
        let tenant = Self::tenant(self).0;
        sqlx::query!(
            "UPDATE tenants SET head = $2, chain = $3, epoch = $4 WHERE id = $1",
            tenant,
            big(state.head)?,
            &state.chain.0[..],
            state.epoch
        )
        .execute(self.conn())
        .await?;
        let parts: Vec<String> = state.digest.keys().cloned().collect();
        let sums: Vec<Vec<u8>> = state.digest.values().map(|sum| sum.0.to_vec()).collect();
        sqlx::query!(
            "INSERT INTO digests (tenant_id, part, sum)
             SELECT $1, part, sum FROM unnest($2::text[], $3::bytea[]) AS new (part, sum)
             ON CONFLICT (tenant_id, part) DO UPDATE SET sum = excluded.sum",
            tenant,
            &parts,
            &sums
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    async fn documents(&mut self, ids: &[Uuid]) -> Result<BTreeMap<Uuid, StoredDocument>, StoreError> {
        let tenant = Self::tenant(self).0;
        let rows = sqlx::query!(
            "SELECT id, collection, form, bytes, checksum, heads, seq
             FROM documents
             WHERE tenant_id = $1 AND id = ANY($2)",
            tenant,
            ids
        )
        .fetch_all(self.conn())
        .await?;
        let mut found = BTreeMap::new();
        for row in rows {
            let collection = row.collection.parse().map_err(StoreError::damaged)?;
            let stored_heads = heads(&row.heads)?;
            let form = form_of(&row.form)?;
            let is_whole = Hash::of(&row.bytes).0[..] == row.checksum;
            let (form, bytes) = if is_whole {
                (form, row.bytes)
            } else {
                remake(self, row.id, collection, &stored_heads).await?
            };
            let seq = number(row.seq)?;
            found.insert(row.id, StoredDocument { collection, form, bytes, heads: stored_heads, seq });
        }
        Ok(found)
    }

    async fn keep_documents(&mut self, kept: &[Kept]) -> Result<(), StoreError> {
        let tenant = Self::tenant(self).0;
        for some in kept.chunks(AT_ONCE) {
            let ids: Vec<Uuid> = some.iter().map(|k| k.id).collect();
            let collections: Vec<&str> = some.iter().map(|k| k.document.collection.as_str()).collect();
            let forms: Vec<&str> = some.iter().map(|k| form_word(k.document.form)).collect();
            let bytes: Vec<&[u8]> = some.iter().map(|k| &k.document.bytes[..]).collect();
            let checksums: Vec<Vec<u8>> =
                some.iter().map(|k| Hash::of(&k.document.bytes).0.to_vec()).collect();
            let heads: Vec<Vec<u8>> =
                some.iter().map(|k| k.document.heads.iter().flat_map(|head| head.0).collect()).collect();
            let seqs: Vec<i64> = some.iter().map(|k| big(k.document.seq)).collect::<Result<_, _>>()?;
            sqlx::query!(
                "INSERT INTO documents (tenant_id, id, collection, form, bytes, checksum, heads, seq)
                 SELECT $1, id, collection, form, bytes, checksum, heads, seq
                 FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bigint[])
                      AS new (id, collection, form, bytes, checksum, heads, seq)
                 ON CONFLICT (tenant_id, id) DO UPDATE
                 SET form = excluded.form, bytes = excluded.bytes, checksum = excluded.checksum,
                     heads = excluded.heads, seq = excluded.seq",
                tenant,
                &ids,
                &collections as &[&str],
                &forms as &[&str],
                &bytes as &[&[u8]],
                &checksums,
                &heads,
                &seqs
            )
            .execute(self.conn())
            .await?;
            keep_rows(self, some).await?;
        }
        Ok(())
    }

    async fn append(&mut self, entries: &[Entry], device: Option<DeviceId>) -> Result<(), StoreError> {
        let tenant = Self::tenant(self).0;
        for some in entries.chunks(AT_ONCE) {
            let seqs: Vec<i64> = some.iter().map(|e| big(e.seq)).collect::<Result<_, _>>()?;
            let groups: Vec<Option<Uuid>> = some.iter().map(|e| e.group).collect();
            let items: Vec<Uuid> = some.iter().map(|e| e.item).collect();
            let hashes: Vec<Vec<u8>> = some.iter().map(|e| e.hash.0.to_vec()).collect();
            let chains: Vec<Vec<u8>> = some.iter().map(|e| e.chain.0.to_vec()).collect();
            let (mut kinds, mut parts, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
            for entry in some {
                let (kind, part, chunk) = match &entry.kind {
                    EntryKind::Change { collection, bytes } => ("change", collection.as_str(), bytes.clone()),
                    EntryKind::Record(kind) => ("record", kind.as_str(), None),
                    EntryKind::Purged(collection) => ("purged", collection.as_str(), None),
                };
                kinds.push(kind.to_owned());
                parts.push(part.to_owned());
                bytes.push(chunk);
            }
            sqlx::query!(
                "INSERT INTO sync_log (tenant_id, seq, kind, group_id, part, item_id, hash, bytes, chain, device_id, at)
                 SELECT $1, seq, kind, group_id, part, item_id, hash, bytes, chain, $10, now()
                 FROM unnest($2::bigint[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::bytea[], $8::bytea[],
                             $9::bytea[]) AS new (seq, kind, group_id, part, item_id, hash, bytes, chain)",
                tenant,
                &seqs,
                &kinds,
                &groups as &[Option<Uuid>],
                &parts,
                &items,
                &hashes,
                &bytes as &[Option<Vec<u8>>],
                &chains,
                device.map(|device| device.0)
            )
            .execute(self.conn())
            .await?;
        }
        Ok(())
    }

    async fn has_change(&mut self, hash: Hash) -> Result<bool, StoreError> {
        let tenant = Self::tenant(self).0;
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM sync_log WHERE tenant_id = $1 AND hash = $2) AS "found!""#,
            tenant,
            &hash.0[..]
        )
        .fetch_one(self.conn())
        .await?;
        Ok(found)
    }

    async fn chain_at(&mut self, seq: u64) -> Result<Option<Hash>, StoreError> {
        let tenant = Self::tenant(self).0;
        let Ok(seq) = big(seq) else { return Ok(None) };
        let chain =
            sqlx::query_scalar!("SELECT chain FROM sync_log WHERE tenant_id = $1 AND seq = $2", tenant, seq)
                .fetch_optional(self.conn())
                .await?;
        chain.map(|chain| hash(&chain)).transpose()
    }

    async fn entries(&mut self, after: u64, until: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let tenant = Self::tenant(self).0;
        let rows = sqlx::query!(
            "SELECT seq, kind, group_id, part, item_id, hash, bytes, chain
             FROM sync_log
             WHERE tenant_id = $1 AND seq > $2 AND seq <= $3
             ORDER BY seq
             LIMIT $4",
            tenant,
            big(after)?,
            big(until)?,
            i64::from(limit)
        )
        .fetch_all(self.conn())
        .await?;
        rows.into_iter()
            .map(|row| {
                let kind = match row.kind.as_str() {
                    "change" => {
                        let collection = row.part.parse().map_err(StoreError::damaged)?;
                        EntryKind::Change { collection, bytes: row.bytes }
                    }
                    "record" => EntryKind::Record(row.part),
                    "purged" => EntryKind::Purged(row.part.parse().map_err(StoreError::damaged)?),
                    other => return Err(StoreError::damaged(format!("{other:?} is no kind of log entry"))),
                };
                let (seq, hash, chain) = (number(row.seq)?, hash(&row.hash)?, hash(&row.chain)?);
                Ok(Entry { seq, kind, group: row.group_id, item: row.item_id, hash, chain })
            })
            .collect()
    }

    async fn phase(
        &mut self,
        phase: Phase,
        after: Uuid,
        since: i64,
        limit: u32,
    ) -> Result<Vec<Uuid>, StoreError> {
        store_phases::phase(self, phase, after, since, limit).await
    }

    async fn rows(
        &mut self,
        collection: Collection,
        ids: &[Uuid],
    ) -> Result<BTreeMap<Uuid, String>, StoreError> {
        rows(self, collection, ids).await
    }

    async fn records(&mut self, ids: &[Uuid]) -> Result<Vec<StoredRecord>, StoreError> {
        let tenant = Self::tenant(self).0;
        let rows = sqlx::query!(
            "SELECT kind, id, body, seq FROM records WHERE tenant_id = $1 AND id = ANY($2) ORDER BY kind, id",
            tenant,
            ids
        )
        .fetch_all(self.conn())
        .await?;
        rows.into_iter()
            .map(|row| {
                let body =
                    row.body.as_deref().map(serde_json::from_str).transpose().map_err(StoreError::damaged)?;
                Ok(StoredRecord { kind: row.kind, id: row.id, body, seq: number(row.seq)? })
            })
            .collect()
    }

    async fn keep_record(&mut self, record: &StoredRecord) -> Result<(), StoreError> {
        let tenant = Self::tenant(self).0;
        let before = sqlx::query_scalar!(
            "WITH before AS (SELECT body FROM records WHERE tenant_id = $1 AND kind = $2 AND id = $3),
                  kept AS (
                      INSERT INTO records (tenant_id, kind, id, body, seq)
                      VALUES ($1, $2, $3, $4, $5)
                      ON CONFLICT (tenant_id, kind, id) DO UPDATE SET body = excluded.body, seq = excluded.seq
                  )
             SELECT body FROM before",
            tenant,
            record.kind,
            record.id,
            record.body.as_ref().map(Json::to_string),
            big(record.seq)?
        )
        .fetch_optional(self.conn())
        .await?
        .flatten();
        // Where every door's records are written, the journal hears of them.
        let before: Option<Json> =
            before.map(|text| serde_json::from_str(&text)).transpose().map_err(StoreError::damaged)?;
        if let Some(event) = Event::record(&record.kind, record.id, before.as_ref(), record.body.as_ref()) {
            audit::record(self, event);
        }
        // And so do the books.
        ledger::follow(self, &record.kind, record.id, record.body.as_ref(), before.is_none()).await?;
        if let Some(body) = record.body.as_ref().filter(|_| record.kind == RecordKind::Tenant.as_str()) {
            // The row of the business follows its record, whoever wrote that.
            let profile = Profile::of_tenant(body);
            sqlx::query!(
                "UPDATE tenants SET name = $2, timezone = $3, locale = $4, currency = $5 WHERE id = $1",
                tenant,
                profile.business_name,
                profile.timezone,
                profile.locale,
                profile.currency.as_str()
            )
            .execute(self.conn())
            .await?;
        }
        Ok(())
    }

    async fn has_records_of(&mut self, kind: &str) -> Result<bool, StoreError> {
        let tenant = Self::tenant(self).0;
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                   SELECT FROM records WHERE tenant_id = $1 AND kind = $2 AND body IS NOT NULL
               ) AS "found!""#,
            tenant,
            kind
        )
        .fetch_one(self.conn())
        .await?;
        Ok(found)
    }

    async fn intent(&mut self, id: IntentId) -> Result<Option<IntentResult>, StoreError> {
        let tenant = Self::tenant(self).0;
        let result =
            sqlx::query_scalar!("SELECT result FROM intents WHERE tenant_id = $1 AND id = $2", tenant, id.0)
                .fetch_optional(self.conn())
                .await?;
        result.map(|text| serde_json::from_str(&text).map_err(StoreError::damaged)).transpose()
    }

    async fn keep_intent(&mut self, intent: &Intent, result: &IntentResult) -> Result<(), StoreError> {
        let tenant = Self::tenant(self).0;
        let text = serde_json::to_string(result).map_err(StoreError::damaged)?;
        sqlx::query!(
            "INSERT INTO intents (tenant_id, id, action, target, result, at) VALUES ($1, $2, $3, $4, $5, now())",
            tenant,
            intent.id.0,
            intent.action.chars().take(64).collect::<String>(),
            intent.target,
            text
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    async fn part(&mut self, part: &str) -> Result<Vec<(CompareDoc, Hash)>, StoreError> {
        let tenant = Self::tenant(self).0;
        if part == "records" {
            let rows = sqlx::query!(
                "SELECT kind, id, body FROM records WHERE tenant_id = $1 AND body IS NOT NULL",
                tenant
            )
            .fetch_all(self.conn())
            .await?;
            return rows
                .into_iter()
                .filter_map(|row| row.body.map(|body| (row.kind, row.id, body)))
                .map(|(kind, id, body)| {
                    let body: Json = serde_json::from_str(&body).map_err(StoreError::damaged)?;
                    let digest = record_digest(&kind, id, &body);
                    let canonical = Hash::of(domain::sync::canonical_json(&body).as_bytes());
                    Ok((CompareDoc { doc: id, heads: vec![canonical], purged: false }, digest))
                })
                .collect();
        }
        let rows = sqlx::query!(
            "SELECT id, form, heads FROM documents WHERE tenant_id = $1 AND collection = $2",
            tenant,
            part
        )
        .fetch_all(self.conn())
        .await?;
        rows.into_iter()
            .map(|row| {
                let (heads, purged) = (heads(&row.heads)?, form_of(&row.form)? == Form::Purged);
                let digest = if purged { purged_digest(row.id) } else { document_digest(row.id, &heads) };
                Ok((CompareDoc { doc: row.id, heads, purged }, digest))
            })
            .collect()
    }

    async fn quarantine(&mut self, refused: &Refused<'_>) -> Result<(), StoreError> {
        let tenant = Self::tenant(self).0;
        sqlx::query!(
            "INSERT INTO quarantine (tenant_id, doc_id, hash, code, collection, bytes, device_id, at)
             SELECT $1, $2, $3, $4, $5, $6, $7, now()
             WHERE (SELECT count(*) FROM quarantine WHERE tenant_id = $1) < $8
             ON CONFLICT DO NOTHING",
            tenant,
            refused.doc,
            &refused.hash.0[..],
            refused.code,
            refused.collection.chars().filter(|c| !c.is_control()).take(64).collect::<String>(),
            refused.bytes,
            refused.device.map(|device| device.0),
            MOST_QUARANTINED
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

const fn form_word(form: Form) -> &'static str {
    match form {
        Form::Change => "change",
        Form::Snapshot => "snapshot",
        Form::Purged => "purged",
        // Not a form that the table knows: the write fails aloud, and nothing writes it.
        Form::Damaged => "damaged",
    }
}

fn form_of(word: &str) -> Result<Form, StoreError> {
    match word {
        "change" => Ok(Form::Change),
        "snapshot" => Ok(Form::Snapshot),
        "purged" => Ok(Form::Purged),
        other => Err(StoreError::damaged(format!("{other:?} is no form of a document"))),
    }
}

fn hash(bytes: &[u8]) -> Result<Hash, StoreError> {
    bytes.try_into().map(Hash).map_err(|_| StoreError::damaged("a hash has 32 bytes"))
}

pub(super) fn heads(bytes: &[u8]) -> Result<Heads, StoreError> {
    bytes.chunks(32).map(hash).collect()
}

fn number(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(StoreError::damaged)
}

fn big(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(StoreError::damaged)
}
