//! Every statement about the price list. It is only read here: records are written through the door of `sync`.

use domain::services::Service;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

/// Services by id, from after one.
pub(super) async fn list(
    tx: &mut TenantTx,
    after: Option<Uuid>,
    most: i64,
) -> Result<Vec<Service>, StoreError> {
    let tenant = tx.tenant();
    let bodies = sqlx::query_scalar!(
        r#"select body as "body!"
           from records
           where tenant_id = $1
             and kind = 'service'
             and body is not null
             and ($2::uuid is null or id > $2)
           order by id
           limit $3"#,
        tenant.0,
        after,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    bodies.iter().map(|body| serde_json::from_str(body).map_err(StoreError::damaged)).collect()
}
