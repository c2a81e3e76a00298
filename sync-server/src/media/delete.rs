//! `DELETE /media/{id}`: the picture and all its sizes.

use axum::extract::State;
use domain::ids::MediaId;
use domain::sync::RecordKind;
use jiff::SignedDuration;

use super::jobs::RemoveBytes;
use super::sweep::DAYS;
use crate::http::{PathId, Problem, RemoveErrors};
use crate::jobs::enqueue_at;
use crate::writes::{NoBody, Reply, Write, WriteHeaders};
use crate::{AppState, sync};

/// Delete a picture
///
/// Links to it that were given before open nothing any more; those of an object storage end within ten minutes. Its bytes go
/// after 30 days, so that a backup of these days is whole.
#[utoipa::path(
    delete, path = "/media/{id}", operation_id = "deleteMedia", tag = "media",
    params(("id" = MediaId, Path, description = "The picture's id"), WriteHeaders),
    responses((status = 204, description = "Gone"), RemoveErrors)
)]
pub(super) async fn delete_media(
    State(state): State<AppState>,
    PathId(id): PathId<MediaId>,
    mut write: Write<NoBody>,
) -> Result<Reply, Problem> {
    super::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    let head = Box::pin(sync::write_record(&mut write.tx, RecordKind::Media, id.0, None)).await?;
    // Bytes without a record are nothing, a record without bytes would be a hole: of a server that is restored from a backup
    // of these days, too.
    let later = state.now() + SignedDuration::from_hours(24 * DAYS);
    enqueue_at(&mut write.tx, &RemoveBytes { id: id.0 }, later).await?;
    write.finish(&state, Some(head), Reply::no_content()).await
}
