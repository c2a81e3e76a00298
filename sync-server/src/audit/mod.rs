//! The journal of critical actions: sign-ins, keys, devices, the plan, settings, states of visits, payments; from any door,
//! in the transaction of the effect, and never changed after.
//!
//! A slice says what it did with [`record`]. Visits, payments, settings and the plan need not be said: the store of `sync`
//! says them, where rows and records are written, whoever writes them. May use `db` and `http`.

mod list;
mod store;
#[cfg(test)]
mod tests;

use domain::audit::Event;
use domain::ids::TenantId;
use sqlx::PgConnection;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::db::{Cause, StoreError, TenantTx};

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list::list_audit_logs))
}

/// Writes down what a transaction does; kept when it commits, gone if it does not.
pub fn record(tx: &mut TenantTx, event: Event) {
    tx.note(event);
}

/// Keeps what a transaction has noted: its last statement.
pub(crate) async fn keep(
    connection: &mut PgConnection,
    tenant: TenantId,
    cause: &Cause,
    events: &[Event],
) -> Result<(), StoreError> {
    store::insert(connection, tenant, cause, events).await
}
