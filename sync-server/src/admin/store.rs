//! Who is there at all. Row-level security shows the businesses themselves to nobody as a whole, so these are ids alone.

use domain::ids::TenantId;

use crate::db::{JobsDb, StoreError};

/// The ids of all businesses, the oldest first.
pub(super) async fn tenants(everybody: &JobsDb) -> Result<Vec<TenantId>, StoreError> {
    let ids =
        sqlx::query_scalar!("select id from jobs.tenants order by id").fetch_all(everybody.pool()).await?;
    Ok(ids.into_iter().map(TenantId).collect())
}
