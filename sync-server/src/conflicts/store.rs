//! Every statement about conflicts. Only reads: documents and their rows are written through the door of `sync`.

use std::collections::{BTreeMap, BTreeSet};

use domain::Projection;
use domain::appointments::Promises;
use domain::documents::Collection;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

/// The rows among which all conflicts are, when these services are offered and a visit may need this many seconds between
/// it and the next. Found by columns, so that few rows are read; more than needed do no harm.
pub(super) async fn candidates(
    tx: &mut TenantTx,
    offered: &[Uuid],
    gap: i64,
) -> Result<Vec<(Uuid, Projection)>, StoreError> {
    let tenant = tx.tenant();
    let spans = sqlx::query!(
        r#"select id, extract(epoch from starts_at)::bigint as "from!", extract(epoch from ends_at)::bigint as "until!"
           from appointments
           where tenant_id = $1
             and not deleted
             and status in ('requested', 'booked', 'confirmed', 'completed')
             and starts_at is not null
           order by starts_key, id"#,
        tenant.0
    )
    .fetch_all(tx.conn())
    .await?;
    let spans: Vec<(Uuid, i64, i64)> = spans.into_iter().map(|row| (row.id, row.from, row.until)).collect();
    let mut visits = crowded(&spans, gap);
    let named = sqlx::query_scalar!(
        r#"select id
           from appointments
           where tenant_id = $1
             and not deleted
             and status in ('requested', 'booked', 'confirmed')
             and (service_id is not null and not service_id = any ($2)
                  or client_id in (select id from clients where tenant_id = $1 and deleted))
           union all
           select id from appointments where tenant_id = $1 and has_facts
           union all
           select (body::jsonb ->> 'appointmentId')::uuid
           from records
           where tenant_id = $1 and kind = 'promises' and body is not null"#,
        tenant.0,
        offered
    )
    .fetch_all(tx.conn())
    .await?;
    visits.extend(named.into_iter().flatten());
    let clients = sqlx::query_scalar!(
        r#"select id
           from clients
           where tenant_id = $1
             and (deleted or has_facts
                  or phone in (select phone from clients where tenant_id = $1 and not deleted and phone is not null
                               group by phone having count(*) > 1)
                  or email_key in (select email_key from clients where tenant_id = $1 and not deleted and email_key is not null
                                   group by email_key having count(*) > 1))"#,
        tenant.0
    )
    .fetch_all(tx.conn())
    .await?;
    let notes = sqlx::query_scalar!("select id from notes where tenant_id = $1 and has_facts", tenant.0)
        .fetch_all(tx.conn())
        .await?;
    let visits: Vec<Uuid> = visits.into_iter().collect();
    let mut found = of(tx, Collection::Appointments, &visits).await?;
    found.extend(of(tx, Collection::Clients, &clients).await?);
    found.extend(of(tx, Collection::Notes, &notes).await?);
    Ok(found)
}

/// What went out about visits, by visit.
pub(super) async fn promises(tx: &mut TenantTx) -> Result<BTreeMap<Uuid, Promises>, StoreError> {
    let tenant = tx.tenant();
    let bodies = sqlx::query_scalar!(
        r#"select body as "body!"
           from records
           where tenant_id = $1
             and kind = 'promises'
             and body is not null"#,
        tenant.0
    )
    .fetch_all(tx.conn())
    .await?;
    let parsed = bodies.iter().map(|body| {
        let promises: Promises = serde_json::from_str(body).map_err(StoreError::damaged)?;
        Ok((promises.appointment_id.0, promises))
    });
    parsed.collect()
}

/// The rows of these documents that have one, of whatever collection.
pub(super) async fn rows(tx: &mut TenantTx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Projection>, StoreError> {
    let mut rows = BTreeMap::new();
    for collection in Collection::ALL {
        rows.extend(of(tx, collection, ids).await?);
    }
    Ok(rows)
}

/// The visits and notes that name a client.
pub(crate) async fn naming(tx: &mut TenantTx, client: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!(
        r#"select id as "id!" from appointments where tenant_id = $1 and client_id = $2
           union all
           select id as "id!" from notes where tenant_id = $1 and client_id = $2"#,
        tenant.0,
        client
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}

async fn of(
    tx: &mut TenantTx,
    collection: Collection,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Projection)>, StoreError> {
    let rows = crate::sync::rows(tx, collection, ids).await?;
    let parse = |(id, json): (Uuid, String)| Ok((id, Projection::from_json(collection, &json)?));
    rows.into_iter().map(parse).collect::<Result<_, serde_json::Error>>().map_err(StoreError::damaged)
}

/// Those of the stretches, sorted by start, that come nearer to another than a gap allows.
fn crowded(spans: &[(Uuid, i64, i64)], gap: i64) -> BTreeSet<Uuid> {
    let (mut found, mut open): (BTreeSet<Uuid>, Vec<(Uuid, i64)>) = (BTreeSet::new(), Vec::new());
    for (id, from, until) in spans {
        open.retain(|(_, open_until)| open_until + gap > *from);
        if !open.is_empty() {
            found.extend(open.iter().map(|(other, _)| *other));
            found.insert(*id);
        }
        open.push((*id, *until));
    }
    found
}
