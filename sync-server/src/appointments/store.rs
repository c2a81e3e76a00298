//! Every statement about appointments. Only reads: documents and their rows are written through the door of `sync`.

use domain::api::Listing;
use domain::appointments::AppointmentRow;
use domain::ids::{AppointmentId, ClientId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};

/// An appointment that stands in the way.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) id: AppointmentId,
    pub(super) row: AppointmentRow,
}

/// Where what they can be filtered and sorted by is kept.
pub(crate) static LIST: Table = Table {
    spec: &domain::appointments::LIST,
    table: "appointments",
    json: "row",
    living: "not deleted",
    columns: &[
        // One without a known time comes last, and is in no span.
        Column::new("startsAt", "starts_key").present("starts_at"),
        Column::new("endsAt", "ends_at"),
        Column::new("kind", "kind"),
        Column::new("status", "status"),
        Column::new("clientId", "client_id"),
        Column::new("serviceId", "service_id"),
        Column::new("source", "plain_json(row) ->> 'source'"),
        Column::new("createdAt", "coalesce(created_at, 0)").present("created_at"),
        Column::new("updatedAt", "updated_key").present("updated_at"),
    ],
}
.checked();

/// Appointments of a client, or all, that touch a span of time. (No appointment is longer than two weeks; saying so lets
/// the index by start help.)
pub(super) async fn list(
    tx: &mut TenantTx,
    client: Option<ClientId>,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    listing: &Listing,
) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |query| {
        if let Some(client) = client {
            query.push(" and client_id = ").push_bind(client.0);
        }
        if let Some(from) = from {
            query.push(" and ends_at > ").push_bind(from.to_sqlx());
            query.push(" and starts_key > ").push_bind(from.to_sqlx());
            query.push(" - interval '15 days'");
        }
        if let Some(to) = to {
            query.push(" and starts_key < ").push_bind(to.to_sqlx());
        }
    })
    .await
}

/// Appointments that touch a span of time, by start. (The same limit helps the index.)
pub(super) async fn touching(
    tx: &mut TenantTx,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Standing>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, row as "json!"
           from appointments
           where tenant_id = $1
             and not deleted
             and starts_key < $3
             and starts_key > $2::timestamptz - interval '15 days'
             and ends_at > $2
           order by starts_key, id"#,
        tenant.0,
        from.to_sqlx() as _,
        until.to_sqlx() as _
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = serde_json::from_str(&found.json).map_err(StoreError::damaged)?;
            Ok(Standing { id: found.id.into(), row })
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
