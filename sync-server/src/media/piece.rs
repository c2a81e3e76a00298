//! `PATCH /media/uploads/{id}`: one more piece. With the last one the file becomes a picture.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::IntoResponse;
use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::TenantId;
use domain::media::MediaPlace;
use jiff::SignedDuration;
use uuid::Uuid;

use super::progress::answer;
use super::schemas::Upload;
use super::store;
use super::take::take;
use crate::AppState;
use crate::http::{Asked, PathId, Principal, Problem, UploadErrors, read_body};

/// The largest piece: 8 MiB.
const MAX_PIECE: usize = 8 * 1024 * 1024;
/// When to ask again while another piece of the same upload is being stored.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// Whoever claimed a place for longer than this has crashed.
const CLAIMED: SignedDuration = SignedDuration::from_mins(3);

/// Send a piece of an upload
///
/// The body is the next bytes; `offset` says where they begin, which must be where the upload is. After a cut ask how far it
/// is, and go on from there. With the last byte the file becomes a picture, and the answer has its `mediaId`; if that is answered
/// `503 unavailable`, send an empty piece after the time of `Retry-After`.
#[utoipa::path(
    patch, path = "/media/uploads/{id}", operation_id = "sendPiece", tag = "media",
    params(("id" = Uuid, Path, description = "The upload's id"),
        ("offset" = i64, Query, minimum = 0, description = "The number of the piece's first byte")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The next bytes, at most 8 MiB"),
    responses((status = 200, description = "As far as it is now", body = Upload,
        headers(("upload-offset" = i64), ("upload-length" = i64))), UploadErrors)
)]
pub(super) async fn send_piece(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<Uuid>,
    Asked(mut query): Asked,
    body: Body,
) -> Result<impl IntoResponse, Problem> {
    let mut tx = state.db.tenant(principal.tenant).await?;
    store::upload(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    let offset = query.required::<i64>("offset");
    if offset.is_some_and(|offset| offset < 0) {
        query.mistake("offset", FieldProblem::OutOfRange);
    }
    query.finish()?;
    let Some(offset) = offset else { return Err(Problem::new(ErrorCode::BadRequest)) };
    // With no connection to the database in hand: somebody may send slowly.
    let bytes = read_body(body, MAX_PIECE).await?;
    // To its end even if the caller hangs up: whoever comes again finds the place free.
    let kept = tokio::spawn(keep(state.clone(), principal.tenant, id, offset, bytes)).await;
    let (mut upload, place) = kept.map_err(|error| Problem::internal(&error))??;
    if upload.offset == upload.length && upload.media_id.is_none() {
        upload = Box::pin(end(&state, &principal, upload, place)).await?;
    }
    Ok(answer(upload))
}

/// Claims the place of a piece, stores it, and then says so. No transaction is open meanwhile; a crash in between leaves a piece
/// that the next attempt overwrites, for its name is its place.
async fn keep(
    state: AppState,
    tenant: TenantId,
    id: Uuid,
    offset: i64,
    bytes: Bytes,
) -> Result<(Upload, MediaPlace), Problem> {
    let mut tx = state.db.tenant(tenant).await?;
    let (upload, place) = store::upload(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let after = i64::try_from(bytes.len()).ok().and_then(|more| offset.checked_add(more));
    if offset != upload.offset {
        return Err(Problem::new(ErrorCode::Conflict).field("offset", FieldProblem::OutOfRange));
    }
    let Some(after) = after.filter(|after| *after <= upload.length) else {
        return Err(Problem::new(ErrorCode::ValidationFailed).field("file", FieldProblem::TooLong));
    };
    if bytes.is_empty() {
        tx.commit().await?;
        return Ok((upload, place));
    }
    let (claim, now) = (state.new_id(), state.now());
    let is_ours = store::claim(&mut tx, id, offset, claim, (now, now - CLAIMED)).await?;
    tx.commit().await?;
    let running = || Problem::new(ErrorCode::RequestRunning).after(ASK_AGAIN);
    if !is_ours {
        return Err(running());
    }
    let stored = state.gallery.put_piece(tenant, id, offset, bytes).await;
    let received = if stored.is_ok() { after } else { offset };
    let mut tx = state.db.tenant(tenant).await?;
    let is_ours = store::received(&mut tx, id, claim, received).await?;
    tx.commit().await?;
    stored?;
    if is_ours { Ok((Upload { offset: after, ..upload }, place)) } else { Err(running()) }
}

/// All pieces are here: makes the picture. What is no picture is forgotten, for sending the rest of it would not help.
async fn end(
    state: &AppState,
    principal: &Principal,
    upload: Upload,
    place: MediaPlace,
) -> Result<Upload, Problem> {
    let tenant = principal.tenant;
    let ticket = state.gallery.queue.enter(tenant)?;
    let file = state.gallery.pieces(tenant, upload.id).await?;
    if i64::try_from(file.len()).ok() != Some(upload.length) {
        return Err(Problem::internal(&std::io::Error::other(
            "the pieces of an upload are not as long as it",
        )));
    }
    let taken = take(state, principal, &ticket, file.into(), place).await;
    let refused = matches!(&taken, Err(problem) if problem.code() == ErrorCode::ValidationFailed);
    let mut tx = state.db.tenant(tenant).await?;
    let media = match taken {
        Ok((_, media)) => {
            store::became(&mut tx, upload.id, media.id).await?;
            tx.commit().await?;
            Ok(Upload { media_id: Some(media.id), ..upload.clone() })
        }
        Err(problem) if refused => {
            store::forget(&mut tx, upload.id).await?;
            tx.commit().await?;
            Err(problem)
        }
        Err(problem) => return Err(problem),
    };
    // Nothing depends on it: what stays is swept later.
    if let Err(error) = state.gallery.remove(tenant, upload.id).await {
        tracing::warn!(cause = %error, "the pieces of an upload stay");
    }
    media
}
