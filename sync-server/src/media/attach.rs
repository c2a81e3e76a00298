//! `POST /appointments/{id}/attach-media`: this picture belongs to this visit. Said twice, it is one fact.

use axum::extract::State;
use domain::errors::FieldProblem;
use domain::ids::AppointmentId;
use domain::media::{Attach, Media, MediaPlace};

use super::place::at_visit;
use super::schemas::AttachBody;
use crate::AppState;
use crate::http::{PathId, Problem, WriteErrors, now_text};
use crate::writes::{Reply, Write, WriteHeaders};

/// Attach a picture to a visit
#[utoipa::path(
    post, path = "/appointments/{id}/attach-media", operation_id = "attachMedia", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), WriteHeaders),
    request_body = AttachBody,
    responses((status = 200, description = "The picture as it is now", body = Media), WriteErrors)
)]
pub(super) async fn attach_media(
    State(state): State<AppState>,
    PathId(id): PathId<AppointmentId>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let attach = Attach::from_json(&write.body.0)?;
    let standing = super::find(&mut write.tx, attach.media_id).await?;
    let Some(media) = standing else {
        return Err(Problem::not_found().field("mediaId", FieldProblem::Unknown));
    };
    let place = MediaPlace {
        media_type: attach.media_type.unwrap_or(media.media_type),
        client_id: media.client_id,
        appointment_id: Some(id),
    };
    let place = at_visit(&mut write.tx, place, id).await?;
    let attached = Media {
        media_type: place.media_type,
        client_id: place.client_id,
        appointment_id: place.appointment_id,
        ..media.clone()
    };
    if attached == media {
        return write.finish(&state, None, Reply::ok(&media)?).await;
    }
    let attached = Media { updated_at: now_text(state.now()), ..attached };
    let head = super::keep(&mut write.tx, &attached).await?;
    write.finish(&state, Some(head), Reply::ok(&attached)?).await
}
