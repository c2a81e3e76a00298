//! Every statement about appointments. Only reads: documents and their rows are written through the door of `sync`.

use domain::appointments::AppointmentRow;
use domain::ids::{AppointmentId, ClientId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};
use crate::http::After;

/// An appointment in a list.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) id: AppointmentId,
    pub(super) starts_at: Option<Timestamp>,
    pub(super) row: AppointmentRow,
}

/// Appointments of a client, or all, that touch a span of time, by start, from after one. Those without a known time
/// come last, and are in no span. (No visit is longer than two weeks; saying so lets the index by start help.)
pub(super) async fn list(
    tx: &mut TenantTx,
    client: Option<ClientId>,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    after: Option<&After>,
    most: i64,
) -> Result<Vec<Listed>, StoreError> {
    let tenant = tx.tenant();
    let after_start: Option<Timestamp> = after.and_then(|after| after.0.as_ref()?.parse().ok());
    let rows = sqlx::query!(
        r#"select id, starts_at, row as "json!"
           from appointments
           where tenant_id = $1
             and not deleted
             and ($2::uuid is null or client_id = $2)
             and ($3::timestamptz is null or (ends_at > $3 and starts_at > $3 - interval '15 days'))
             and ($4::timestamptz is null or starts_at < $4)
             and ($6::uuid is null
                  or (starts_at, id) > ($5, $6)
                  or (starts_at is null and ($5::timestamptz is not null or id > $6)))
           order by starts_at, id
           limit $7"#,
        tenant.0,
        client.map(Uuid::from),
        from.map(ToSqlx::to_sqlx) as _,
        to.map(ToSqlx::to_sqlx) as _,
        after_start.map(ToSqlx::to_sqlx) as _,
        after.map(|after| after.1),
        most
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = serde_json::from_str(&found.json).map_err(StoreError::damaged)?;
            let starts_at = found.starts_at.map(jiff_sqlx::Timestamp::to_jiff);
            Ok(Listed { id: found.id.into(), starts_at, row })
        })
        .collect()
}

/// The latest completed appointment of each of these clients that has one.
pub(super) async fn last_completed(
    tx: &mut TenantTx,
    clients: &[ClientId],
) -> Result<Vec<(ClientId, AppointmentRow)>, StoreError> {
    let tenant = tx.tenant();
    let clients: Vec<Uuid> = clients.iter().map(|client| client.0).collect();
    let rows = sqlx::query!(
        r#"select distinct on (client_id) client_id as "client_id!", row as "json!"
           from appointments
           where tenant_id = $1
             and client_id = any ($2)
             and status = 'completed'
             and not deleted
             and starts_at is not null
           order by client_id, starts_at desc, id desc"#,
        tenant.0,
        &clients
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|found| {
            Ok((found.client_id.into(), serde_json::from_str(&found.json).map_err(StoreError::damaged)?))
        })
        .collect()
}
