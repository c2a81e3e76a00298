//! The stretches of a first sync as queries: each takes exactly what the others leave. A part of sync's storage; reads only.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::tx::{FIRST_RECORDS, Phase, coming_until};
use crate::db::{StoreError, TenantTx};

/// Which part of a phase is asked for.
struct Stretch {
    after: Uuid,
    since: jiff_sqlx::Timestamp,
    until: jiff_sqlx::Timestamp,
    limit: i64,
}

/// The ids of a phase after an id, in order of id.
pub(super) async fn phase(
    tx: &mut TenantTx,
    phase: Phase,
    after: Uuid,
    since: i64,
    limit: u32,
) -> Result<Vec<Uuid>, StoreError> {
    let second = |at| Ok::<_, StoreError>(Timestamp::from_second(at).map_err(StoreError::damaged)?.to_sqlx());
    let (since, until) = (second(since)?, second(coming_until(since))?);
    let stretch = Stretch { after, since, until, limit: i64::from(limit) };
    let ids = match phase {
        Phase::FirstRecords | Phase::OtherRecords => {
            records(tx, phase == Phase::FirstRecords, &stretch).await
        }
        Phase::ComingVisits | Phase::TheirClients | Phase::TheirNotes => first(tx, phase, &stretch).await,
        Phase::OtherVisits | Phase::OtherClients | Phase::OtherNotes => later(tx, phase, &stretch).await,
    };
    Ok(ids?)
}

async fn records(tx: &mut TenantTx, early: bool, stretch: &Stretch) -> Result<Vec<Uuid>, sqlx::Error> {
    let tenant = tx.tenant().0;
    let first_kinds: Vec<String> = FIRST_RECORDS.map(str::to_owned).to_vec();
    sqlx::query_scalar!(
        "SELECT DISTINCT id FROM records
         WHERE tenant_id = $1 AND id > $2 AND (kind = ANY($3)) = $4
         ORDER BY id LIMIT $5",
        tenant,
        stretch.after,
        &first_kinds,
        early,
        stretch.limit
    )
    .fetch_all(tx.conn())
    .await
}

/// What she needs at 8:55.
async fn first(tx: &mut TenantTx, phase: Phase, stretch: &Stretch) -> Result<Vec<Uuid>, sqlx::Error> {
    let tenant = tx.tenant().0;
    match phase {
        Phase::ComingVisits => {
            sqlx::query_scalar!(
                "SELECT id FROM appointments
                 WHERE tenant_id = $1 AND starts_at >= $3 AND starts_at < $5 AND id > $2
                 ORDER BY id LIMIT $4",
                tenant,
                stretch.after,
                stretch.since as _,
                stretch.limit,
                stretch.until as _
            )
            .fetch_all(tx.conn())
            .await
        }
        Phase::TheirClients => {
            sqlx::query_scalar!(
                "SELECT id FROM documents
                 WHERE tenant_id = $1 AND collection = 'clients' AND id > $2
                   AND id = ANY (ARRAY (SELECT client_id FROM appointments
                                        WHERE tenant_id = $1 AND starts_at >= $3 AND starts_at < $5 AND client_id IS NOT NULL))
                 ORDER BY id LIMIT $4",
                tenant,
                stretch.after,
                stretch.since as _,
                stretch.limit,
                stretch.until as _
            )
            .fetch_all(tx.conn())
            .await
        }
        _ => {
            sqlx::query_scalar!(
                "SELECT id FROM notes
                 WHERE tenant_id = $1 AND id > $2
                   AND client_id = ANY (ARRAY (SELECT client_id FROM appointments
                                               WHERE tenant_id = $1 AND starts_at >= $3 AND starts_at < $5))
                 ORDER BY id LIMIT $4",
                tenant,
                stretch.after,
                stretch.since as _,
                stretch.limit,
                stretch.until as _
            )
            .fetch_all(tx.conn())
            .await
        }
    }
}

/// All the rest. The subqueries do not depend on the row, so each is asked once and not once a document, whatever the
/// planner knows or does not know about the tables.
async fn later(tx: &mut TenantTx, phase: Phase, stretch: &Stretch) -> Result<Vec<Uuid>, sqlx::Error> {
    let tenant = tx.tenant().0;
    match phase {
        Phase::OtherVisits => {
            sqlx::query_scalar!(
                "SELECT id FROM documents
                 WHERE tenant_id = $1 AND collection = 'appointments' AND id > $2
                   AND id <> ALL (ARRAY (SELECT id FROM appointments
                                         WHERE tenant_id = $1 AND starts_at >= $3 AND starts_at < $5))
                 ORDER BY id LIMIT $4",
                tenant,
                stretch.after,
                stretch.since as _,
                stretch.limit,
                stretch.until as _
            )
            .fetch_all(tx.conn())
            .await
        }
        Phase::OtherClients => {
            sqlx::query_scalar!(
                "SELECT id FROM documents
                 WHERE tenant_id = $1 AND collection = 'clients' AND id > $2
                   AND id <> ALL (ARRAY (SELECT client_id FROM appointments
                                         WHERE tenant_id = $1 AND starts_at >= $3 AND starts_at < $5 AND client_id IS NOT NULL))
                 ORDER BY id LIMIT $4",
                tenant,
                stretch.after,
                stretch.since as _,
                stretch.limit,
                stretch.until as _
            )
            .fetch_all(tx.conn())
            .await
        }
        _ => {
            sqlx::query_scalar!(
                "SELECT id FROM documents
                 WHERE tenant_id = $1 AND collection = 'notes' AND id > $2
                   AND id <> ALL (ARRAY (SELECT n.id FROM notes n
                                         WHERE n.tenant_id = $1
                                           AND n.client_id = ANY (ARRAY (SELECT client_id FROM appointments
                                               WHERE tenant_id = $1 AND starts_at >= $3 AND starts_at < $5))))
                 ORDER BY id LIMIT $4",
                tenant,
                stretch.after,
                stretch.since as _,
                stretch.limit,
                stretch.until as _
            )
            .fetch_all(tx.conn())
            .await
        }
    }
}
