//! `GET /settings/{section}`.

use axum::extract::State;
use domain::settings::{Section, Setting};

use crate::AppState;
use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::writes::{IfNoneMatch, ReadHeaders, Reply};

/// Read a section of the settings
#[utoipa::path(
    get, path = "/settings/{section}", operation_id = "getSetting", tag = "settings",
    params(("section" = Section, Path, description = "Which section"), ReadHeaders),
    responses((status = 200, description = "The section", body = Setting), (status = 304, description = "As it is known"), ItemErrors)
)]
pub(super) async fn get_setting(
    State(state): State<AppState>,
    principal: Principal,
    PathId(section): PathId<Section>,
    known: IfNoneMatch,
) -> Result<Reply, Problem> {
    let mut tx = state.db.tenant(principal.tenant).await?;
    let setting = super::find(&mut tx, section).await?;
    tx.commit().await?;
    Ok(Reply::ok(&setting)?.unless_known(&known, &super::tag(&setting)?))
}
