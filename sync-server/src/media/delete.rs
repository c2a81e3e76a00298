//! `DELETE /media/{id}`: the picture and all its sizes.

use axum::extract::State;
use domain::ids::MediaId;
use domain::sync::RecordKind;

use super::jobs::RemoveBytes;
use crate::http::{PathId, Problem, RemoveErrors};
use crate::jobs::enqueue;
use crate::writes::{NoBody, Reply, Write, WriteHeaders};
use crate::{AppState, sync};

/// Delete a picture
///
/// Links to it that were given before open nothing any more.
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
    // After the commit, that is: bytes without a record are nothing, a record without bytes would be a hole.
    enqueue(&mut write.tx, &RemoveBytes { id: id.0 }).await?;
    write.finish(&state, Some(head), Reply::no_content()).await
}
