//! The statements that make a connection safe to use, and the one that asks whether anybody is there.

use std::time::Duration;

use domain::ids::TenantId;
use sqlx::{AssertSqlSafe, PgConnection};

/// Said once on every new connection of the server. The role owns nothing and cannot bypass a policy; the limits end what
/// hangs.
pub(super) async fn settle(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("set role veloria_app").execute(&mut *connection).await?;
    limit(connection).await
}

/// The same for the worker: its role has the queue, and nothing of any tenant.
pub(super) async fn settle_worker(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("set role veloria_jobs").execute(&mut *connection).await?;
    limit(connection).await
}

async fn limit(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "set timezone = 'UTC';
         set statement_timeout = '30s';
         set lock_timeout = '10s';
         set idle_in_transaction_session_timeout = '60s'",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Any number; whoever migrates holds it to the end of its connection.
const MIGRATING: i64 = 0x6d69_6772_6174_6501;

/// Waits until nobody else migrates; from then on nobody is waited for longer than this.
pub(super) async fn wait_to_migrate(
    connection: &mut PgConnection,
    longest: Duration,
) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_lock($1)").bind(MIGRATING).execute(&mut *connection).await?;
    sqlx::query("select set_config('lock_timeout', $1, false)")
        .bind(format!("{}ms", longest.as_millis()))
        .execute(connection)
        .await?;
    Ok(())
}

/// Begins a transaction that sees this tenant, in one message: every request begins with it. `true` means this transaction
/// only: a plain SET would leak to the next user of the connection. The text is safe: an id is written with hexadecimal
/// digits and dashes, and nothing else is put in.
pub(super) fn begin_as(tenant: TenantId, isolation: Isolation) -> AssertSqlSafe<String> {
    let begin = match isolation {
        Isolation::Usual => "begin",
        Isolation::OneMoment => "begin isolation level repeatable read",
    };
    AssertSqlSafe(format!("{begin}; select set_config('app.tenant_id', '{}', true)", tenant.0.hyphenated()))
}

/// What the statements of a transaction see of others that commit meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Isolation {
    /// Each sees what was there when it began.
    Usual,
    /// All see one moment.
    OneMoment,
}

/// The newest migration that the database has.
pub(super) async fn newest_migration(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let row = sqlx::query!(r#"select jobs.newest_migration() as "version!""#).fetch_one(connection).await?;
    Ok(row.version)
}
