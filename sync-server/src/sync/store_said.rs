//! What devices say of themselves when they sync: how far each has read, and how much waits on it. The statements.

use domain::ids::DeviceId;
use domain::sync::Others;

use crate::db::{StoreError, TenantTx};

/// What a device says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Up to this number of the log it has everything.
    pub read_to: Option<u64>,
    /// How many changes and intents wait on it; a device of before does not say.
    pub pending: Option<u64>,
}

/// What the connected devices beside this one have said, and what this one has.
pub(super) async fn heard(tx: &mut TenantTx, device: Option<DeviceId>) -> Result<(Others, Said), StoreError> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select count(*) filter (where d.id is distinct from $2) as "others!",
                  coalesce(min(coalesce(d.read_to, 0)) filter (where d.id is distinct from $2), 0) as "read_to!",
                  max(d.read_to) filter (where d.id = $2) as mine,
                  max(d.pending) filter (where d.id = $2) as pending
           from devices d
           where d.tenant_id = $1
             and d.revoked_at is null
             and exists (select from tokens t
                         where t.tenant_id = d.tenant_id
                           and t.device_id = d.id
                           and t.revoked_at is null)"#,
        tenant.0,
        device.map(|device| device.0)
    )
    .fetch_one(tx.conn())
    .await?;
    let others = Others { devices: unsigned(row.others), read_to: unsigned(row.read_to) };
    Ok((others, Said { read_to: row.mine.map(unsigned), pending: row.pending.map(unsigned) }))
}

/// Keeps what a device says.
pub(super) async fn keep(tx: &mut TenantTx, device: DeviceId, said: Said) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update devices
         set read_to = $3, pending = coalesce($4, pending)
         where tenant_id = $1
           and id = $2",
        tenant.0,
        device.0,
        said.read_to.map(signed),
        said.pending.map(signed)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
