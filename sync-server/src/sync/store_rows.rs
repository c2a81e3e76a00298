//! The rows that lists and searches read: one per living document, written with it, the exact JSON of its projection.
//!
//! The second half of sync's storage; knows the three projection tables and nothing of the log but its bytes.

use domain::Projection;
use domain::documents::{Chunk, Collection, Document, Hash, Heads};
use domain::search::{digits, fold};
use jiff_sqlx::ToSqlx as _;
use serde_json::Value as Json;
use uuid::Uuid;

use super::store::heads;
use super::tx::{Form, Tx};
use crate::db::{StoreError, TenantTx};

impl TenantTx {
    /// A record's body.
    pub(super) async fn record(&mut self, kind: &str, id: Uuid) -> Result<Option<Json>, StoreError> {
        let found = Tx::records(self, &[id]).await?.into_iter().find(|record| record.kind == kind);
        Ok(found.and_then(|record| record.body))
    }

    /// Takes the bytes out of log entries that are older than `days`: their documents hold them. An old cursor gets
    /// the document instead. Returns how many.
    pub(super) async fn fold(&mut self, days: i32, most: i64) -> Result<u64, StoreError> {
        let tenant = Self::tenant(self).0;
        let done = sqlx::query!(
            "UPDATE sync_log SET bytes = NULL
             WHERE tenant_id = $1 AND seq IN (
                 SELECT seq FROM sync_log
                 WHERE tenant_id = $1 AND kind = 'change' AND bytes IS NOT NULL AND at < now() - make_interval(days => $2)
                 ORDER BY seq LIMIT $3)",
            tenant,
            days,
            most
        )
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected())
    }

    /// A document's row, and the heads that it was read at.
    pub(super) async fn row(
        &mut self,
        collection: Collection,
        id: Uuid,
    ) -> Result<Option<(Projection, Heads)>, StoreError> {
        let tenant = Self::tenant(self).0;
        let found = match collection {
            Collection::Clients => sqlx::query!(
                "SELECT row, heads FROM clients JOIN documents USING (tenant_id, id) WHERE tenant_id = $1 AND id = $2",
                tenant,
                id
            )
            .fetch_optional(self.conn())
            .await?
            .map(|found| (found.row, found.heads)),
            Collection::Appointments => sqlx::query!(
                "SELECT row, heads FROM appointments JOIN documents USING (tenant_id, id) WHERE tenant_id = $1 AND id = $2",
                tenant,
                id
            )
            .fetch_optional(self.conn())
            .await?
            .map(|found| (found.row, found.heads)),
            Collection::Notes => sqlx::query!(
                "SELECT row, heads FROM notes JOIN documents USING (tenant_id, id) WHERE tenant_id = $1 AND id = $2",
                tenant,
                id
            )
            .fetch_optional(self.conn())
            .await?
            .map(|found| (found.row, found.heads)),
        };
        found
            .map(|(row, bytes)| {
                let row = Projection::from_json(collection, &row).map_err(StoreError::damaged)?;
                Ok((row, heads(&bytes)?))
            })
            .transpose()
    }
}

