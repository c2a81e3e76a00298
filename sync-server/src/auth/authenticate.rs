//! From a key to the person behind it. Asked for every request and remembered for none, so a revoked key is dead at once.

use domain::accounts::TenantStatus;
use domain::errors::ErrorCode;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::keys::Key;
use super::store::{self, ShownToken, StoredToken};
use super::store_sessions;
use crate::db::{Db, StoreError, TenantTx};
use crate::http::{Principal, Problem, TokenKind};

/// When a key was last used is known to the minute; more would be a write for every read.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Whose key this is, with the transaction in which it was looked up: it sees that tenant, and whoever goes on in it saves
/// the way to the database and back.
pub async fn authenticate(
    db: &Db,
    text: &SecretString,
    now: Timestamp,
) -> Result<(Principal, TenantTx), AuthError> {
    let key = Key::parse(text).ok_or(AuthError::Unknown)?;
    let mut tx = db.tenant(key.tenant).await?;
    let shown = store::find_token(&mut tx, key.hash).await?.ok_or(AuthError::Unknown)?;
    let ShownToken { token, plan, status, entitlement, locale, replaces_older } = shown;
    if token.device_revoked_at.is_some() {
        return Err(AuthError::DeviceRevoked);
    }
    if token.revoked_at.is_some() || token.expires_at.is_some_and(|end| end <= now) {
        return Err(AuthError::Dead);
    }
    if replaces_older || token.last_used_at.is_none_or(|last| now.duration_since(last) >= TOUCH_EVERY) {
        // Kept at once: whoever goes on in a transaction must not hold the key's row, and a refused request counts, too.
        if replaces_older {
            store_sessions::hold(&mut tx, token.user).await?;
        }
        store::touch(&mut tx, &token, now).await?;
        if let Some(device) = token.device.filter(|_| replaces_older) {
            store_sessions::end_older_keys(&mut tx, device, token.id, now).await?;
        }
        // Once a minute for each key: how many people and programs are active now.
        metrics::counter!("veloria_active_keys_total", "kind" => token.kind.clone()).increment(1);
        tx.commit().await?;
        tx = db.tenant(key.tenant).await?;
    }
    let StoredToken { id, user, device, kind, name, abilities, .. } = token;
    let status = TenantStatus::from_wire(&status);
    let status = status.ok_or_else(|| StoreError::damaged("a tenant of an unknown status"))?;
    let kind = TokenKind::parse(&kind).ok_or_else(|| StoreError::damaged("a token of an unknown kind"))?;
    let plan = plan.parse().map_err(|_| StoreError::damaged("a tenant with an unknown plan"))?;
    let principal = Principal {
        tenant: key.tenant,
        user,
        token_id: id,
        kind,
        token_name: name,
        device,
        abilities,
        status,
        plan,
        entitlement,
        locale,
    };
    Ok((principal, tx))
}

/// Whether somebody whose key was good when the connection began would still be let in.
pub async fn is_valid(db: &Db, principal: &Principal, now: Timestamp) -> bool {
    let alive = async {
        let mut tx = db.tenant(principal.tenant).await?;
        let alive = store::is_alive(&mut tx, principal.token_id, now).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(alive)
    };
    // Who cannot be asked about is not let in; the caller comes again.
    alive.await.unwrap_or(false)
}

/// Why nobody is behind a key.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Not a key, or not one of ours.
    #[error("nobody has this key")]
    Unknown,
    /// Revoked or past its time.
    #[error("the key no longer works")]
    Dead,
    /// The master disconnected the device.
    #[error("the device was revoked")]
    DeviceRevoked,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unknown | AuthError::Dead => Self::new(ErrorCode::Unauthorized),
            AuthError::DeviceRevoked => Self::new(ErrorCode::DeviceRevoked),
            AuthError::Store(cause) => cause.into(),
        }
    }
}
