//! Every statement about tenants, people and keys.

use domain::accounts::TenantStatus;
use domain::ids::{DeviceId, TokenId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use super::keys::NewKey;
use super::store_sessions;
use super::views::{Tenant, User};
use crate::db::{StoreError, TenantTx};

/// A new tenant with an empty log.
pub(super) async fn insert_tenant(tx: &mut TenantTx, tenant: &Tenant, epoch: Uuid) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into tenants (id, name, plan, status, timezone, locale, currency, created_at, epoch, chain)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        tenant.id.0,
        tenant.name,
        tenant.plan,
        tenant.status,
        tenant.timezone,
        tenant.locale,
        tenant.currency,
        tenant.created_at.to_sqlx() as _,
        epoch,
        &[0_u8; 32]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The tenant that the transaction sees.
pub(super) async fn find_tenant(tx: &mut TenantTx) -> Result<Option<Tenant>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query!(
        "select id, name, plan, status, timezone, locale, currency, created_at, entitlement
         from tenants
         where id = $1",
        tenant.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|row| Tenant {
        id: row.id.into(),
        name: row.name,
        plan: row.plan,
        status: row.status,
        timezone: row.timezone,
        locale: row.locale,
        currency: row.currency,
        created_at: row.created_at.to_jiff(),
        entitlement: row.entitlement,
    }))
}

/// A new person.
pub(super) async fn insert_user(
    tx: &mut TenantTx,
    user: &User,
    password_hash: &str,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into users (tenant_id, id, name, email, phone, password_hash, timezone, locale, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tenant.0,
        user.id.0,
        user.name,
        user.email,
        user.phone,
        password_hash,
        user.timezone,
        user.locale,
        user.created_at.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A person, and the hash of the password.
pub(super) async fn find_user(tx: &mut TenantTx, user: UserId) -> Result<Option<(User, String)>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query!(
        "select id, name, email, phone, role, password_hash, timezone, locale, created_at
         from users
         where tenant_id = $1
           and id = $2",
        tenant.0,
        user.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|row| {
        let user = User {
            id: row.id.into(),
            name: row.name,
            email: row.email,
            phone: row.phone,
            role: row.role,
            timezone: row.timezone,
            locale: row.locale,
            created_at: row.created_at.to_jiff(),
        };
        (user, row.password_hash)
    }))
}

/// All people of the business, by age.
pub(super) async fn list_users(tx: &mut TenantTx) -> Result<Vec<User>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, name, email, phone, role, timezone, locale, created_at
         from users
         where tenant_id = $1
         order by created_at, id",
        tenant.0
    )
    .fetch_all(tx.conn())
    .await?;
    let users = rows.into_iter().map(|row| User {
        id: row.id.into(),
        name: row.name,
        email: row.email,
        phone: row.phone,
        role: row.role,
        timezone: row.timezone,
        locale: row.locale,
        created_at: row.created_at.to_jiff(),
    });
    Ok(users.collect())
}

/// Keeps a new key.
pub(super) async fn insert_token(tx: &mut TenantTx, key: &NewKey) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into tokens (tenant_id, id, user_id, device_id, kind, name, hash, abilities, created_at, expires_at,
                             agent, address, family, replaces_older)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        tenant.0,
        key.id.0,
        key.user.0,
        key.device.map(Uuid::from),
        key.kind.as_str(),
        key.name,
        &key.hash,
        &key.abilities,
        key.created_at.to_sqlx() as _,
        key.expires_at.map(ToSqlx::to_sqlx) as _,
        key.origin.agent,
        key.origin.address,
        key.family,
        key.replaces_older
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A key as it is stored.
#[derive(Debug)]
pub(super) struct StoredToken {
    pub(super) id: TokenId,
    pub(super) user: UserId,
    pub(super) device: Option<DeviceId>,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) abilities: Vec<String>,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) last_used_at: Option<Timestamp>,
    pub(super) revoked_at: Option<Timestamp>,
    pub(super) device_revoked_at: Option<Timestamp>,
}

/// A key that was shown, and how its business stands.
#[derive(Debug)]
pub(super) struct ShownToken {
    pub(super) token: StoredToken,
    pub(super) plan: String,
    pub(super) status: String,
    pub(super) entitlement: Option<String>,
    /// The language that the person has chosen.
    pub(super) locale: String,
    /// Whether the older keys of its device end now that it is used.
    pub(super) replaces_older: bool,
}

/// The key with this hash, dead or alive.
pub(super) async fn find_token(tx: &mut TenantTx, hash: [u8; 32]) -> Result<Option<ShownToken>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query!(
        r#"select t.id, t.user_id, t.device_id, t.kind, t.name, t.abilities, t.created_at, t.expires_at,
                  t.last_used_at, t.revoked_at, d.revoked_at as "device_revoked_at?", b.plan, b.status,
                  b.entitlement, u.locale, t.replaces_older
           from tokens t
           join tenants b on b.id = t.tenant_id
           join users u on u.tenant_id = t.tenant_id and u.id = t.user_id
           left join devices d on d.tenant_id = t.tenant_id and d.id = t.device_id
           where t.tenant_id = $1
             and t.hash = $2"#,
        tenant.0,
        &hash
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|row| {
        let token = StoredToken {
            id: row.id.into(),
            user: row.user_id.into(),
            device: row.device_id.map(DeviceId),
            kind: row.kind,
            name: row.name,
            abilities: row.abilities,
            created_at: row.created_at.to_jiff(),
            expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
            last_used_at: row.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
            revoked_at: row.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
            device_revoked_at: row.device_revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
        };
        ShownToken {
            token,
            plan: row.plan,
            status: row.status,
            entitlement: row.entitlement,
            locale: row.locale,
            replaces_older: row.replaces_older,
        }
    }))
}

