//! Every statement about notes. Only reads: documents and their rows are written through the door of `sync`.

use domain::ids::{AppointmentId, ClientId, NoteId};
use domain::notes::NoteRow;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

/// Notes about a client or a visit, or all, by id, from after one.
pub(super) async fn list(
    tx: &mut TenantTx,
    client: Option<ClientId>,
    appointment: Option<AppointmentId>,
    after: Option<Uuid>,
    most: i64,
) -> Result<Vec<(NoteId, NoteRow)>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, row as "json!"
           from notes
           where tenant_id = $1
             and not deleted
             and ($2::uuid is null or client_id = $2)
             and ($3::uuid is null or appointment_id = $3)
             and ($4::uuid is null or id > $4)
           order by id
           limit $5"#,
        tenant.0,
        client.map(Uuid::from),
        appointment.map(Uuid::from),
        after,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|found| Ok((found.id.into(), serde_json::from_str(&found.json).map_err(StoreError::damaged)?)))
        .collect()
}
