//! `GET /billing/plan`: the plan, its limits, and what each of the others would mean now.

use axum::extract::State;

use super::views::{BillingPlan, Known};
use crate::AppState;
use crate::http::{ItemErrors, Problem, Read};
use crate::writes::Reply;

/// Show the plan
///
/// With its limits, every feature, and for each other plan what a change to it would cost now and which features would come
/// or become read-only. The rule is in docs/billing.md.
#[utoipa::path(
    get, path = "/billing/plan", operation_id = "getPlan", tag = "billing",
    responses((status = 200, description = "The plan", body = BillingPlan), ItemErrors)
)]
pub(super) async fn get_plan(
    State(state): State<AppState>,
    Read { mut tx, .. }: Read,
) -> Result<Reply, Problem> {
    let known = Known::look_up(&mut tx, &state.billing, state.now()).await?;
    tx.commit().await?;
    Ok(Reply::ok(&known.show())?.tagged(&known.tag()))
}
