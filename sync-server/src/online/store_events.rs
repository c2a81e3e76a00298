//! Every statement about what the provider told us.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

/// Something that the provider told us.
#[derive(Clone)]
pub(super) struct EventRow {
    pub(super) id: Uuid,
    pub(super) shop: String,
    pub(super) event: String,
    pub(super) object: String,
    pub(super) is_installation: bool,
    /// Sealed.
    pub(super) body: Vec<u8>,
}

domain::masked_debug!(EventRow { id, event });

/// Keeps an event; whether it is the first of its kind about its object.
pub(super) async fn insert(tx: &mut TenantTx, event: &EventRow, now: Timestamp) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let inserted = sqlx::query!(
        "insert into online_events (tenant_id, shop, event, object_id, id, is_installation, body, came_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (tenant_id, shop, event, object_id) do nothing",
        tenant.0,
        event.shop,
        event.event,
        event.object,
        event.id,
        event.is_installation,
        event.body,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// An event that nobody has followed yet.
pub(super) async fn unseen(tx: &mut TenantTx, id: Uuid) -> Result<Option<EventRow>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query!(
        "select id, shop, event, object_id, is_installation, body
         from online_events
         where tenant_id = $1
           and id = $2
           and seen_at is null",
        tenant.0,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|row| EventRow {
        id: row.id,
        shop: row.shop,
        event: row.event,
        object: row.object_id,
        is_installation: row.is_installation,
        body: row.body,
    }))
}

/// Notes what became of an event.
pub(super) async fn seen(
    tx: &mut TenantTx,
    id: Uuid,
    outcome: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update online_events
         set seen_at = $3, outcome = $4
         where tenant_id = $1
           and id = $2",
        tenant.0,
        id,
        now.to_sqlx() as _,
        outcome
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets what came before a moment.
pub(super) async fn forget_before(tx: &mut TenantTx, oldest: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "delete from online_events where tenant_id = $1 and came_at < $2",
        tenant.0,
        oldest.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
