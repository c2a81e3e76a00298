//! People and their keys: registration, sign-in with a second factor, sessions, tokens, forgotten passwords.
//!
//! May use `db`, `http` and the door of `sync` (a new tenant is the first entry of its own log). Other slices ask here
//! who a tenant is and how a token is made; they never see a hash.

mod authenticate;
mod codes;
mod credentials;
mod email_change;
mod keys;
mod letters;
mod login;
mod login_guard;
mod logout;
mod logout_everywhere;
mod marks;
mod me;
mod password;
mod password_change;
mod password_forgot;
mod password_reset;
mod passwords;
mod phone_change;
mod register;
mod second_factor;
mod session_end;
mod session_list;
mod store;
mod store_codes;
mod store_sessions;
mod sweep;
mod token_create;
mod token_list;
mod token_refresh;
mod token_revoke;
mod views;

#[cfg(test)]
mod account_tests;
#[cfg(test)]
mod csrf_tests;
#[cfg(test)]
mod race_tests;
#[cfg(test)]
mod suspended_tests;
#[cfg(test)]
mod tests;

use domain::accounts::TenantStatus;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::ErrorCode;
use jiff::Timestamp;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::{StoreError, TenantTx};
use crate::http::{Principal, Problem, QueryFields};
use crate::{AppState, audit};

pub use authenticate::{authenticate, is_valid};
pub use keys::{Key, NewKey, Origin, to_micros};
pub use login_guard::{LoginGuard, Who};
pub use passwords::Passwords;
pub use sweep::SweepSignIns;
pub use views::{Account, Tenant, User};

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(login::login))
        .routes(routes!(logout::logout))
        .routes(routes!(logout_everywhere::logout_everywhere))
        .routes(routes!(session_list::list_sessions))
        .routes(routes!(session_end::end_session))
        .routes(routes!(password_change::change_password))
        .routes(routes!(password_forgot::forgot_password))
        .routes(routes!(password_reset::reset_password))
        .routes(routes!(email_change::change_email))
        .routes(routes!(email_change::confirm_email))
        .routes(routes!(phone_change::change_phone))
        .routes(routes!(phone_change::confirm_phone))
        .merge(second_factor::routes())
        .routes(routes!(token_refresh::refresh_token))
        .routes(routes!(me::me))
        .routes(routes!(token_create::create_token))
        .routes(routes!(token_list::list_tokens))
        .routes(routes!(token_revoke::revoke_token))
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

/// Suspends a business, or makes it active again, from this transaction on.
pub async fn set_status(tx: &mut TenantTx, status: TenantStatus) -> Result<(), StoreError> {
    let tenant = tx.tenant().0;
    let before = store::put_status(tx, status).await?;
    let event = Event::new(Action::TenantStatus, SubjectKind::Tenant, tenant);
    audit::record(tx, event.saying(json!({ "from": before, "to": status })));
    Ok(())
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
