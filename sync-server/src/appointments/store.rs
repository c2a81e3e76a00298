//! Every statement about appointments. Only reads: documents and their rows are written through the door of `sync`.

use domain::appointments::AppointmentRow;
use domain::ids::{AppointmentId, ClientId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Field, Found, Kind, ListSpec, Listing, Use};

/// An appointment that stands in the way.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) id: AppointmentId,
    pub(super) row: AppointmentRow,
}

/// What appointments can be filtered and sorted by.
pub(crate) static LIST: ListSpec = ListSpec {
    list: "appointments",
    table: "appointments",
    json: "row",
    living: "not deleted",
    fields: &[
        // One without a known time comes last, and is in no span.
        Field::new("startsAt", "starts_key", Kind::Moment, Use::Both).present("starts_at"),
        Field::new("endsAt", "ends_at", Kind::Moment, Use::Filter),
        Field::new("kind", "kind", Kind::Word(&["visit", "block"]), Use::Filter),
        Field::new("status", "status", Kind::Word(&STATUSES), Use::Filter),
        Field::new("clientId", "client_id", Kind::Id, Use::Filter),
        Field::new("serviceId", "service_id", Kind::Id, Use::Filter),
        Field::new("source", "plain_json(row) ->> 'source'", Kind::Line, Use::Filter),
        Field::new("createdAt", "coalesce(created_at, 0)", Kind::Seconds, Use::Both).present("created_at"),
        Field::new("updatedAt", "updated_key", Kind::Seconds, Use::Both).present("updated_at"),
    ],
    sort: "startsAt",
};

const STATUSES: [&str; 6] = ["requested", "booked", "confirmed", "cancelled", "no_show", "completed"];

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
