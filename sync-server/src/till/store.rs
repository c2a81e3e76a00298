//! Every statement about closed days. They are only read here: records are written through the door of `sync`.

use crate::db::{StoreError, TenantTx};

/// The last day that was closed.
pub(super) async fn last_closed(tx: &mut TenantTx) -> Result<Option<String>, StoreError> {
    let tenant = tx.tenant();
    let last = sqlx::query_scalar!(
        "select max(plain_json(body) ->> 'date')
         from records
         where tenant_id = $1
           and kind = 'till'
           and body is not null",
        tenant.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(last)
}
