//! Every statement about the price list. It is only read here: records are written through the door of `sync`.

use domain::api::Listing;
use domain::services::Service;

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};

/// Where what they can be filtered and sorted by is kept.
pub(super) static LIST: Table = Table {
    spec: &domain::services::LIST,
    table: "records",
    json: "body",
    living: "kind = 'service' and body is not null",
    columns: &[
        Column::new("id", "id"),
        Column::new("name", "plain_json(body) ->> 'name'"),
        Column::new("category", "coalesce(plain_json(body) ->> 'category', '')"),
        Column::new("active", "(plain_json(body) ->> 'active')::boolean"),
        Column::new("basePrice", "(plain_json(body) ->> 'basePrice')::numeric"),
        Column::new("durationMin", "(plain_json(body) ->> 'durationMin')::numeric"),
        Column::new("createdAt", "(plain_json(body) ->> 'createdAt')::timestamptz"),
        Column::new("updatedAt", "(plain_json(body) ->> 'updatedAt')::timestamptz"),
    ],
}
.checked();

/// Entries of the price list.
pub(super) async fn list(tx: &mut TenantTx, listing: &Listing) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |_| {}).await
}

/// All entries of the price list.
pub(super) async fn all(tx: &mut TenantTx) -> Result<Vec<Service>, StoreError> {
    let tenant = tx.tenant();
    let bodies = sqlx::query_scalar!(
        r#"select body as "body!"
           from records
           where tenant_id = $1
             and kind = 'service'
             and body is not null"#,
        tenant.0
    )
    .fetch_all(tx.conn())
    .await?;
    bodies.iter().map(|body| serde_json::from_str(body).map_err(StoreError::damaged)).collect()
}
