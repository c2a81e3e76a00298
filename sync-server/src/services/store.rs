//! Every statement about the price list. It is only read here: records are written through the door of `sync`.

use domain::services::Service;

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Field, Found, Kind, ListSpec, Listing, Use};

/// What the price list can be filtered and sorted by.
pub(super) static LIST: ListSpec = ListSpec {
    list: "services",
    table: "records",
    json: "body",
    living: "kind = 'service' and body is not null",
    fields: &[
        Field::new("id", "id", Kind::Id, Use::Sort),
        Field::new("name", "plain_json(body) ->> 'name'", Kind::Line, Use::Both),
        Field::new("category", "coalesce(plain_json(body) ->> 'category', '')", Kind::Line, Use::Both),
        Field::new("active", "(plain_json(body) ->> 'active')::boolean", Kind::Flag, Use::Filter),
        Field::new("basePrice", "(plain_json(body) ->> 'basePrice')::numeric", Kind::Number, Use::Both),
        Field::new("durationMin", "(plain_json(body) ->> 'durationMin')::numeric", Kind::Number, Use::Both),
        Field::new("createdAt", "(plain_json(body) ->> 'createdAt')::timestamptz", Kind::Moment, Use::Both),
        Field::new("updatedAt", "(plain_json(body) ->> 'updatedAt')::timestamptz", Kind::Moment, Use::Both),
    ],
    sort: "id",
};

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
