//! `POST /media/uploads`: begins an upload that comes in pieces and survives a cut.

use axum::extract::State;
use domain::errors::ErrorCode;
use domain::media::UploadStart;
use jiff::SignedDuration;

use super::jobs::Sweep;
use super::schemas::{NewUpload, Upload};
use super::take::require_room;
use super::{place, store};
use crate::AppState;
use crate::http::{Problem, WriteErrors};
use crate::writes::{Reply, Write, WriteHeaders};

/// How long an upload may take.
pub(super) const HOURS: i64 = 24;
/// The most uploads that a business has at a time.
const MOST: i64 = 100;

/// Begin an upload
///
/// Answers where to send the pieces: `PATCH /media/uploads/{id}`.
#[utoipa::path(
    post, path = "/media/uploads", operation_id = "beginUpload", tag = "media",
    params(WriteHeaders),
    request_body = NewUpload,
    responses((status = 201, description = "Nothing is here yet", body = Upload, headers(("location" = String))), WriteErrors)
)]
pub(super) async fn begin_upload(State(state): State<AppState>, mut write: Write) -> Result<Reply, Problem> {
    let mut start = UploadStart::from_json(&write.body.0)?;
    start.place = place::check(&mut write.tx, start.place).await?;
    let (id, now) = (state.new_id(), state.now());
    store::forget_before(&mut write.tx, now - SignedDuration::from_hours(HOURS)).await?;
    Sweep::enqueue(&mut write.tx, now).await?;
    // As if all that is on its way were here: the pieces lie in the storage, too.
    let coming = store::coming_bytes(&mut write.tx).await?.saturating_add(start.length as u64);
    require_room(&mut write.tx, coming, write.principal.plan.limits().storage_bytes).await?;
    let begun = store::begin(&mut write.tx, id, start, MOST, now).await?;
    let upload = begun.ok_or(Problem::new(ErrorCode::Conflict))?;
    let reply = Reply::created(&format!("media/uploads/{id}"), &upload)?;
    write.finish(&state, None, reply).await
}
