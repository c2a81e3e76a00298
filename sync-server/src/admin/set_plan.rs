//! `admin set-plan WHO PLAN`: what a change over the API costs, this does not.

use domain::plans::Plan;
use serde_json::json;

use super::who::Who;
use super::{AdminError, Shown};
use crate::{AppState, auth, billing};

pub(super) async fn set_plan(state: &AppState, typed: &str, plan: Plan) -> Result<Shown, AdminError> {
    let who = Who::find(state, typed).await?;
    let mut tx = who.begin(state).await?;
    let before = auth::find_tenant(&mut tx).await?.map(|tenant| tenant.plan);
    let head = billing::grant(&mut tx, plan, auth::to_micros(state.now()), state.new_id()).await?;
    tx.commit().await?;
    state.live.poke(who.tenant, head);
    Ok(Shown(json!({ "id": who.tenant, "before": before, "plan": plan })))
}
