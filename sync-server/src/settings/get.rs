//! `GET /settings/{section}`.

use domain::settings::{Section, Setting};

use crate::http::{ItemErrors, PathId, Problem, Read};
use crate::writes::{IfNoneMatch, ReadHeaders, Reply};

/// Read a section of the settings
#[utoipa::path(
    get, path = "/settings/{section}", operation_id = "getSetting", tag = "settings",
    params(("section" = Section, Path, description = "Which section"), ReadHeaders),
    responses((status = 200, description = "The section", body = Setting), (status = 304, description = "As it is known"), ItemErrors)
)]
pub(super) async fn get_setting(
    Read { mut tx, .. }: Read,
    PathId(section): PathId<Section>,
    known: IfNoneMatch,
) -> Result<Reply, Problem> {
    let setting = super::find(&mut tx, section).await?;
    tx.commit().await?;
    Ok(Reply::ok(&setting)?.unless_known(&known, &super::tag(&setting)?))
}
