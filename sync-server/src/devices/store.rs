//! Every statement about devices.

use domain::ids::{DeviceId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use super::Device;
use crate::db::{StoreError, TenantTx};

/// A new device of a person, and the device that it is a copy of.
pub(super) async fn insert(
    tx: &mut TenantTx,
    user: UserId,
    device: &Device,
    copied_from: Option<DeviceId>,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into devices (tenant_id, id, user_id, name, platform, app_version, created_at, copied_from)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant.0,
        device.id.0,
        user.0,
        device.name,
        device.platform,
        device.app_version,
        device.created_at.to_sqlx() as _,
        copied_from.map(|first| first.0)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Which devices are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// All that ever were.
    All,
    /// Those that have a key: neither revoked nor signed out.
    Connected,
    /// Those of them that a person connected.
    ConnectedBy(UserId),
}

/// Devices by age.
pub(super) async fn list(tx: &mut TenantTx, which: Which) -> Result<Vec<Device>, StoreError> {
    let tenant = tx.tenant();
    let person = if let Which::ConnectedBy(user) = which { Some(user.0) } else { None };
    let rows = sqlx::query!(
        "select d.id, d.name, d.platform, d.app_version, d.created_at, d.last_seen_at, d.read_to, d.pending,
                d.revoked_at
         from devices d
         where d.tenant_id = $1
           and ($2
                or (d.revoked_at is null
                    and exists (select from tokens t
                                where t.tenant_id = d.tenant_id
                                  and t.device_id = d.id
                                  and t.revoked_at is null)))
           and ($3::uuid is null or d.user_id = $3)
         order by d.created_at, d.id",
        tenant.0,
        which == Which::All,
        person
    )
    .fetch_all(tx.conn())
    .await?;
    let devices = rows.into_iter().map(|row| Device {
        id: row.id.into(),
        name: row.name,
        platform: row.platform,
        app_version: row.app_version,
        created_at: row.created_at.to_jiff(),
        last_seen_at: row.last_seen_at.map(jiff_sqlx::Timestamp::to_jiff),
        read_to: row.read_to,
        pending: row.pending,
        revoked_at: row.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
    });
    Ok(devices.collect())
}

/// Marks a device as revoked; whether it was connected.
pub(super) async fn revoke(tx: &mut TenantTx, device: DeviceId, now: Timestamp) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let revoked = sqlx::query!(
        "update devices
         set revoked_at = $3
         where tenant_id = $1
           and id = $2
           and revoked_at is null",
        tenant.0,
        device.0,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(revoked.rows_affected() == 1)
}

/// The device that stands at the beginning of a family of copies: itself, if it is no copy.
pub(super) async fn first_of_copies(tx: &mut TenantTx, device: DeviceId) -> Result<DeviceId, StoreError> {
    let tenant = tx.tenant();
    let first = sqlx::query_scalar!(
        "select copied_from
         from devices
         where tenant_id = $1
           and id = $2",
        tenant.0,
        device.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(first.flatten().map_or(device, DeviceId))
}

/// How many copies of a device are connected, beside the first of them that is.
pub(super) async fn count_copies(tx: &mut TenantTx, first: DeviceId) -> Result<i64, StoreError> {
    let tenant = tx.tenant();
    let family = sqlx::query_scalar!(
        r#"select count(*) as "family!"
           from devices d
           where d.tenant_id = $1
             and (d.id = $2 or d.copied_from = $2)
             and d.revoked_at is null
             and exists (select from tokens t
                         where t.tenant_id = d.tenant_id
                           and t.device_id = d.id
                           and t.revoked_at is null)"#,
        tenant.0,
        first.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(family - 1)
}
