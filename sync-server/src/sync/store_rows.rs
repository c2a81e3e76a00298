//! The rows that lists and searches read: one per living document, written with it, the exact JSON of its projection.
//!
//! The second half of sync's storage; knows the three projection tables and nothing of the log but its bytes.

use std::collections::BTreeMap;

use domain::Projection;
use domain::appointments::AppointmentRow;
use domain::audit::Event;
use domain::clients::ClientRow;
use domain::documents::{Chunk, Collection, Document, Hash, Heads};
use domain::notes::NoteRow;
use domain::search::fold;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value as Json;
use uuid::Uuid;

use super::store::heads;
use super::tx::{Form, Kept, Tx};
use crate::db::{StoreError, TenantTx};
use crate::{audit, online};

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
                 WHERE tenant_id = $1 AND bytes IS NOT NULL AND at < now() - make_interval(days => $2)
                 ORDER BY at LIMIT $3)",
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

/// The rows of documents of one collection.
pub(super) async fn rows(
    tx: &mut TenantTx,
    collection: Collection,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, String>, StoreError> {
    let tenant = tx.tenant().0;
    let found = match collection {
        Collection::Clients => {
            sqlx::query_as!(
                Row,
                "SELECT id, row FROM clients WHERE tenant_id = $1 AND id = ANY ($2)",
                tenant,
                ids
            )
            .fetch_all(tx.conn())
            .await?
        }
        Collection::Appointments => {
            sqlx::query_as!(
                Row,
                "SELECT id, row FROM appointments WHERE tenant_id = $1 AND id = ANY ($2)",
                tenant,
                ids
            )
            .fetch_all(tx.conn())
            .await?
        }
        Collection::Notes => {
            sqlx::query_as!(
                Row,
                "SELECT id, row FROM notes WHERE tenant_id = $1 AND id = ANY ($2)",
                tenant,
                ids
            )
            .fetch_all(tx.conn())
            .await?
        }
    };
    Ok(found.into_iter().map(|found| (found.id, found.row)).collect())
}

struct Row {
    id: Uuid,
    row: String,
}

/// Keeps the rows of documents beside them, each collection in one statement; takes away those of erased ones.
pub(super) async fn keep_rows(tx: &mut TenantTx, kept: &[Kept]) -> Result<(), StoreError> {
    let (mut clients, mut visits, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for Kept { id, row, .. } in kept {
        match row {
            Some(row @ Projection::Clients(client)) => clients.push((*id, row, &**client)),
            Some(row @ Projection::Appointments(visit)) => visits.push((*id, row, &**visit)),
            Some(row @ Projection::Notes(note)) => notes.push((*id, row, &**note)),
            None => forget(tx, *id).await?,
        }
    }
    keep_clients(tx, &clients).await?;
    keep_visits(tx, &visits).await?;
    keep_notes(tx, &notes).await
}

/// The id of a document, its row, and the same as what it is a row of.
type Of<'a, T> = (Uuid, &'a Projection, &'a T);

/// A column of what is to be kept.
fn column<'a, T, C>(rows: &[Of<'a, T>], get: impl Fn(&Of<'a, T>) -> C) -> Vec<C> {
    rows.iter().map(get).collect()
}

async fn keep_clients(tx: &mut TenantTx, rows: &[Of<'_, ClientRow>]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant().0;
    sqlx::query!(
        "INSERT INTO clients (tenant_id, id, row, name, name_folded, phone, email, search, deleted, created_at, updated_at)
         SELECT $1, id, row, name, name_folded, phone, email, search, deleted, created_at, updated_at
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[],
                     $10::bigint[], $11::bigint[])
              AS new (id, row, name, name_folded, phone, email, search, deleted, created_at, updated_at)
         ON CONFLICT (tenant_id, id) DO UPDATE
         SET row = excluded.row, name = excluded.name, name_folded = excluded.name_folded,
             phone = excluded.phone, email = excluded.email, search = excluded.search,
             deleted = excluded.deleted, created_at = excluded.created_at, updated_at = excluded.updated_at",
        tenant,
        &column(rows, |r| r.0),
        &column(rows, |r| r.1.to_json()),
        &column(rows, |r| r.2.name.clone()),
        &column(rows, |r| fold(&r.2.name)),
        &column(rows, |r| r.2.phone.clone()) as &[Option<String>],
        &column(rows, |r| r.2.email.clone()) as &[Option<String>],
        &column(rows, |r| r.2.searched()),
        &column(rows, |r| r.1.is_deleted()),
        &column(rows, |r| r.2.created_at) as &[Option<i64>],
        &column(rows, |r| r.2.updated_at) as &[Option<i64>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn keep_visits(tx: &mut TenantTx, rows: &[Of<'_, AppointmentRow>]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant().0;
    let times = column(rows, |r| r.2.visit_time());
    let starts: Vec<_> = times.iter().map(|t| t.as_ref().map(|t| t.starts_at().to_sqlx())).collect();
    let ends: Vec<_> = times.iter().map(|t| t.as_ref().map(|t| t.ends_at().to_sqlx())).collect();
    let ids = column(rows, |r| r.0);
    // Both halves of a statement see the rows as they were before it.
    let changed = sqlx::query!(
        r#"WITH before AS (SELECT id, status, deleted FROM appointments WHERE tenant_id = $1 AND id = ANY ($2)),
         kept AS (
         INSERT INTO appointments (tenant_id, id, row, kind, client_id, service_id, status, starts_at, ends_at,
                                   deleted, created_at, updated_at)
         SELECT $1, id, row, kind, client_id, service_id, status, starts_at, ends_at, deleted, created_at, updated_at
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::timestamptz[],
                     $9::timestamptz[], $10::boolean[], $11::bigint[], $12::bigint[])
              AS new (id, row, kind, client_id, service_id, status, starts_at, ends_at, deleted, created_at, updated_at)
         ON CONFLICT (tenant_id, id) DO UPDATE
         SET row = excluded.row, kind = excluded.kind, client_id = excluded.client_id,
             service_id = excluded.service_id, status = excluded.status, starts_at = excluded.starts_at,
             ends_at = excluded.ends_at, deleted = excluded.deleted, created_at = excluded.created_at,
             updated_at = excluded.updated_at
         RETURNING id, status, deleted, kind
         )
         SELECT kept.id, before.status AS "status_before?", before.deleted AS "deleted_before?", kept.status, kept.deleted
         FROM kept
         LEFT JOIN before USING (id)
         WHERE kept.kind <> 'block'
           AND (before.status, before.deleted) IS DISTINCT FROM (kept.status, kept.deleted)"#,
        tenant,
        &ids,
        &column(rows, |r| r.1.to_json()),
        &column(rows, |r| r.2.kind.clone()),
        &column(rows, |r| r.2.client_id.map(Uuid::from)) as &[Option<Uuid>],
        &column(rows, |r| r.2.service_id.map(Uuid::from)) as &[Option<Uuid>],
        &column(rows, |r| r.2.status().as_str()) as &[&str],
        starts as _,
        ends as _,
        &column(rows, |r| r.1.is_deleted()),
        &column(rows, |r| r.2.created_at) as &[Option<i64>],
        &column(rows, |r| r.2.updated_at) as &[Option<i64>]
    )
    .fetch_all(tx.conn())
    .await?;
    // Where every door's visits are written, the journal hears of them.
    let known: Vec<Uuid> =
        changed.iter().filter(|row| row.status_before.is_some()).map(|row| row.id).collect();
    for row in changed {
        let before =
            row.status_before.as_deref().zip(row.deleted_before).map(|(status, gone)| state(status, gone));
        audit::record(tx, Event::visit(row.id, before, state(&row.status, row.deleted)));
    }
    // And so does whoever holds money for them.
    online::follow_visits(tx, &known).await
}

/// A visit's state as the journal names it.
const fn state(status: &str, deleted: bool) -> &str {
    if deleted { "deleted" } else { status }
}

async fn keep_notes(tx: &mut TenantTx, rows: &[Of<'_, NoteRow>]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant().0;
    sqlx::query!(
        "INSERT INTO notes (tenant_id, id, row, client_id, appointment_id, deleted, created_at, updated_at)
         SELECT $1, id, row, client_id, appointment_id, deleted, created_at, updated_at
         FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::boolean[], $7::bigint[], $8::bigint[])
              AS new (id, row, client_id, appointment_id, deleted, created_at, updated_at)
         ON CONFLICT (tenant_id, id) DO UPDATE
         SET row = excluded.row, client_id = excluded.client_id, appointment_id = excluded.appointment_id,
             deleted = excluded.deleted, created_at = excluded.created_at, updated_at = excluded.updated_at",
        tenant,
        &column(rows, |r| r.0),
        &column(rows, |r| r.1.to_json()),
        &column(rows, |r| r.2.client_id.map(Uuid::from)) as &[Option<Uuid>],
        &column(rows, |r| r.2.appointment_id.map(Uuid::from)) as &[Option<Uuid>],
        &column(rows, |r| r.1.is_deleted()),
        &column(rows, |r| r.2.created_at) as &[Option<i64>],
        &column(rows, |r| r.2.updated_at) as &[Option<i64>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes an erased document's row and the bytes of its changes away.
async fn forget(tx: &mut TenantTx, id: Uuid) -> Result<(), StoreError> {
    let tenant = tx.tenant().0;
    sqlx::query!("DELETE FROM clients WHERE tenant_id = $1 AND id = $2", tenant, id)
        .execute(tx.conn())
        .await?;
    let visit = sqlx::query!(
        "DELETE FROM appointments WHERE tenant_id = $1 AND id = $2 RETURNING status, deleted, kind",
        tenant,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(visit) = visit.filter(|visit| visit.kind != "block") {
        audit::record(tx, Event::visit(id, Some(state(&visit.status, visit.deleted)), "erased"));
    }
    sqlx::query!("DELETE FROM notes WHERE tenant_id = $1 AND id = $2", tenant, id).execute(tx.conn()).await?;
    sqlx::query!("UPDATE sync_log SET bytes = NULL WHERE tenant_id = $1 AND item_id = $2", tenant, id)
        .execute(tx.conn())
        .await?;
    sqlx::query!("DELETE FROM quarantine WHERE tenant_id = $1 AND doc_id = $2", tenant, id)
        .execute(tx.conn())
        .await?;
    // Answers that may be said again hold what the erased document said.
    sqlx::query!(
        "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND position(convert_to($2::text, 'UTF8') IN body) > 0",
        tenant,
        id.to_string()
    )
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
