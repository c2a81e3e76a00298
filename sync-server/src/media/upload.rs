//! `POST /media`: the file itself is the body. What it is stands in its bytes; what a header or a name says of it is not read.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::{AppointmentId, ClientId};
use domain::media::{LinkedMedia, MAX_FILE_BYTES, MediaPlace, MediaType};
use utoipa::IntoParams;

use super::schemas::linked;
use super::take::take;
use crate::AppState;
use crate::http::{Asked, Principal, Problem, UploadErrors, read_body};

/// Where the picture belongs.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct Belongs {
    /// What the picture is for; `reference` if absent.
    r#type: Option<MediaType>,
    /// Whose it is; of a visit's picture the visit's client.
    client_id: Option<ClientId>,
    /// Of which visit.
    appointment_id: Option<AppointmentId>,
}

/// Upload a picture
///
/// JPEG, PNG or WebP, told by its bytes. It is kept upright, without place, camera and comments, and in three sizes. The same file
/// for the same place is kept once, so it may be sent again. Over a slow connection, send it in pieces: `POST /media/uploads`. A
/// business brings two at a time; a third is answered `503 unavailable` with `Retry-After`.
#[utoipa::path(
    post, path = "/media", operation_id = "uploadMedia", tag = "media",
    params(Belongs),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "The file itself, at most 25 MiB and 40 megapixels"),
    responses((status = 201, description = "Kept", body = LinkedMedia, headers(("location" = String))),
        (status = 200, description = "It was kept before", body = LinkedMedia), UploadErrors)
)]
pub(super) async fn upload_media(
    State(state): State<AppState>,
    principal: Principal,
    Asked(query): Asked,
    request: Request,
) -> Result<impl IntoResponse, Problem> {
    let place = MediaPlace::from_query(query)?;
    // Before anything of the file is read.
    let ticket = state.gallery.queue.enter(principal.tenant)?;
    let file = read_body(request.into_body(), MAX_FILE_BYTES).await?;
    if file.is_empty() {
        return Err(Problem::new(ErrorCode::ValidationFailed).field("file", FieldProblem::FileEmpty));
    }
    let (status, media) = Box::pin(take(&state, &principal, &ticket, file, place)).await?;
    let location = format!("/api/v1/media/{}", media.id);
    let shown = linked(&state.gallery, principal.tenant, media, state.now()).await?;
    let headers = (status == StatusCode::CREATED).then_some([(LOCATION, location)]);
    Ok((status, headers, Json(shown)))
}
