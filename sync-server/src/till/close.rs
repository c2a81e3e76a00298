//! `POST /till/close`: the cash was counted, and the day takes no more of it.

use axum::extract::State;
use domain::errors::ErrorCode;
use domain::sync::RecordKind;
use domain::till::{Count, Till};
use serde_json::json;

use super::schemas::TillCount;
use super::store;
use crate::http::{MoneyErrors, Problem, now_text};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, auth, ledger, sync};

/// Close a day of the till
#[utoipa::path(
    post, path = "/till/close", operation_id = "closeTill", tag = "till",
    params(WriteHeaders),
    request_body = TillCount,
    responses((status = 200, description = "The day as it was closed", body = Till), MoneyErrors)
)]
pub(super) async fn close_till(State(state): State<AppState>, mut write: Write) -> Result<Reply, Problem> {
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let count = Count::from_json(&write.body.0, tenant.currency(), tenant.today(state.now()))?;
    let date = count.date;
    if let Some(last) = store::last_closed(&mut write.tx).await?
        && date.to_string() <= last
    {
        return Err(Problem::new(ErrorCode::DayClosed).details(json!({ "lastClosed": last })));
    }
    ledger::catch_up(&mut write.tx).await?;
    let figures = ledger::cash_of(&mut write.tx, date, tenant.currency()).await?;
    let closing = count.close(tenant.id, figures, &now_text(state.now()))?;
    let body = serde_json::to_value(&closing).map_err(|error| Problem::internal(&error))?;
    let written = sync::write_record(&mut write.tx, RecordKind::Till, closing.id, Some(&body));
    let head = Box::pin(written).await?;
    let till = super::till_of(&mut write.tx, &tenant, date, Some(closing)).await?;
    let reply = Reply::ok(&till)?;
    write.finish(&state, Some(head), reply).await
}
