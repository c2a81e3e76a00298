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
pub(super) static LIST: ListSpec = ListSpec {
    list: "appointments",
    table: "appointments",
    json: "row",
    living: "not deleted",
    fields: &[
        // One without a known time comes last, and is in no span.
        Field {
            name: "startsAt",
            column: "coalesce(starts_at, 'infinity')",
            kind: Kind::Moment,
            used: Use::Both,
        },
        Field { name: "endsAt", column: "ends_at", kind: Kind::Moment, used: Use::Filter },
        Field { name: "kind", column: "kind", kind: Kind::Word(&["visit", "block"]), used: Use::Filter },
        Field { name: "status", column: "status", kind: Kind::Word(&STATUSES), used: Use::Filter },
        Field { name: "clientId", column: "client_id", kind: Kind::Id, used: Use::Filter },
        Field { name: "serviceId", column: "service_id", kind: Kind::Id, used: Use::Filter },
        Field { name: "source", column: "row::jsonb ->> 'source'", kind: Kind::Line, used: Use::Filter },
        Field { name: "createdAt", column: "coalesce(created_at, 0)", kind: Kind::Seconds, used: Use::Both },
        Field { name: "updatedAt", column: "coalesce(updated_at, 0)", kind: Kind::Seconds, used: Use::Both },
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
            query.push(" and coalesce(starts_at, 'infinity') > ").push_bind(from.to_sqlx());
            query.push(" - interval '15 days'");
        }
        if let Some(to) = to {
            query.push(" and coalesce(starts_at, 'infinity') < ").push_bind(to.to_sqlx());
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
             and coalesce(starts_at, 'infinity') < $3
             and coalesce(starts_at, 'infinity') > $2::timestamptz - interval '15 days'
             and ends_at > $2
           order by coalesce(starts_at, 'infinity'), id"#,
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
