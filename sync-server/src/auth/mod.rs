//! People and their keys: registration, sign-in with a second factor, sessions, tokens, forgotten passwords.
//!
//! May use `db`, `http` and the door of `sync` (a new tenant is the first entry of its own log). Other slices ask here
//! who a tenant is and how a token is made; they never see a hash.

mod authenticate;
mod codes;
mod contact;
mod credentials;
mod keys;
mod letters;
mod login_guard;
mod marks;
mod me;
mod me_edit;
mod password;
mod register;
mod second_factor;
mod session;
mod store;
mod store_codes;
mod store_identities;
mod store_sessions;
mod sweep;
mod token;
mod views;

#[cfg(test)]
mod account_tests;
#[cfg(test)]
mod csrf_tests;
#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod race_tests;
#[cfg(test)]
mod suspended_tests;
#[cfg(test)]
mod tests;

use domain::accounts::{Notice, TenantStatus};
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::ErrorCode;
use domain::ids::{TenantId, UserId};
use domain::sync::RecordKind;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::{StoreError, TenantTx};
use crate::http::{Principal, Problem, QueryFields};
use crate::{AppState, audit, sync};

pub use authenticate::{authenticate, is_valid};
pub use keys::{Key, NewKey, Origin, to_micros};
pub use login_guard::{LoginGuard, Who};
pub use password::Passwords;
pub(crate) use register::{RegisterError, open_account};
use store_sessions::Ended;
pub use sweep::SweepSignIns;
pub use views::{Account, Tenant, User};

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .merge(session::routes())
        .merge(password::routes())
        .merge(contact::routes())
        .merge(second_factor::routes())
        .routes(routes!(me::me, me_edit::edit_me))
        .merge(token::routes())
}

/// The tenant that the transaction sees.
pub async fn find_tenant(tx: &mut TenantTx) -> Result<Option<Tenant>, StoreError> {
    store::find_tenant(tx).await
}

/// The zone in which the moments of a query without an offset are meant; only looked up if there may be any.
pub async fn zone_for(tx: &mut TenantTx, query: &QueryFields) -> Result<String, StoreError> {
    if !query.has_prefixed("filter[") {
        return Ok("UTC".to_owned());
    }
    Ok(find_tenant(tx).await?.map_or_else(|| "UTC".to_owned(), |tenant| tenant.timezone))
}

/// Whether the business may change nothing. Asked again under its lock: a request that began before may have waited for it.
pub async fn is_suspended(tx: &mut TenantTx) -> Result<bool, StoreError> {
    let tenant = find_tenant(tx).await?;
    Ok(tenant.is_some_and(|tenant| tenant.status == TenantStatus::Suspended.as_str()))
}

/// Suspends a business, or makes it active again, from this transaction on; its devices are told. Gives the new head of the
/// log.
pub async fn set_status(tx: &mut TenantTx, status: TenantStatus) -> Result<u64, StoreError> {
    sync::lock(tx).await?;
    let tenant = tx.tenant().0;
    let before = store::put_status(tx, status).await?;
    let event = Event::new(Action::TenantStatus, SubjectKind::Tenant, tenant);
    audit::record(tx, event.saying(json!({ "from": before, "to": status })));
    tell_devices(tx).await
}

/// Writes down for the devices how the business stands now; the tenant must be locked. Gives the new head of the log.
pub async fn tell_devices(tx: &mut TenantTx) -> Result<u64, StoreError> {
    let tenant = find_tenant(tx).await?;
    let tenant = tenant.ok_or_else(|| StoreError::damaged("a transaction without its tenant"))?;
    Box::pin(sync::write_record(tx, RecordKind::Tenant, tenant.id.0, Some(&tenant.record()))).await
}

/// Who signs in with an address.
pub(crate) async fn find_person(
    state: &AppState,
    email: &str,
) -> Result<Option<(TenantId, UserId)>, StoreError> {
    store_identities::find_identity(&state.db, password::hash_of(email)).await
}

/// The only business that there is; `None` if there are more, or none.
pub(crate) async fn only_business(state: &AppState) -> Result<Option<TenantId>, StoreError> {
    store_identities::only_tenant(&state.db).await
}

/// The people of a business, by age.
pub(crate) async fn people(tx: &mut TenantTx) -> Result<Vec<User>, StoreError> {
    store::list_users(tx).await
}

/// Tells everybody of a business, at the address that signs in, what has happened.
pub(crate) async fn tell_everybody(
    state: &AppState,
    tx: &mut TenantTx,
    notice: Notice,
) -> Result<(), StoreError> {
    for user in people(tx).await? {
        letters::tell(state, tx, user.id, notice).await?;
    }
    Ok(())
}

/// A code with which a person chooses a new password, for whoever runs the installation to hand over, or by letter to the
/// address that signs in; `None` if enough are on their way.
pub(crate) async fn password_code(
    state: &AppState,
    tx: &mut TenantTx,
    user: &User,
    by_letter: bool,
) -> Result<Option<SecretString>, StoreError> {
    let Some(code) = codes::give_out(state, tx, user.id, codes::Purpose::Password, "").await? else {
        return Ok(None);
    };
    audit::record(tx, Event::new(Action::PasswordForgotten, SubjectKind::User, user.id.0));
    if by_letter {
        letters::send(state, tx, user, &user.email, Notice::ResetPassword, &code).await?;
    }
    Ok(Some(code))
}

/// What is taken from a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Revoked {
    /// Sessions of browsers and sign-ins of programs.
    pub(crate) sessions: u64,
    /// Personal access tokens.
    pub(crate) tokens: u64,
}

/// Ends sign-ins, personal access tokens, or both, of a person; how many there were.
pub(crate) async fn revoke_keys(
    tx: &mut TenantTx,
    user: UserId,
    (sessions, tokens): (bool, bool),
    now: Timestamp,
) -> Result<Revoked, StoreError> {
    let mut revoked = Revoked::default();
    if sessions {
        revoked.sessions = store_sessions::end(tx, user, Ended::SignIns { except: None }, now).await?;
    }
    if tokens {
        revoked.tokens = store_sessions::end(tx, user, Ended::Tokens, now).await?;
    }
    let event = Event::new(Action::SignedOutEverywhere, SubjectKind::User, user.0);
    audit::record(tx, event.saying(json!({ "sessions": revoked.sessions, "tokens": revoked.tokens })));
    Ok(revoked)
}

/// Keeps a new key.
pub async fn keep_key(tx: &mut TenantTx, key: &NewKey) -> Result<(), StoreError> {
    store::insert_token(tx, key).await
}

/// Holds the person behind a key until the end of the transaction, and asks whether the key still works: what is made in it
/// for that key cannot outlive an end of all sign-ins that came meanwhile.
pub async fn hold(tx: &mut TenantTx, principal: &Principal, now: Timestamp) -> Result<(), Problem> {
    store_sessions::hold(tx, principal.user).await?;
    if store::is_alive(tx, principal.token_id, now).await? {
        Ok(())
    } else {
        Err(Problem::new(ErrorCode::Unauthorized))
    }
}

/// Revokes all keys of a device, at once.
pub async fn revoke_keys_of_device(
    tx: &mut TenantTx,
    device: domain::ids::DeviceId,
    now: Timestamp,
) -> Result<(), StoreError> {
    store::revoke_tokens_of_device(tx, device, now).await
}
