//! Every statement about the addresses that sign in: whose each is. The one table that is asked before a tenant is known.

use domain::ids::{TenantId, UserId};

use crate::db::{Db, StoreError, TenantTx};

/// Whom an e-mail signs in as.
pub(super) async fn find_identity(
    db: &Db,
    email_hash: [u8; 32],
) -> Result<Option<(TenantId, UserId)>, StoreError> {
    let found = sqlx::query!(
        "select tenant_id, user_id
         from identities
         where email_hash = $1",
        &email_hash
    )
    .fetch_optional(&mut *db.without_tenant().await?)
    .await?;
    Ok(found.map(|row| (row.tenant_id.into(), row.user_id.into())))
}

/// The tenant of every identity, if that is one and the same.
pub(super) async fn only_tenant(db: &Db) -> Result<Option<TenantId>, StoreError> {
    let found = sqlx::query_scalar!("select distinct tenant_id from identities limit 2")
        .fetch_all(&mut *db.without_tenant().await?)
        .await?;
    Ok(match found[..] {
        [only] => Some(only.into()),
        _ => None,
    })
}

/// Whether the address was free, and is now this person's.
pub(super) async fn insert_identity(
    tx: &mut TenantTx,
    email_hash: [u8; 32],
    user: UserId,
) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let inserted = sqlx::query!(
        "insert into identities (email_hash, tenant_id, user_id)
         values ($1, $2, $3)
         on conflict do nothing",
        &email_hash,
        tenant.0,
        user.0
    )
    .execute(tx.conn())
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Frees the address of a person.
pub(super) async fn remove_identity(tx: &mut TenantTx, user: UserId) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!("delete from identities where tenant_id = $1 and user_id = $2", tenant.0, user.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}
