//! Every statement about second factors and recovery codes.

use domain::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::db::{StoreError, TenantTx};

/// A second factor as it is stored.
#[derive(Debug)]
pub(super) struct Factor {
    pub(super) sealed: Vec<u8>,
    pub(super) confirmed_at: Option<Timestamp>,
}

/// The second factor of a person.
pub(super) async fn find(tx: &mut TenantTx, user: UserId) -> Result<Option<Factor>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query!(
        "select sealed, confirmed_at
         from second_factors
         where tenant_id = $1
           and user_id = $2",
        tenant.0,
        user.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|row| Factor {
        sealed: row.sealed,
        confirmed_at: row.confirmed_at.map(jiff_sqlx::Timestamp::to_jiff),
    }))
}

/// Keeps a new secret that nobody is asked for yet; whether there was room: one that is in use stays.
pub(super) async fn propose(
    tx: &mut TenantTx,
    user: UserId,
    sealed: &[u8],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let kept = sqlx::query!(
        "insert into second_factors (tenant_id, user_id, sealed, created_at)
         values ($1, $2, $3, $4)
         on conflict (tenant_id, user_id) do update
         set sealed = excluded.sealed, last_step = 0, created_at = excluded.created_at
         where second_factors.confirmed_at is null",
        tenant.0,
        user.0,
        sealed,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// From now on codes are asked for.
pub(super) async fn confirm(tx: &mut TenantTx, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let confirmed = sqlx::query!(
        "update second_factors
         set confirmed_at = $3
         where tenant_id = $1
           and user_id = $2
           and confirmed_at is null",
        tenant.0,
        user.0,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(confirmed.rows_affected() == 1)
}

/// Uses up a step: whether it is a later one than all that were used. Of two at once, one waits and finds it used.
pub(super) async fn use_step(tx: &mut TenantTx, user: UserId, step: i64) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update second_factors
         set last_step = $3
         where tenant_id = $1
           and user_id = $2
           and last_step < $3",
        tenant.0,
        user.0,
        step
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets the second factor with its recovery codes.
pub(super) async fn remove(tx: &mut TenantTx, user: UserId) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "with codes as (
             delete from recovery_codes
             where tenant_id = $1
               and user_id = $2
         )
         delete from second_factors
         where tenant_id = $1
           and user_id = $2",
        tenant.0,
        user.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Replaces all recovery codes.
pub(super) async fn put_recovery_codes(
    tx: &mut TenantTx,
    user: UserId,
    hashes: &[Vec<u8>],
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!("delete from recovery_codes where tenant_id = $1 and user_id = $2", tenant.0, user.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "insert into recovery_codes (tenant_id, user_id, hash)
         select $1, $2, hash
         from unnest($3::bytea[]) as new (hash)",
        tenant.0,
        user.0,
        hashes
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Uses up a recovery code; whether it is one, and was not used.
pub(super) async fn use_recovery_code(
    tx: &mut TenantTx,
    user: UserId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update recovery_codes
         set used_at = $4
         where tenant_id = $1
           and user_id = $2
           and hash = $3
           and used_at is null",
        tenant.0,
        user.0,
        &hash,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How many recovery codes are left.
pub(super) async fn recovery_codes_left(tx: &mut TenantTx, user: UserId) -> Result<i64, StoreError> {
    let tenant = tx.tenant();
    let left = sqlx::query_scalar!(
        r#"select count(*) as "left!"
           from recovery_codes
           where tenant_id = $1
             and user_id = $2
             and used_at is null"#,
        tenant.0,
        user.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(left)
}
