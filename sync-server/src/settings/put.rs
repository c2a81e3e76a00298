//! `PUT /settings/{section}`: replaces a section whole. With `If-Match`, only the version that the editor has seen.

use axum::extract::State;
use domain::settings::{BusinessHours, Section, Setting};

use crate::http::{PathId, Problem, WriteErrors, now_text};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, sync};

/// Replace a section of the settings
///
/// The body is the section's `value`; what is left out of it is as at the beginning.
#[utoipa::path(
    put, path = "/settings/{section}", operation_id = "putSetting", tag = "settings",
    params(("section" = Section, Path, description = "Which section"), WriteHeaders),
    request_body(content = Object, example = json!(BusinessHours::default())),
    responses((status = 200, description = "As it is now", body = Setting), WriteErrors)
)]
pub(super) async fn put_setting(
    State(state): State<AppState>,
    PathId(section): PathId<Section>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let standing = super::find(&mut write.tx, section).await?;
    write.changes(super::tag(&standing)?);
    let (tenant, business) = super::business(&mut write.tx).await?;
    let value = section.read(&write.body.0, &business)?;
    // Without a seen version nothing can stand against it.
    let setting =
        standing.replace(None, value, &now_text(state.now())).map_err(|error| Problem::internal(&error))?;
    let reply = Reply::ok(&setting)?.tagged(&super::tag(&setting)?);
    let head = Box::pin(sync::write_setting(&mut write.tx, tenant, &setting)).await??;
    write.finish(&state, Some(head), reply).await
}
