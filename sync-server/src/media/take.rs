//! A whole file becomes a picture of ours: the same for a file that came at once and for one that came in pieces.

use axum::body::Bytes;
use axum::http::StatusCode;
use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::MediaId;
use domain::media::{Media, MediaPlace};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::jobs::Sweep;
use super::picture::{GuardError, Picture};
use super::queue::Ticket;
use super::{place, store};
use crate::db::TenantTx;
use crate::http::{Principal, Problem, now_text};
use crate::{AppState, sync};

/// Keeps a file as a picture. A file that is at this place already is not kept twice, so a request whose answer was lost may be
/// sent again.
pub(super) async fn take(
    state: &AppState,
    principal: &Principal,
    ticket: &Ticket,
    file: Bytes,
    wanted: MediaPlace,
) -> Result<(StatusCode, Media), Problem> {
    let sha256 = hex::encode(Sha256::digest(&file));
    let (tenant, most) = (principal.tenant, principal.plan.limits().storage_bytes);
    let mut tx = state.begin(principal).await?;
    let wanted = place::check(&mut tx, wanted).await?;
    if let Some(media) = store::same(&mut tx, &sha256, wanted).await? {
        return Ok((StatusCode::OK, media));
    }
    require_room(&mut tx, 0, most).await?;
    Sweep::enqueue(&mut tx, state.now()).await?;
    tx.commit().await?;
    // No transaction is open while the picture is made and stored.
    let turn = ticket.turn.acquire().await.map_err(|error| Problem::internal(&error))?;
    let picture = state.gallery.painter.remake(file).await.map_err(|error| problem(&error))?;
    drop(turn);
    let (id, now) = (MediaId(state.new_id()), now_text(state.now()));
    let media = described(id, &picture, sha256, wanted, now);
    state.gallery.put(tenant, id, picture).await?;
    // A crash here, or a refusal below, leaves bytes that nobody knows; the sweep takes them away.
    let mut tx = state.begin(principal).await?;
    sync::lock(&mut tx).await?;
    place::check(&mut tx, wanted).await?;
    if let Some(media) = store::same(&mut tx, &media.sha256, wanted).await? {
        tx.commit().await?;
        return Ok((StatusCode::OK, media));
    }
    require_room(&mut tx, media.bytes, most).await?;
    let head = super::keep(&mut tx, &media).await?;
    tx.commit().await?;
    state.live.poke(tenant, head);
    Ok((StatusCode::CREATED, media))
}

/// Refuses what the plan has no room for. What is there stays, also after a downgrade.
pub(super) async fn require_room(tx: &mut TenantTx, more: u64, most: u64) -> Result<(), Problem> {
    let used = store::bytes(tx).await?;
    if used.saturating_add(more) < most {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::StorageFull).details(json!({ "usedBytes": used, "mostBytes": most })))
}

fn described(id: MediaId, picture: &Picture, sha256: String, place: MediaPlace, now: String) -> Media {
    let bytes: usize = picture.sizes.iter().map(Vec::len).sum();
    Media {
        id,
        media_type: place.media_type,
        content_type: picture.kind.content_type().to_owned(),
        width: picture.width,
        height: picture.height,
        bytes: bytes as u64,
        sha256,
        client_id: place.client_id,
        appointment_id: place.appointment_id,
        created_at: now.clone(),
        updated_at: now,
    }
}

fn problem(error: &GuardError) -> Problem {
    match error {
        GuardError::Refused(refusal) => {
            Problem::new(ErrorCode::ValidationFailed).field("file", FieldProblem::from(*refusal))
        }
        GuardError::Start(_) => Problem::internal(error),
    }
}
