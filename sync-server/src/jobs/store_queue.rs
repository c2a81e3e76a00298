//! The statements of the worker itself, as `veloria_jobs`. Those about the library's own tables are checked when they run,
//! not when they are compiled: the tables are made by the library's migrations and not by ours.

use std::time::Duration;

use domain::ids::TenantId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgPool;

use super::history::Minute;
use crate::db::StoreError;

/// Something that is due.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) tenant: TenantId,
    pub(super) name: String,
    pub(super) at: Timestamp,
}

/// Tenants for whom something that recurs is not planned yet, or otherwise.
pub(super) async fn unplanned(
    pool: &PgPool,
    name: &str,
    cron: &str,
    most: i64,
) -> Result<Vec<TenantId>, StoreError> {
    let rows = sqlx::query!(
        "select id
         from jobs.tenants
         where not exists (
             select from jobs.schedules
             where tenant_id = id
               and name = $1
               and cron = $2)
         limit $3",
        name,
        cron,
        most
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| TenantId(row.id)).collect())
}

/// What is due, the longest overdue first.
pub(super) async fn due(
    pool: &PgPool,
    names: &[String],
    now: Timestamp,
    most: i64,
) -> Result<Vec<Due>, StoreError> {
    let rows = sqlx::query!(
        "select tenant_id, name, next_at
         from jobs.schedules
         where next_at <= $1
           and name = any($2)
         order by next_at
         limit $3",
        now.to_sqlx() as _,
        names,
        most
    )
    .fetch_all(pool)
    .await?;
    let due = rows.into_iter().map(|row| Due {
        tenant: TenantId(row.tenant_id),
        name: row.name,
        at: row.next_at.to_jiff(),
    });
    Ok(due.collect())
}

/// Lets what is due wait until another moment, unless another worker has moved it.
pub(super) async fn put_off(pool: &PgPool, due: &Due, until: Timestamp) -> Result<(), StoreError> {
    sqlx::query!(
        "update jobs.schedules
         set next_at = $4
         where tenant_id = $1
           and name = $2
           and next_at = $3",
        due.tenant.0,
        due.name,
        due.at.to_sqlx() as _,
        until.to_sqlx() as _
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Takes the next place in the line of a queue, and says how long it is until then.
pub(super) async fn reserve(pool: &PgPool, queue: &str, pause: Duration) -> Result<Duration, StoreError> {
    let row = sqlx::query!(
        r#"insert into jobs.throttles as line (queue, next_at)
           values ($1, now() + $2::bigint * interval '1 millisecond')
           on conflict (queue) do update
               set next_at = greatest(line.next_at, now()) + $2::bigint * interval '1 millisecond'
           returning (extract(epoch from next_at - now()) * 1000)::bigint - $2::bigint as "wait!""#,
        queue,
        i64::try_from(pause.as_millis()).unwrap_or(i64::MAX)
    )
    .fetch_one(pool)
    .await?;
    Ok(Duration::from_millis(u64::try_from(row.wait).unwrap_or(0)))
}

/// Makes the attempt that runs the last one: there is no sense in another.
pub(super) async fn give_up(pool: &PgPool, id: i64) -> Result<(), StoreError> {
    sqlx::query("update graphile_worker._private_jobs set max_attempts = attempts where id = $1")
        .bind(id)
        .execute(pool)
        .await?;
    Ok(())
}

/// Lets a job that failed stand behind those of its own priority that nobody has tried yet: poison takes its turns when the
/// others have had theirs.
pub(super) async fn stand_back(pool: &PgPool, id: i64, priority: i16) -> Result<(), StoreError> {
    sqlx::query("update graphile_worker._private_jobs set priority = $2 where id = $1")
        .bind(id)
        .bind(priority.saturating_add(1))
        .execute(pool)
        .await?;
    Ok(())
}

/// Adds to what became of jobs.
pub(super) async fn note(pool: &PgPool, now: Timestamp, minutes: &[Minute]) -> Result<(), StoreError> {
    for minute in minutes {
        sqlx::query!(
            "insert into jobs.minutes as known (minute, name, done, failed, dead, waited_ms, ran_ms)
             values (date_trunc('minute', $1::timestamptz), $2, $3, $4, $5, $6, $7)
             on conflict (minute, name) do update
             set done = known.done + excluded.done,
                 failed = known.failed + excluded.failed,
                 dead = known.dead + excluded.dead,
                 waited_ms = known.waited_ms + excluded.waited_ms,
                 ran_ms = known.ran_ms + excluded.ran_ms",
            now.to_sqlx() as _,
            minute.name,
            minute.done,
            minute.failed,
            minute.dead,
            minute.waited_ms,
            minute.ran_ms
        )
        .execute(pool)
        .await?;
    }
    Ok(())
}

/// Forgets minutes that nobody looks at.
pub(super) async fn forget_minutes(pool: &PgPool, before: Timestamp) -> Result<(), StoreError> {
    sqlx::query!("delete from jobs.minutes where minute < $1", before.to_sqlx() as _).execute(pool).await?;
    Ok(())
}
