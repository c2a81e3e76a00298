//! Every statement of the export. Only reads.

use domain::Projection;
use domain::documents::Collection;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

/// A row as it is stored; to understand it takes longer than to read it, and is done when nothing is locked.
#[derive(Debug)]
pub(super) struct StoredRow {
    collection: String,
    id: Uuid,
    row: String,
}

impl StoredRow {
    /// What it says.
    pub(super) fn parse(self) -> Result<(Uuid, Projection), StoreError> {
        let collection: Collection = self.collection.parse().map_err(StoreError::damaged)?;
        Ok((self.id, Projection::from_json(collection, &self.row).map_err(StoreError::damaged)?))
    }
}

/// All rows that were not removed, each collection by id.
pub(super) async fn rows(tx: &mut TenantTx) -> Result<Vec<StoredRow>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query!(
        r#"select 'clients' as "part!", id as "id!", row as "row!"
           from clients
           where tenant_id = $1 and not deleted
           union all
           select 'appointments', id, row
           from appointments
           where tenant_id = $1 and not deleted
           union all
           select 'notes', id, row
           from notes
           where tenant_id = $1 and not deleted
           order by 1, 2"#,
        tenant.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| StoredRow { collection: row.part, id: row.id, row: row.row }).collect())
}

/// All records of a kind, by id.
pub(super) async fn records(tx: &mut TenantTx, kind: &str) -> Result<Vec<String>, StoreError> {
    let tenant = tx.tenant();
    let bodies = sqlx::query_scalar!(
        r#"select body as "body!"
           from records
           where tenant_id = $1 and kind = $2 and body is not null
           order by id"#,
        tenant.0,
        kind
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(bodies)
}
