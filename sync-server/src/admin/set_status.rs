//! `admin suspend WHO` and `admin resume WHO`: she reads and takes everything away meanwhile, and what her devices hold waits
//! on them.

use domain::accounts::TenantStatus;
use serde_json::json;

use super::who::Who;
use super::{AdminError, Shown};
use crate::{AppState, auth};

pub(super) async fn set_status(
    state: &AppState,
    typed: &str,
    status: TenantStatus,
) -> Result<Shown, AdminError> {
    let who = Who::find(state, typed).await?;
    let mut tx = who.begin(state).await?;
    let head = auth::set_status(&mut tx, status).await?;
    tx.commit().await?;
    state.live.poke(who.tenant, head);
    Ok(Shown(json!({ "id": who.tenant, "status": status })))
}
