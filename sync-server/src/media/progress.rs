//! `GET /media/uploads/{id}`: how far an upload is; `HEAD` says the same in `Upload-Offset` and `Upload-Length`.

use axum::Json;
use axum::http::HeaderName;
use axum::response::IntoResponse;
use uuid::Uuid;

use super::schemas::Upload;
use super::store;
use crate::http::{ItemErrors, PathId, Problem, Read};

/// Where the next piece begins.
pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// How many bytes will come in all.
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// Ask how far an upload is
#[utoipa::path(
    get, path = "/media/uploads/{id}", operation_id = "getUpload", tag = "media",
    params(("id" = Uuid, Path, description = "The upload's id")),
    responses((status = 200, description = "As far as it is; `mediaId` once it is a picture", body = Upload,
        headers(("upload-offset" = i64), ("upload-length" = i64))), ItemErrors)
)]
pub(super) async fn get_upload(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<Uuid>,
) -> Result<impl IntoResponse, Problem> {
    let (upload, _) = store::upload(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(answer(upload))
}

/// How far an upload is.
pub(super) fn answer(upload: Upload) -> impl IntoResponse {
    let headers = [(OFFSET, upload.offset.to_string()), (LENGTH, upload.length.to_string())];
    (headers, Json(upload))
}
