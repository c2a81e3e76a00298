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
        Field { name: "id", column: "id", kind: Kind::Id, used: Use::Sort },
        Field { name: "name", column: "body::jsonb ->> 'name'", kind: Kind::Line, used: Use::Both },
        Field {
            name: "category",
            column: "coalesce(body::jsonb ->> 'category', '')",
            kind: Kind::Line,
            used: Use::Both,
        },
        Field {
            name: "active",
            column: "(body::jsonb ->> 'active')::boolean",
            kind: Kind::Flag,
            used: Use::Filter,
        },
        Field {
            name: "basePrice",
            column: "(body::jsonb ->> 'basePrice')::numeric",
            kind: Kind::Number,
            used: Use::Both,
        },
        Field {
            name: "durationMin",
            column: "(body::jsonb ->> 'durationMin')::numeric",
            kind: Kind::Number,
            used: Use::Both,
        },
        Field {
            name: "createdAt",
            column: "(body::jsonb ->> 'createdAt')::timestamptz",
            kind: Kind::Moment,
            used: Use::Both,
        },
        Field {
            name: "updatedAt",
            column: "(body::jsonb ->> 'updatedAt')::timestamptz",
            kind: Kind::Moment,
            used: Use::Both,
        },
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