/// Keeps the row of a document beside it.
pub(super) async fn keep_row(tx: &mut TenantTx, id: Uuid, row: &Projection) -> Result<(), StoreError> {
    let tenant = tx.tenant().0;
    let (json, deleted) = (row.to_json(), row.is_deleted());
    match row {
        Projection::Clients(client) => {
            let search = format!(
                "{} {}",
                fold(&client.search_text()),
                digits(client.phone.as_deref().unwrap_or_default())
            );
            sqlx::query!(
                "INSERT INTO clients (tenant_id, id, row, name, name_folded, phone, email, search, deleted, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                 ON CONFLICT (tenant_id, id) DO UPDATE
                 SET row = excluded.row, name = excluded.name, name_folded = excluded.name_folded,
                     phone = excluded.phone, email = excluded.email, search = excluded.search,
                     deleted = excluded.deleted, created_at = excluded.created_at, updated_at = excluded.updated_at",
                tenant,
                id,
                json,
                client.name,
                fold(&client.name),
                client.phone,
                client.email,
                search,
                deleted,
                client.created_at,
                client.updated_at
            )
            .execute(tx.conn())
            .await?;
        }
        Projection::Appointments(visit) => {
            let time = visit.visit_time();
            sqlx::query!(
                "INSERT INTO appointments (tenant_id, id, row, kind, client_id, service_id, status, starts_at, ends_at,
                                           deleted, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 ON CONFLICT (tenant_id, id) DO UPDATE
                 SET row = excluded.row, kind = excluded.kind, client_id = excluded.client_id,
                     service_id = excluded.service_id, status = excluded.status, starts_at = excluded.starts_at,
                     ends_at = excluded.ends_at, deleted = excluded.deleted, created_at = excluded.created_at,
                     updated_at = excluded.updated_at",
                tenant,
                id,
                json,
                visit.kind,
                visit.client_id.map(Uuid::from),
                visit.service_id.map(Uuid::from),
                visit.status().as_str(),
                time.as_ref().map(|t| t.starts_at().to_sqlx()) as _,
                time.as_ref().map(|t| t.ends_at().to_sqlx()) as _,
                deleted,
                visit.created_at,
                visit.updated_at
            )
            .execute(tx.conn())
            .await?;
        }
        Projection::Notes(note) => {
            sqlx::query!(
                "INSERT INTO notes (tenant_id, id, row, client_id, appointment_id, deleted, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (tenant_id, id) DO UPDATE
                 SET row = excluded.row, client_id = excluded.client_id, appointment_id = excluded.appointment_id,
                     deleted = excluded.deleted, created_at = excluded.created_at, updated_at = excluded.updated_at",
                tenant,
                id,
                json,
                note.client_id.map(Uuid::from),
                note.appointment_id.map(Uuid::from),
                deleted,
                note.created_at,
                note.updated_at
            )
            .execute(tx.conn())
            .await?;
        }
    }
    Ok(())
}

/// Takes an erased document's row and the bytes of its changes away.
pub(super) async fn forget(tx: &mut TenantTx, id: Uuid) -> Result<(), StoreError> {
    let tenant = tx.tenant().0;
    sqlx::query!("DELETE FROM clients WHERE tenant_id = $1 AND id = $2", tenant, id)
        .execute(tx.conn())
        .await?;
    sqlx::query!("DELETE FROM appointments WHERE tenant_id = $1 AND id = $2", tenant, id)
        .execute(tx.conn())
        .await?;
    sqlx::query!("DELETE FROM notes WHERE tenant_id = $1 AND id = $2", tenant, id).execute(tx.conn()).await?;
    sqlx::query!("UPDATE sync_log SET bytes = NULL WHERE tenant_id = $1 AND item_id = $2", tenant, id)
        .execute(tx.conn())
        .await?;
    sqlx::query!("DELETE FROM quarantine WHERE tenant_id = $1 AND doc_id = $2", tenant, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A document whose stored bytes no longer agree with their checksum, made anew from the log: only if that leads to the
/// very heads that it had. Otherwise it is called damaged, and its neighbours go on without it.
pub(super) async fn remake(
    tx: &mut TenantTx,
    id: Uuid,
    collection: Collection,
    heads: &Heads,
) -> Result<(Form, Vec<u8>), StoreError> {
    let tenant = tx.tenant().0;
    let rows = sqlx::query!(
        "SELECT hash, bytes FROM sync_log WHERE tenant_id = $1 AND item_id = $2 AND kind = 'change' ORDER BY seq",
        tenant,
        id
    )
    .fetch_all(tx.conn())
    .await?;
    let whole = |hash: Vec<u8>, bytes: Option<Vec<u8>>| {
        let hash = Hash(hash.try_into().ok()?);
        Chunk::check(collection, hash, &bytes?).ok()
    };
    let chunks: Vec<Chunk> = rows.into_iter().filter_map(|row| whole(row.hash, row.bytes)).collect();
    let mut document = Document::new(collection).receive(&chunks).document;
    let is_complete = document.heads() == *heads;
    tracing::error!(document = %id, is_complete, "the stored bytes of a document are damaged; made anew from the log");
    Ok(if is_complete { (Form::Snapshot, document.save()) } else { (Form::Damaged, Vec::new()) })
}
