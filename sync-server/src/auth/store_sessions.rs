//! Every statement about sign-ins as a person sees them: which there are, how they end, and pairs of short and long keys.
//!
//! Whoever makes keys of a person or ends them holds the person first: an end then sees every key that was being made, and
//! whoever makes one sees the end.

use domain::ids::{DeviceId, TokenId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

/// What ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Sessions of browsers and sign-ins of programs, but for the one with this key.
    SignIns {
        /// The key.
        except: Option<TokenId>,
    },
    /// Personal access tokens.
    Tokens,
    /// All keys that are not those of devices.
    EverythingButDevices,
    /// All keys.
    Everything,
}

/// Holds a person until the end of the transaction.
pub(super) async fn hold(tx: &mut TenantTx, user: UserId) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!("select id from users where tenant_id = $1 and id = $2 for update", tenant.0, user.0)
        .fetch_optional(tx.conn())
        .await?;
    Ok(())
}

/// The same, if this is still the hash of the person's password; whether it is.
pub(super) async fn hold_with_password(
    tx: &mut TenantTx,
    user: UserId,
    password_hash: &str,
) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let held = sqlx::query!(
        "select id
         from users
         where tenant_id = $1
           and id = $2
           and password_hash = $3
         for update",
        tenant.0,
        user.0,
        password_hash
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(held.is_some())
}

/// Ends keys of a person; how many there were.
pub(super) async fn end(
    tx: &mut TenantTx,
    user: UserId,
    ended: Ended,
    now: Timestamp,
) -> Result<u64, StoreError> {
    hold(tx, user).await?;
    let tenant = tx.tenant();
    let (kinds, except): (&[&str], Option<TokenId>) = match ended {
        Ended::SignIns { except } => (&["session", "access", "refresh"], except),
        Ended::Tokens => (&["pat"], None),
        Ended::EverythingButDevices => (&["session", "access", "refresh", "pat"], None),
        Ended::Everything => (&["session", "access", "refresh", "pat", "device"], None),
    };
    let ended = sqlx::query!(
        "update tokens
         set revoked_at = $4
         where tenant_id = $1
           and user_id = $2
           and kind = any ($3)
           and revoked_at is null
           and id is distinct from $5
           and (family is null or family is distinct from (select family from tokens where tenant_id = $1 and id = $5))",
        tenant.0,
        user.0,
        kinds as &[&str],
        now.to_sqlx() as _,
        except.map(Uuid::from)
    )
    .execute(tx.conn())
    .await?;
    Ok(ended.rows_affected())
}

/// A sign-in.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: TokenId,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) agent: Option<String>,
    pub(super) address: Option<String>,
    pub(super) family: Option<Uuid>,
    pub(super) created_at: Timestamp,
    pub(super) last_used_at: Option<Timestamp>,
}

/// The sessions of browsers and sign-ins of programs of a person that still work, the newest first.
pub(super) async fn list(
    tx: &mut TenantTx,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select t.id, t.kind, t.name, t.agent, t.address, t.family, t.created_at,
                  coalesce(
                      (select max(f.last_used_at) from tokens f where f.tenant_id = t.tenant_id and f.family = t.family),
                      t.last_used_at
                  ) as "last_used_at: jiff_sqlx::Timestamp"
           from tokens t
           where t.tenant_id = $1
             and t.user_id = $2
             and t.kind in ('session', 'refresh')
             and t.revoked_at is null
             and t.exchanged_at is null
             and (t.expires_at is null or t.expires_at > $3)
           order by t.created_at desc, t.id desc"#,
        tenant.0,
        user.0,
        now.to_sqlx() as _
    )
    .fetch_all(tx.conn())
    .await?;
    let sessions = rows.into_iter().map(|row| Session {
        id: row.id.into(),
        kind: row.kind,
        name: row.name,
        agent: row.agent,
        address: row.address,
        family: row.family,
        created_at: row.created_at.to_jiff(),
        last_used_at: row.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
    });
    Ok(sessions.collect())
}

/// The family of a key.
pub(super) async fn family_of(tx: &mut TenantTx, token: TokenId) -> Result<Option<Uuid>, StoreError> {
    let tenant = tx.tenant();
    let family = sqlx::query_scalar!(
        "select family
         from tokens
         where tenant_id = $1
           and id = $2",
        tenant.0,
        token.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(family.flatten())
}

/// Ends a sign-in of a person with its whole family; whether there was one.
pub(super) async fn end_one(
    tx: &mut TenantTx,
    user: UserId,
    token: TokenId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    hold(tx, user).await?;
    let tenant = tx.tenant();
    let ended = sqlx::query!(
        "update tokens
         set revoked_at = $4
         where tenant_id = $1
           and user_id = $2
           and kind in ('session', 'access', 'refresh')
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
    Ok(ended.rows_affected() > 0)
}

/// A refresh token as it is stored.
#[derive(Debug)]
pub(super) struct Refresh {
    pub(super) id: TokenId,
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) abilities: Vec<String>,
    pub(super) family: Uuid,
    pub(super) was_exchanged: bool,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
}

/// The refresh token with this hash, dead or alive. Its person is held until the end of the transaction: of two who exchange
/// it at once, one waits.
pub(super) async fn hold_refresh(tx: &mut TenantTx, hash: [u8; 32]) -> Result<Option<Refresh>, StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "select id
         from users
         where tenant_id = $1
           and id = (select user_id from tokens where tenant_id = $1 and hash = $2 and kind = 'refresh')
         for update",
        tenant.0,
        &hash
    )
    .fetch_optional(tx.conn())
    .await?;
    let found = sqlx::query!(
        "select id, user_id, name, abilities, family, exchanged_at, revoked_at, expires_at
         from tokens
         where tenant_id = $1
           and hash = $2
           and kind = 'refresh'",
        tenant.0,
        &hash
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = found else { return Ok(None) };
    let family = row.family.ok_or_else(|| StoreError::damaged("a refresh token without a family"))?;
    Ok(Some(Refresh {
        id: row.id.into(),
        user: row.user_id.into(),
        name: row.name,
        abilities: row.abilities,
        family,
        was_exchanged: row.exchanged_at.is_some(),
        ended_at: row.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
        expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
    }))
}

/// Notes that a refresh token was exchanged, and ends the short keys that came before.
pub(super) async fn exchange(tx: &mut TenantTx, refresh: &Refresh, now: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update tokens
         set exchanged_at = case when id = $3 then $4 else exchanged_at end,
             revoked_at = case when kind = 'access' then $4 else revoked_at end
         where tenant_id = $1
           and family = $2
           and (id = $3 or (kind = 'access' and revoked_at is null))",
        tenant.0,
        refresh.family,
        refresh.id.0,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A device has used its new key: the older ones end.
pub(super) async fn end_older_keys(
    tx: &mut TenantTx,
    device: DeviceId,
    token: TokenId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update tokens
         set revoked_at = case when id = $3 then revoked_at else $4 end,
             replaces_older = replaces_older and id <> $3
         where tenant_id = $1
           and device_id = $2
           and revoked_at is null
           and created_at <= (select created_at from tokens where tenant_id = $1 and id = $3)",
        tenant.0,
        device.0,
        token.0,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets keys that were dead before this moment, but for those of revoked devices.
pub(super) async fn sweep(tx: &mut TenantTx, before: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "delete from tokens t
         where t.tenant_id = $1
           and (t.revoked_at < $2 or t.expires_at < $2)
           and not exists (select from devices d
                           where d.tenant_id = t.tenant_id
                             and d.id = t.device_id
                             and d.revoked_at is not null)",
        tenant.0,
        before.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
