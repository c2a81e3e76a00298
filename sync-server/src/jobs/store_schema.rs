//! The queue's own tables: made and kept up to date by the library under the owner, then opened to the worker and to nobody
//! else. The last part is said again at each start and changes nothing when it is so already.

use graphile_worker::WorkerUtils;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor as _, PgPool};

/// Where the library keeps its tables.
pub(super) const NAME: &str = "graphile_worker";

/// Any number; all servers that start together wait for one another under it.
const LOCK: i64 = 0x006a_6f62_7300_0001;

/// What the library does not know: who may do what (the tables have row-level security and, without a policy, show nothing
/// to anybody but their owner), what is paused, and the jitter.
pub(crate) const SCHEMA: &str = r"
grant usage on schema graphile_worker to veloria_jobs;
grant select, insert, update, delete on all tables in schema graphile_worker to veloria_jobs;
grant usage on all sequences in schema graphile_worker to veloria_jobs;
do $$
declare
    name text;
begin
    for name in
        select relname from pg_class
        where relnamespace = 'graphile_worker'::regnamespace and relkind = 'r' and relrowsecurity
          and relname <> '_private_jobs'
          and not exists (select from pg_policies
                          where schemaname = 'graphile_worker' and tablename = relname and policyname = 'worker')
    loop
        execute format('create policy worker on graphile_worker.%I to veloria_jobs using (true) with check (true)', name);
    end loop;
    if not exists (select from pg_policies where schemaname = 'graphile_worker' and policyname = 'worker_sees') then
        create policy worker_sees on graphile_worker._private_jobs for select to veloria_jobs using (true);
        create policy worker_adds on graphile_worker._private_jobs for insert to veloria_jobs with check (true);
        create policy worker_removes on graphile_worker._private_jobs for delete to veloria_jobs using (true);
    end if;
    drop policy if exists worker_takes on graphile_worker._private_jobs;
    if not exists (select from pg_policies where schemaname = 'graphile_worker' and policyname = 'worker_updates') then
        -- Taking is an update of what is free; what runs or is dead is not free, and may be updated although it is paused.
        create policy worker_updates on graphile_worker._private_jobs for update to veloria_jobs
            using (
                is_available is not true
                or (task_id <> all (array(
                        select tasks.id from graphile_worker._private_tasks as tasks
                        join jobs.pauses on pauses.what = 'job' and pauses.name = tasks.identifier))
                    and (job_queue_id is null or job_queue_id <> all (array(
                        select queues.id from graphile_worker._private_job_queues as queues
                        join jobs.pauses on pauses.what = 'queue' and pauses.name = queues.queue_name)))))
            with check (true);
    end if;
    if not exists (select from pg_trigger where tgname = 'veloria_jitter') then
        create trigger veloria_jitter before update of last_error on graphile_worker._private_jobs
            for each row when (old.locked_at is not null and new.locked_at is null and new.run_at > old.run_at)
            execute function jobs.jitter();
    end if;
end
$$;
";

/// Why the queue's tables are not as they must be.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The library did not get through, or the database is of a newer one.
    #[error("cannot migrate the queue: {0}")]
    Library(String),
}

/// Brings the queue's tables up to date; several servers that start together wait for each other.
pub(crate) async fn bring_up_to_date(options: PgConnectOptions) -> Result<(), SchemaError> {
    let pool = PgPoolOptions::new().max_connections(2).connect_with(options).await?;
    let done = under_lock(&pool).await;
    pool.close().await;
    done
}

async fn under_lock(pool: &PgPool) -> Result<(), SchemaError> {
    // Ends with the connection, whatever happens.
    let mut lock = pool.acquire().await?;
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut *lock).await?;
    let utils = WorkerUtils::new(pool.clone(), NAME);
    utils.migrate().await.map_err(|error| SchemaError::Library(error.to_string()))?;
    lock.execute(sqlx::raw_sql(SCHEMA)).await?;
    Ok(())
}
