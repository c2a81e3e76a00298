//! Every statement about clients. Only reads: documents and their rows are written through the door of `sync`.

use domain::clients::ClientRow;
use domain::ids::ClientId;

use crate::db::{StoreError, TenantTx};
use crate::http::After;

/// A client in a list.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) id: ClientId,
    pub(super) name_folded: String,
    pub(super) row: ClientRow,
}

/// Clients whose searched text is like all patterns, by name, from after one.
pub(super) async fn list(
    tx: &mut TenantTx,
    patterns: &[String],
    after: Option<&After>,
    most: i64,
) -> Result<Vec<Listed>, StoreError> {
    let tenant = tx.tenant();
    let name = after.map(|after| after.0.clone().unwrap_or_default());
    let rows = sqlx::query!(
        r#"select id, name_folded, row as "json!"
           from clients
           where tenant_id = $1
             and not deleted
             and search like all ($2::text[])
             and ($3::text is null or (name_folded, id) > ($3, $4))
           order by name_folded, id
           limit $5"#,
        tenant.0,
        patterns,
        name,
        after.map(|after| after.1),
        most
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = serde_json::from_str(&found.json).map_err(StoreError::damaged)?;
            Ok(Listed { id: found.id.into(), name_folded: found.name_folded, row })
        })
        .collect()
}
