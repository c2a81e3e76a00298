//! What the doctor asks the database, as its owner. All is checked when it runs: the database may be empty, or of another time.

use sqlx::{PgConnection, Row as _};

pub(super) async fn version(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    let row = sqlx::query("select current_setting('server_version_num')::int").fetch_one(connection).await?;
    row.try_get(0)
}

pub(super) async fn seconds(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let row =
        sqlx::query("select extract(epoch from clock_timestamp())::bigint").fetch_one(connection).await?;
    row.try_get(0)
}

/// The newest migration; none if the database is empty.
pub(super) async fn migration(connection: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    let row = sqlx::query("select to_regclass('public._sqlx_migrations') is not null")
        .fetch_one(&mut *connection)
        .await?;
    if !row.try_get::<bool, _>(0)? {
        return Ok(None);
    }
    sqlx::query("select max(version) from _sqlx_migrations where success")
        .fetch_one(connection)
        .await?
        .try_get(0)
}

/// A role that queries run as.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) passes_walls: bool,
    pub(super) is_ours: bool,
}

pub(super) async fn roles(connection: &mut PgConnection) -> Result<Vec<Role>, sqlx::Error> {
    let rows = sqlx::query(
        "select rolname::text, rolsuper or rolbypassrls, pg_has_role(current_user, oid, 'member')
         from pg_roles
         where rolname in ('veloria_app', 'veloria_jobs')
         order by rolname",
    )
    .fetch_all(connection)
    .await?;
    let role = |row: &sqlx::postgres::PgRow| {
        Ok(Role { name: row.try_get(0)?, passes_walls: row.try_get(1)?, is_ours: row.try_get(2)? })
    };
    rows.iter().map(role).collect()
}

/// Workers that are alive, and jobs that are out of attempts.
pub(super) async fn jobs(connection: &mut PgConnection) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query(
        "select (select count(*) from graphile_worker._private_workers
                 where last_heartbeat_at > now() - interval '30 seconds'),
                (select count(*) from graphile_worker._private_jobs as jobs
                 where locked_at is null
                   and attempts >= max_attempts
                   and not exists (select from graphile_worker._private_job_retirements as retired
                                   where retired.id = jobs.id))",
    )
    .fetch_one(connection)
    .await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}
