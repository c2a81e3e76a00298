//! Every statement about plans.

use domain::plans::Plan;

use crate::db::{StoreError, TenantTx};

/// Writes the plan of the tenant that the transaction sees.
pub(super) async fn set_plan(tx: &mut TenantTx, plan: Plan) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update tenants
         set plan = $2
         where id = $1",
        tenant.0,
        plan.as_str()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
