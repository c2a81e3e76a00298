//! Every statement about the codes of letters.

use domain::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::codes::Purpose;
use crate::db::{StoreError, TenantTx};

/// What is kept of a new code.
#[derive(Debug)]
pub(super) struct NewCode {
    pub(super) id: Uuid,
    pub(super) user: UserId,
    pub(super) purpose: Purpose,
    pub(super) hash: [u8; 32],
    pub(super) sealed: Vec<u8>,
}

/// A code that was just used up.
#[derive(Debug)]
pub(super) struct UsedCode {
    pub(super) user: UserId,
    pub(super) sealed: Vec<u8>,
}

/// Keeps a new code.
pub(super) async fn insert(
    tx: &mut TenantTx,
    code: &NewCode,
    now: Timestamp,
    ends: Timestamp,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into confirmations (tenant_id, id, user_id, purpose, hash, sealed, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant.0,
        code.id,
        code.user.0,
        code.purpose.as_str(),
        &code.hash,
        code.sealed,
        now.to_sqlx() as _,
        ends.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How many codes of a purpose a person could use now.
pub(super) async fn count_open(
    tx: &mut TenantTx,
    user: UserId,
    purpose: Purpose,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let tenant = tx.tenant();
    let open = sqlx::query_scalar!(
        r#"select count(*) as "open!"
           from confirmations
           where tenant_id = $1
             and user_id = $2
             and purpose = $3
             and used_at is null
             and expires_at > $4"#,
        tenant.0,
        user.0,
        purpose.as_str(),
        now.to_sqlx() as _
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(open)
}

/// Whose code this is, if it would work now.
pub(super) async fn find(
    tx: &mut TenantTx,
    hash: [u8; 32],
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<UserId>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        "select user_id
         from confirmations
         where tenant_id = $1
           and hash = $2
           and purpose = $3
           and used_at is null
           and expires_at > $4",
        tenant.0,
        &hash,
        purpose.as_str(),
        now.to_sqlx() as _
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(UserId::from))
}

/// Uses a code up. Of two at once, one waits and finds it used. All others of that person and purpose go with it.
pub(super) async fn use_up(
    tx: &mut TenantTx,
    hash: [u8; 32],
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<UsedCode>, StoreError> {
    let tenant = tx.tenant();
    let used = sqlx::query!(
        "update confirmations
         set used_at = $4
         where tenant_id = $1
           and hash = $2
           and purpose = $3
           and used_at is null
           and expires_at > $4
         returning user_id, sealed",
        tenant.0,
        &hash,
        purpose.as_str(),
        now.to_sqlx() as _
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(used) = used else { return Ok(None) };
    sqlx::query!(
        "update confirmations
         set used_at = $4
         where tenant_id = $1
           and user_id = $2
           and purpose = $3
           and used_at is null",
        tenant.0,
        used.user_id,
        purpose.as_str(),
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(Some(UsedCode { user: used.user_id.into(), sealed: used.sealed }))
}

/// Uses up all codes of a person, of whatever purpose: they went out before what has changed now.
pub(super) async fn use_up_all(tx: &mut TenantTx, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update confirmations
         set used_at = $3
         where tenant_id = $1
           and user_id = $2
           and used_at is null",
        tenant.0,
        user.0,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets codes whose time was over before this moment.
pub(super) async fn sweep(tx: &mut TenantTx, before: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "delete from confirmations where tenant_id = $1 and expires_at < $2",
        tenant.0,
        before.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
