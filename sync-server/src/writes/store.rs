//! Every statement about idempotency keys.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;

use super::idempotency::{Claim, KEPT_HOURS, Known};
use super::reply::Reply;
use crate::db::{StoreError, TenantTx};

/// How many forgotten keys a request takes away on its way.
pub(super) const MOST_ON_THE_WAY: i64 = 20;
/// How many the nightly job takes away in one transaction.
pub(super) const MOST_AT_NIGHT: i64 = 1000;

/// Takes some keys away whose time is over, and says how many.
pub(super) async fn sweep(tx: &mut TenantTx, now: Timestamp, most: i64) -> Result<u64, StoreError> {
    let tenant = tx.tenant();
    let oldest = now - SignedDuration::from_hours(KEPT_HOURS);
    let swept = sqlx::query!(
        "delete from idempotency_keys
         where (tenant_id, user_id, route, key) in (
             select tenant_id, user_id, route, key
             from idempotency_keys
             where tenant_id = $1
               and created_at < $2
             order by created_at
             limit $3
             for update skip locked)",
        tenant.0,
        oldest.to_sqlx() as _,
        most
    )
    .execute(tx.conn())
    .await?;
    Ok(swept.rows_affected())
}

/// Makes the row of a key, or tells what is known of it. A key whose time is over is a new one.
pub(super) async fn note(
    tx: &mut TenantTx,
    claim: &Claim,
    now: Timestamp,
) -> Result<Option<Known>, StoreError> {
    let oldest = now - SignedDuration::from_hours(KEPT_HOURS);
    sqlx::query!(
        "delete from idempotency_keys
         where tenant_id = $1
           and user_id = $2
           and route = $3
           and key = $4
           and created_at < $5",
        claim.tenant.0,
        claim.user.0,
        claim.route,
        claim.key,
        oldest.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    let inserted = sqlx::query!(
        "insert into idempotency_keys (tenant_id, user_id, route, key, fingerprint, created_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        claim.tenant.0,
        claim.user.0,
        claim.route,
        claim.key,
        &claim.fingerprint[..],
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(None);
    }
    let row = sqlx::query!(
        "select fingerprint, status, headers, body
         from idempotency_keys
         where tenant_id = $1
           and user_id = $2
           and route = $3
           and key = $4",
        claim.tenant.0,
        claim.user.0,
        claim.route,
        claim.key
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| known(row.fingerprint, row.status, row.headers, row.body)).transpose()
}

/// Locks the row of a key for the transaction of its effect. `None` if another request holds it.
pub(super) async fn take(tx: &mut TenantTx, claim: &Claim) -> Result<Option<Known>, StoreError> {
    let row = sqlx::query!(
        "select fingerprint, status, headers, body
         from idempotency_keys
         where tenant_id = $1
           and user_id = $2
           and route = $3
           and key = $4
         for update skip locked",
        claim.tenant.0,
        claim.user.0,
        claim.route,
        claim.key
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| known(row.fingerprint, row.status, row.headers, row.body)).transpose()
}

/// Writes the answer into the row that the transaction holds, with the fingerprint of the request that led to it. Its 48
/// hours begin now, not with the first attempt.
pub(super) async fn keep(
    tx: &mut TenantTx,
    claim: &Claim,
    reply: &Reply,
    now: Timestamp,
) -> Result<(), StoreError> {
    let headers = serde_json::to_string(&reply.headers).map_err(StoreError::damaged)?;
    let status = i16::try_from(reply.status.as_u16()).map_err(StoreError::damaged)?;
    sqlx::query!(
        "update idempotency_keys
         set fingerprint = $5, status = $6, headers = $7, body = $8, created_at = $9
         where tenant_id = $1
           and user_id = $2
           and route = $3
           and key = $4",
        claim.tenant.0,
        claim.user.0,
        claim.route,
        claim.key,
        &claim.fingerprint[..],
        status,
        headers,
        &reply.body[..],
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn known(
    fingerprint: Vec<u8>,
    status: Option<i16>,
    headers: Option<String>,
    body: Option<Vec<u8>>,
) -> Result<Known, StoreError> {
    let (Some(status), Some(headers), Some(body)) = (status, headers, body) else {
        return Ok(Known { fingerprint, reply: None });
    };
    let status = u16::try_from(status).map_err(StoreError::damaged)?;
    let status = StatusCode::from_u16(status).map_err(StoreError::damaged)?;
    let headers = serde_json::from_str(&headers).map_err(StoreError::damaged)?;
    Ok(Known { fingerprint, reply: Some(Reply::new(status, headers, body.into())) })
}
