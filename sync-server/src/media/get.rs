//! `GET /media/{id}`: what is known of a picture, with links to its bytes.

use axum::Json;
use axum::extract::State;
use domain::ids::MediaId;
use domain::media::LinkedMedia;

use super::schemas::linked;
use crate::AppState;
use crate::http::{ItemErrors, PathId, Problem, Read};

/// Read a picture
///
/// Its links open for ten minutes and need no token; ask again for new ones.
#[utoipa::path(
    get, path = "/media/{id}", operation_id = "getMedia", tag = "media",
    params(("id" = MediaId, Path, description = "The picture's id")),
    responses((status = 200, description = "The picture and its links", body = LinkedMedia), ItemErrors)
)]
pub(super) async fn get_media(
    State(state): State<AppState>,
    Read { mut tx, principal }: Read,
    PathId(id): PathId<MediaId>,
) -> Result<Json<LinkedMedia>, Problem> {
    let media = super::find(&mut tx, id).await?;
    tx.commit().await?;
    let media = media.ok_or_else(Problem::not_found)?;
    Ok(Json(linked(&state.gallery, principal.tenant, media, state.now()).await?))
}
