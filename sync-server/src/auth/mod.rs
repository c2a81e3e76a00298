//! People and their keys: registration, sign-in, sessions, personal access tokens.
//!
//! May use `db`, `http` and the door of `sync` (a new tenant is the first entry of its own log). Other slices ask here
//! who a tenant is and how a token is made; they never see a hash.

mod authenticate;
mod keys;
mod login;
mod login_guard;
mod logout;
mod me;
mod password;
mod passwords;
mod register;
mod store;
mod token_create;
mod token_list;
mod token_revoke;
mod views;

#[cfg(test)]
mod tests;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::http::QueryFields;

pub use authenticate::{authenticate, is_valid};
pub use keys::{Key, NewKey, to_micros};
pub use login_guard::LoginGuard;
pub use passwords::Passwords;
pub use views::{Account, Tenant, User};

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(login::login))
        .routes(routes!(logout::logout))
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

/// Keeps a new key.
pub async fn keep_key(tx: &mut TenantTx, key: &NewKey) -> Result<(), StoreError> {
    store::insert_token(tx, key).await
}

/// Revokes all keys of a device, at once.
pub async fn revoke_keys_of_device(
    tx: &mut TenantTx,
    device: domain::ids::DeviceId,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    store::revoke_tokens_of_device(tx, device, now).await
}
