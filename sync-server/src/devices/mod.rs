//! Devices: phones and laptops with a working copy. Each has a key of its own, and revoking the device ends it.
//!
//! May use `db`, `http` and `auth` (which makes and keeps keys). What a device does with its key is `sync`'s business.

mod list;
mod register;
mod revoke;
mod rotate;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::audit::{Action, Event, SubjectKind};
use domain::ids::{DeviceId, UserId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::{StoreError, TenantTx};
use crate::{AppState, audit, auth, sync};

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register::register_device, list::list_devices))
        .routes(routes!(revoke::revoke_device))
        .routes(routes!(rotate::rotate_token))
}

/// Disconnects a device, from this transaction on; whether it was connected. What it is pushing just now is either in before
/// this ends, or refused: both hold the tenant.
pub async fn disconnect(tx: &mut TenantTx, device: DeviceId, now: Timestamp) -> Result<bool, StoreError> {
    sync::lock(tx).await?;
    if !store::revoke(tx, device, now).await? {
        return Ok(false);
    }
    auth::revoke_keys_of_device(tx, device, now).await?;
    audit::record(tx, Event::new(Action::DeviceRevoked, SubjectKind::Device, device.0));
    Ok(true)
}

/// The devices that are not revoked, by age.
pub async fn connected(tx: &mut TenantTx) -> Result<Vec<Device>, StoreError> {
    store::list(tx, store::Which::Connected).await
}

/// What devices are called, also those that are gone, by how they stand in the history of documents.
pub async fn names(tx: &mut TenantTx) -> Result<BTreeMap<String, String>, StoreError> {
    let all = store::list(tx, store::Which::All).await?;
    Ok(all.into_iter().map(|device| (device.id.short(), device.name)).collect())
}

/// Those of a person.
pub async fn connected_by(tx: &mut TenantTx, user: UserId) -> Result<Vec<Device>, StoreError> {
    store::list(tx, store::Which::ConnectedBy(user)).await
}

/// A phone or laptop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// What she calls it.
    pub name: String,
    /// `linux`, `ios`, ...
    pub platform: Option<String>,
    /// The app's version when it was registered.
    pub app_version: Option<String>,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Timestamp,
    /// RFC 3339, to the minute; `null` if it has never come.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub last_seen_at: Option<Timestamp>,
    /// Up to which number of the log it has everything; `null` if it never synced.
    #[schema(value_type = Option<i64>)]
    pub read_to: Option<i64>,
    /// How many edits and wishes it said to have that are not here yet, when it last synced; `null` if it did not say.
    #[schema(value_type = Option<i64>)]
    pub pending: Option<i64>,
    /// RFC 3339; `null` while it is connected.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub revoked_at: Option<Timestamp>,
}
