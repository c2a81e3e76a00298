//! What answers and bodies look like. Bodies are read by `domain::media`.

use domain::ids::{AppointmentId, ClientId, MediaId};
use domain::media::{LINKS_LIVE, LinkedMedia, Media, MediaType, Urls};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::gallery::{Gallery, GalleryError};
use crate::http::now_text;
use domain::ids::TenantId;

/// A picture with the links that open it from now on.
pub(super) async fn linked(
    gallery: &Gallery,
    tenant: TenantId,
    media: Media,
    now: Timestamp,
) -> Result<LinkedMedia, GalleryError> {
    let [full, large, small] = gallery.links(tenant, media.id, super::kind_of(&media), now).await?;
    let expires_at = now_text(now + SignedDuration::from_secs(LINKS_LIVE));
    Ok(LinkedMedia { media, urls: Urls { full, large, small, expires_at } })
}

/// The beginning of an upload in pieces.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "length": 4_812_333, "type": "photo_after" }))]
#[expect(dead_code, reason = "only its derived description is used")]
pub(super) struct NewUpload {
    /// How many bytes will come.
    #[schema(minimum = 1, maximum = 26_214_400)]
    length: u32,
    /// What the picture is for; `reference` if absent.
    r#type: Option<MediaType>,
    /// Whose it is.
    client_id: Option<ClientId>,
    /// Of which visit.
    appointment_id: Option<AppointmentId>,
}

/// An upload in pieces.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Upload {
    /// The upload's id.
    pub(super) id: Uuid,
    /// How many bytes will come.
    pub(super) length: i64,
    /// How many are here: where the next piece begins.
    pub(super) offset: i64,
    /// The picture that it became.
    pub(super) media_id: Option<MediaId>,
    /// RFC 3339; forgotten a day later.
    pub(super) created_at: String,
}

/// Which picture, and what it is for.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "mediaId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b7", "type": "photo_before" }))]
#[expect(dead_code, reason = "only its derived description is used")]
pub(super) struct AttachBody {
    /// Which picture.
    media_id: MediaId,
    /// What it is for; as it was if absent.
    r#type: Option<MediaType>,
}