/// Whether a key and the device it belongs to still work.
pub(super) async fn is_alive(tx: &mut TenantTx, token: TokenId, now: Timestamp) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let alive = sqlx::query!(
        "select t.id
         from tokens t
         left join devices d on d.tenant_id = t.tenant_id and d.id = t.device_id
         where t.tenant_id = $1
           and t.id = $2
           and t.revoked_at is null
           and d.revoked_at is null
           and (t.expires_at is null or t.expires_at > $3)",
        tenant.0,
        token.0,
        now.to_sqlx() as _
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(alive.is_some())
}

/// The personal access tokens and sessions of a person that still work, the newest first.
pub(super) async fn list_tokens(
    tx: &mut TenantTx,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<StoredToken>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, user_id, kind, name, abilities, created_at, expires_at, last_used_at
         from tokens
         where tenant_id = $1
           and user_id = $2
           and kind in ('pat', 'session')
           and revoked_at is null
           and (expires_at is null or expires_at > $3)
         order by created_at desc, id desc",
        tenant.0,
        user.0,
        now.to_sqlx() as _
    )
    .fetch_all(tx.conn())
    .await?;
    let tokens = rows.into_iter().map(|row| StoredToken {
        id: row.id.into(),
        user: row.user_id.into(),
        device: None,
        kind: row.kind,
        name: row.name,
        abilities: row.abilities,
        created_at: row.created_at.to_jiff(),
        expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
        last_used_at: row.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
        revoked_at: None,
        device_revoked_at: None,
    });
    Ok(tokens.collect())
}

/// Notes that a key, and the device it belongs to, were heard of.
pub(super) async fn touch(tx: &mut TenantTx, token: &StoredToken, now: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "with used as (
             update tokens
             set last_used_at = $3
             where tenant_id = $1
               and id = $2
         )
         update devices
         set last_seen_at = $3
         where tenant_id = $1
           and id = $4",
        tenant.0,
        token.id.0,
        now.to_sqlx() as _,
        token.device.map(Uuid::from)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Revokes a key of a person, and with one of a pair the other; whether there was one. A device's key goes with its device.
pub(super) async fn revoke_token(
    tx: &mut TenantTx,
    user: UserId,
    token: TokenId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    store_sessions::hold(tx, user).await?;
    let tenant = tx.tenant();
    let revoked = sqlx::query!(
        "update tokens
         set revoked_at = $4
         where tenant_id = $1
           and user_id = $2
           and revoked_at is null
           and (id = $3
                or family = (select family from tokens where tenant_id = $1 and user_id = $2 and id = $3))",
        tenant.0,
        user.0,
        token.0,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(revoked.rows_affected() > 0)
}

/// Revokes all keys of a device.
pub(super) async fn revoke_tokens_of_device(
    tx: &mut TenantTx,
    device: DeviceId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update tokens
         set revoked_at = $3
         where tenant_id = $1
           and device_id = $2
           and revoked_at is null",
        tenant.0,
        device.0,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keeps the address of a person.
pub(super) async fn put_email(tx: &mut TenantTx, user: UserId, email: &str) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!("update users set email = $3 where tenant_id = $1 and id = $2", tenant.0, user.0, email)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Keeps the phone of a person.
pub(super) async fn put_phone(
    tx: &mut TenantTx,
    user: UserId,
    phone: Option<&str>,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!("update users set phone = $3 where tenant_id = $1 and id = $2", tenant.0, user.0, phone)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Keeps how a person is called, where she is and what she speaks.
pub(super) async fn put_person(tx: &mut TenantTx, user: &User) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update users
         set name = $3, timezone = $4, locale = $5
         where tenant_id = $1
           and id = $2",
        tenant.0,
        user.id.0,
        user.name,
        user.timezone,
        user.locale
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Replaces the hash of a password.
pub(super) async fn put_password(
    tx: &mut TenantTx,
    user: UserId,
    password_hash: &str,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update users
         set password_hash = $3
         where tenant_id = $1
           and id = $2",
        tenant.0,
        user.0,
        password_hash
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends this transaction without waiting for the disk: for lines of the journal that no answer may be slower for.
pub(super) async fn do_not_wait_for_the_disk(tx: &mut TenantTx) -> Result<(), StoreError> {
    sqlx::query!("set local synchronous_commit = off").execute(tx.conn()).await?;
    Ok(())
}

/// Keeps whether the business may change anything; what it was before.
pub(super) async fn put_status(
    tx: &mut TenantTx,
    status: TenantStatus,
) -> Result<Option<String>, StoreError> {
    let tenant = tx.tenant();
    let before = sqlx::query_scalar!(
        "with before as (select status from tenants where id = $1 for update),
              kept as (update tenants set status = $2 where id = $1)
         select status from before",
        tenant.0,
        status.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(before)
}
