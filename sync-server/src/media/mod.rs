//! Media: the pictures of a salon, before and after a visit, references, papers.
//!
//! What is known of a picture is a record, written through the door of `sync`, so every device sees it offline (DESIGN section
//! 3); its bytes lie in the [`Gallery`] and are fetched by links that end. May use `db`, `http`, `writes`, `listing`, `auth`
//! (zone), `clients` and `appointments` (does what a picture names exist?). The rules are `domain::media`.

mod attach;
mod begin;
mod delete;
mod file;
mod gallery;
mod get;
mod jobs;
mod links;
mod list;
mod picture;
mod piece;
mod place;
mod progress;
mod queue;
mod range;
mod schemas;
mod store;
mod sweep;
mod take;
#[cfg(test)]
mod tests;
mod upload;

use axum::Router;
use axum::routing::get;
use domain::ids::MediaId;
use domain::media::{MAX_FILE_BYTES, Media};
use domain::sync::RecordKind;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::{StoreError, TenantTx};
use crate::http::Problem;
use crate::{AppState, sync};

pub use gallery::{Gallery, GalleryError};
pub use jobs::{RemoveBytes, Sweep};
pub use links::LinkKeys;
pub use picture::{
    COMMAND as REMAKE_PICTURE, GuardError, Kind, Painter, Picture, Refusal, run_child as remake_picture,
};

#[cfg(test)]
pub(crate) use store::LIST;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(upload::upload_media, list::list_media))
        .routes(routes!(get::get_media, delete::delete_media))
        .routes(routes!(begin::begin_upload))
        .routes(routes!(progress::get_upload, piece::send_piece))
        .routes(routes!(attach::attach_media))
        // The limit of this room is kept where the body is read, with an answer of its own.
        .layer(axum::extract::DefaultBodyLimit::max(MAX_FILE_BYTES + 1))
}

/// How many bytes the pictures of a business take.
pub async fn used_bytes(tx: &mut TenantTx) -> Result<u64, StoreError> {
    store::bytes(tx).await
}

/// Where the links to our own folder lead. Not below `/api/v1`: whoever holds a link needs no token.
pub fn files() -> Router<AppState> {
    Router::new().route("/files/{tenant}/{id}/{name}", get(file::send_file))
}

/// A picture.
pub async fn find(tx: &mut TenantTx, id: MediaId) -> Result<Option<Media>, StoreError> {
    let body = sync::record(tx, RecordKind::Media, id.0).await?;
    body.map(|body| serde_json::from_value(body).map_err(StoreError::damaged)).transpose()
}

/// Keeps what is known of a picture. Returns the new head.
async fn keep(tx: &mut TenantTx, media: &Media) -> Result<u64, Problem> {
    let body = serde_json::to_value(media).map_err(|error| Problem::internal(&error))?;
    Ok(Box::pin(sync::write_record(tx, RecordKind::Media, media.id.0, Some(&body))).await?)
}

/// How a picture is kept.
fn kind_of(media: &Media) -> Kind {
    Kind::ALL.into_iter().find(|kind| kind.content_type() == media.content_type).unwrap_or(Kind::Jpeg)
}
