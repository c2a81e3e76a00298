//! The statements about jobs that run in a tenant's transaction.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::kinds::Kind;
use crate::db::{StoreError, TenantTx};

/// A job on its way into the queue.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) job: String,
    pub(super) queue: Option<String>,
    pub(super) run_at: Option<Timestamp>,
    pub(super) max_attempts: i16,
    pub(super) key: Option<String>,
    pub(super) priority: i16,
    pub(super) request: Option<String>,
}

pub(super) async fn add(tx: &mut TenantTx, entry: &Entry) -> Result<Uuid, StoreError> {
    let row = sqlx::query!(
        r#"select jobs.add($1, $2, $3, $4, $5, $6, $7, $8) as "id!""#,
        entry.name,
        entry.job,
        entry.queue.as_deref(),
        entry.run_at.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        i32::from(entry.max_attempts),
        entry.key.as_deref(),
        i32::from(entry.priority),
        entry.request.as_deref()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(row.id)
}

pub(super) async fn cancel(tx: &mut TenantTx, name: &str, key: &str) -> Result<(), StoreError> {
    sqlx::query!("select jobs.cancel($1, $2)", name, key).execute(tx.conn()).await?;
    Ok(())
}

/// The zone of the tenant.
pub(super) async fn zone(tx: &mut TenantTx) -> Result<String, StoreError> {
    let row = sqlx::query!("select timezone from tenants where id = $1", tx.tenant().0)
        .fetch_one(tx.conn())
        .await?;
    Ok(row.timezone)
}

/// Writes down when something recurs next.
pub(super) async fn plan(
    tx: &mut TenantTx,
    name: &str,
    cron: &str,
    next_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query!("select jobs.plan($1, $2, $3)", name, cron, next_at.to_sqlx() as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Adds a job that is due, unless another worker was faster.
pub(super) async fn fire(
    tx: &mut TenantTx,
    kind: &Kind,
    due_at: Timestamp,
    next_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query!(
        "select jobs.fire($1, $2, $3, $4, $5)",
        kind.name,
        due_at.to_sqlx() as _,
        next_at.to_sqlx() as _,
        i32::from(kind.max_attempts),
        i32::from(kind.priority)
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

/// Forgets effects of long ago.
pub(super) async fn forget_effects(tx: &mut TenantTx, before: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "delete from job_effects
         where tenant_id = $1
           and made_at < $2",
        tenant.0,
        before.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes that a job has its effect in this transaction. `false` if it had it before.
pub(super) async fn is_first(tx: &mut TenantTx, job: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let noted = sqlx::query!(
        "insert into job_effects (tenant_id, job, made_at)
         values ($1, $2, $3)
         on conflict do nothing",
        tenant.0,
        job,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(noted.rows_affected() == 1)
}
