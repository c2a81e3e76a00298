//! Billing: which plan a business is on. What a plan includes is `domain::plans`, who may call which route is `http`.
//!
//! May use `db`, `auth` (the tenant) and the door of `sync`: devices learn of the plan with the tenant's record.

mod store;

use domain::plans::Plan;
use domain::sync::RecordKind;

use crate::db::{StoreError, TenantTx};
use crate::{auth, sync};

/// Puts the business on a plan, from this transaction on: for its routes and, with the tenant's record, for its devices. Gives
/// the new head of the log.
pub async fn set_plan(tx: &mut TenantTx, plan: Plan) -> Result<u64, StoreError> {
    sync::lock(tx).await?;
    store::set_plan(tx, plan).await?;
    let tenant = auth::find_tenant(tx).await?;
    let tenant = tenant.ok_or_else(|| StoreError::damaged("a transaction without its tenant"))?;
    Box::pin(sync::write_record(tx, RecordKind::Tenant, tenant.id.0, Some(&tenant.record()))).await
}
