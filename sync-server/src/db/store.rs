//! The statements that make a connection safe to use, and the one that asks whether anybody is there.

use domain::ids::TenantId;
use sqlx::PgConnection;

/// Said once on every new connection. The role owns nothing and cannot bypass a policy; the limits end what hangs.
pub(super) async fn settle(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "set role veloria_app;
         set timezone = 'UTC';
         set statement_timeout = '30s';
         set lock_timeout = '10s';
         set idle_in_transaction_session_timeout = '60s'",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets the rest of the transaction see this tenant. `true` means this transaction only: a plain SET would leak to the
/// next user of the connection.
pub(super) async fn enter(connection: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    sqlx::query!("select set_config('app.tenant_id', $1, true)", tenant.to_string())
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Whether the database answers.
pub(super) async fn ping(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select 1 as one").fetch_one(connection).await?;
    Ok(())
}
