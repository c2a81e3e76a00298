//! The till of a day: what should lie in it, what was counted, and days that are closed.
//!
//! May use `db`, `http`, `auth` (zone, currency), `ledger` (what the books say of cash) and the door of `sync`. The rules are
//! `domain::till`.

mod close;
mod get;
mod schemas;
mod store;
#[cfg(test)]
mod tests;

use domain::errors::{ErrorCode, FieldProblem};
use domain::payments::{CASH, Payment};
use domain::sync::RecordKind;
use domain::till::{Closing, Till};
use jiff::civil::Date;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Tenant;
use crate::db::{StoreError, TenantTx};
use crate::http::Problem;
use crate::{AppState, ledger, sync};

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get::get_till)).routes(routes!(close::close_till))
}

/// Refuses cash that is dated into a day that was closed, or before it, unless it says that it corrects. What a device has taken
/// offline is not asked: it is in the till, whatever was counted meanwhile.
pub async fn check_open(tx: &mut TenantTx, payment: &Payment) -> Result<(), Problem> {
    if payment.provider != CASH || payment.correction {
        return Ok(());
    }
    let last = store::last_closed(tx).await?;
    // Days are written so that their order is that of their letters.
    if last.is_some_and(|last| payment.date <= last) {
        return Err(Problem::new(ErrorCode::DayClosed).field("date", FieldProblem::NotAllowed));
    }
    Ok(())
}

/// How a day was closed, if it was.
async fn closing(tx: &mut TenantTx, date: Date) -> Result<Option<Closing>, StoreError> {
    let id = Closing::id_of(tx.tenant(), date);
    let body = sync::record(tx, RecordKind::Till, id).await?;
    body.map(serde_json::from_value).transpose().map_err(StoreError::damaged)
}

/// A day as the books have it; they must have followed the log.
async fn till_of(
    tx: &mut TenantTx,
    tenant: &Tenant,
    date: Date,
    closing: Option<Closing>,
) -> Result<Till, Problem> {
    let figures = ledger::cash_of(tx, date, tenant.currency()).await?;
    let brought = ledger::brought_by(tx, date, tenant.currency()).await?;
    // Only of amounts beyond what we count with.
    Till::new(date, figures, brought, closing).map_err(|_| out_of_range())
}

fn out_of_range() -> Problem {
    Problem::new(ErrorCode::ValidationFailed).field("date", FieldProblem::OutOfRange)
}
