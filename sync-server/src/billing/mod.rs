//! Billing: which plan a business is on, what another one would mean, and what is due. Money itself is not moved yet: what
//! is due is written down.
//!
//! May use `db`, `http`, `writes`, `auth` (the tenant), `devices` and `media` (how much there is), `jobs` and the door of `sync`: devices learn of
//! the plan with the tenant's record. What a plan includes and costs is `domain::plans`; who may call which route is `http`.

mod change;
mod entitlement;
mod get;
mod months;
mod store;
#[cfg(test)]
mod tests;
mod views;

use std::sync::Arc;

use domain::plans::{Plan, Prices};
use jiff::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};
use crate::{AppState, auth, sync};

pub use entitlement::{Signer, is_due, renew};
pub use months::BeginMonths;
pub use views::{check_devices, device_limit};

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get::get_plan, change::put_plan))
}

/// What billing needs of the installation.
#[derive(Clone, Debug)]
pub struct Billing {
    /// What a month of each plan costs.
    pub prices: Prices,
    /// Signs what devices are told of the plan.
    pub signer: Arc<Signer>,
}

impl Billing {
    /// With these prices and the signer of this seed.
    #[must_use]
    pub fn new(prices: Prices, seed: &[u8; 32]) -> Self {
        Self { prices, signer: Arc::new(Signer::new(seed)) }
    }
}

/// Puts a business on a plan for nothing: what whoever runs the installation may do. Devices beyond its room stay until she
/// chooses; none is added. Gives the new head of the log.
pub async fn grant(tx: &mut TenantTx, plan: Plan, now: Timestamp, id: Uuid) -> Result<u64, StoreError> {
    sync::lock(tx).await?;
    let tenant = auth::find_tenant(tx).await?;
    let tenant = tenant.ok_or_else(|| StoreError::damaged("a transaction without its tenant"))?;
    let from: Plan = tenant.plan.parse().map_err(|_| StoreError::damaged("a tenant with an unknown plan"))?;
    let standing = store::standing(tx).await?;
    let anchor = (plan != Plan::default()).then(|| standing.anchor.unwrap_or(now));
    let entry = store::Entry {
        id,
        at: now,
        way: (from, plan),
        cause: "granted",
        anchor,
        due: domain::money::Money::new(0, tenant.currency()),
    };
    write(tx, &entry).await
}

/// Writes a change down, and the plan into the tenant and its record.
async fn write(tx: &mut TenantTx, entry: &store::Entry) -> Result<u64, StoreError> {
    store::insert_change(tx, entry).await?;
    store::set_plan(tx, entry.way.1).await?;
    auth::tell_devices(tx).await
}
