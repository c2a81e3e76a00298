//! The statements of the operators' page, as `veloria_jobs`. Those about the library's own tables are checked when they run:
//! its tables come from its own migrations.

use sqlx::{PgPool, Row as _};

use super::crashed;
use super::look::{Dead, KindLine, QueueLine, Troubled};
use crate::db::StoreError;

pub(super) async fn workers(pool: &PgPool) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "select count(*)
         from graphile_worker._private_workers
         where last_heartbeat_at > now() - interval '30 seconds'",
    )
    .fetch_one(pool)
    .await?;
    Ok(row.try_get(0)?)
}

pub(super) async fn kinds(pool: &PgPool) -> Result<Vec<KindLine>, StoreError> {
    let rows = sqlx::query(
        "with queued as (
             select task_id,
                    count(*) filter (where is_available and run_at <= now()) as waiting,
                    count(*) filter (where is_available and run_at > now()) as later,
                    count(*) filter (where locked_at is not null) as running,
                    count(*) filter (where locked_at is null and attempts >= max_attempts
                                     and not exists (select from graphile_worker._private_job_retirements as retired
                                                     where retired.id = jobs.id)) as dead
             from graphile_worker._private_jobs as jobs
             group by task_id
         ),
         hour as (
             select name,
                    sum(done)::bigint as done,
                    sum(failed + dead)::bigint as failed,
                    (sum(waited_ms) / 1000.0 / greatest(sum(done + failed + dead), 1))::float8 as waited,
                    (sum(ran_ms) / 1000.0 / greatest(sum(done + failed + dead), 1))::float8 as ran
             from jobs.minutes
             where minute > now() - interval '1 hour'
             group by name
         )
         select tasks.identifier,
                coalesce(queued.waiting, 0), coalesce(queued.later, 0), coalesce(queued.running, 0),
                coalesce(queued.dead, 0), coalesce(hour.done, 0), coalesce(hour.failed, 0),
                coalesce(hour.waited, 0), coalesce(hour.ran, 0),
                exists (select from jobs.pauses where what = 'job' and pauses.name = tasks.identifier)
         from graphile_worker._private_tasks as tasks
         left join queued on queued.task_id = tasks.id
         left join hour on hour.name = tasks.identifier
         order by tasks.identifier",
    )
    .fetch_all(pool)
    .await?;
    let line = |row: &sqlx::postgres::PgRow| {
        Ok(KindLine {
            name: row.try_get(0)?,
            waiting: row.try_get(1)?,
            later: row.try_get(2)?,
            running: row.try_get(3)?,
            dead: row.try_get(4)?,
            done: row.try_get(5)?,
            failed: row.try_get(6)?,
            waited: row.try_get(7)?,
            ran: row.try_get(8)?,
            is_paused: row.try_get(9)?,
        })
    };
    rows.iter().map(line).collect()
}

pub(super) async fn queues(pool: &PgPool) -> Result<Vec<QueueLine>, StoreError> {
    let rows = sqlx::query(
        "select queues.queue_name,
                count(jobs.id),
                exists (select from jobs.pauses where what = 'queue' and pauses.name = queues.queue_name)
         from graphile_worker._private_job_queues as queues
         left join graphile_worker._private_jobs as jobs on jobs.job_queue_id = queues.id
         group by queues.queue_name
         order by count(jobs.id) desc, queues.queue_name
         limit 200",
    )
    .fetch_all(pool)
    .await?;
    let line = |row: &sqlx::postgres::PgRow| {
        Ok(QueueLine { name: row.try_get(0)?, waiting: row.try_get(1)?, is_paused: row.try_get(2)? })
    };
    rows.iter().map(line).collect()
}

pub(super) async fn troubled(pool: &PgPool, name: Option<&str>) -> Result<Vec<Troubled>, StoreError> {
    let rows = sqlx::query(
        "select jobs.id, tasks.identifier, jobs.payload ->> 'tenant', jobs.payload ->> 'request',
                jobs.attempts, jobs.max_attempts, jobs.last_error, jobs.attempts >= jobs.max_attempts,
                greatest(ceil(extract(epoch from jobs.run_at - now())), 0)::bigint
         from graphile_worker._private_jobs as jobs
         join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
         where jobs.last_error is not null
           and jobs.locked_at is null
           and not exists (select from graphile_worker._private_job_retirements as retired where retired.id = jobs.id)
           and ($1::text is null or tasks.identifier = $1)
         order by jobs.updated_at desc, jobs.id desc
         limit 200",
    )
    .bind(name)
    .fetch_all(pool)
    .await?;
    let line = |row: &sqlx::postgres::PgRow| {
        let error: String = row.try_get(6)?;
        Ok(Troubled {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            tenant: row.try_get(2)?,
            request: row.try_get(3)?,
            attempts: row.try_get(4)?,
            max_attempts: row.try_get(5)?,
            error: plain(&error).to_owned(),
            is_dead: row.try_get(7)?,
            seconds_until_next: row.try_get(8)?,
        })
    };
    rows.iter().map(line).collect()
}

/// Our own words, out of the library's: `TaskError("no answer")`, and its name for a worker that died.
fn plain(error: &str) -> &str {
    if error == crashed::LIBRARYS_WORD {
        return crashed::CAUSE;
    }
    error.strip_prefix("TaskError(\"").and_then(|error| error.strip_suffix("\")")).unwrap_or(error)
}

/// The dead ones of a kind, or the one that is meant if nobody works on it.
const CHOSEN: &str = "select array_agg(jobs.id)
     from graphile_worker._private_jobs as jobs
     join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
     where jobs.locked_at is null
       and (jobs.id = $1 or (tasks.identifier = $2 and jobs.attempts >= jobs.max_attempts))
       and not exists (select from graphile_worker._private_job_retirements as retired where retired.id = jobs.id)";

async fn chosen(pool: &PgPool, dead: &Dead) -> Result<Vec<i64>, StoreError> {
    let (id, name) = match dead {
        Dead::One(id) => (Some(*id), None),
        Dead::AllOf(name) => (None, Some(name.as_str())),
    };
    let row = sqlx::query(CHOSEN).bind(id).bind(name).fetch_one(pool).await?;
    Ok(row.try_get::<Option<Vec<i64>>, _>(0)?.unwrap_or_default())
}

pub(super) async fn retry(pool: &PgPool, dead: &Dead) -> Result<u64, StoreError> {
    // A job that was given up has fewer attempts than it began with.
    let retried = sqlx::query(
        "select from graphile_worker.reschedule_jobs(
             $1, run_at => now(), attempts => 0, max_attempts => 8)",
    )
    .bind(chosen(pool, dead).await?)
    .execute(pool)
    .await?;
    Ok(retried.rows_affected())
}

pub(super) async fn discard(pool: &PgPool, dead: &Dead) -> Result<u64, StoreError> {
    let gone = sqlx::query("select from graphile_worker.complete_jobs($1)")
        .bind(chosen(pool, dead).await?)
        .execute(pool)
        .await?;
    Ok(gone.rows_affected())
}

pub(super) async fn pause(pool: &PgPool, what: &str, name: &str) -> Result<(), StoreError> {
    sqlx::query!("insert into jobs.pauses (what, name) values ($1, $2) on conflict do nothing", what, name)
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn resume(pool: &PgPool, what: &str, name: &str) -> Result<(), StoreError> {
    sqlx::query!("delete from jobs.pauses where what = $1 and name = $2", what, name).execute(pool).await?;
    Ok(())
}
