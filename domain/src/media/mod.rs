//! Media: the pictures of a salon. Before and after a visit, what a client brings as a reference, a signed paper.
//!
//! A slice of the shared room. Pure. What is known of a picture is a record, so every device sees it offline; the picture
//! itself is fetched when somebody looks at it.

mod linked;
mod list;
#[cfg(feature = "pictures")]
pub mod picture;

pub use linked::{LINKS_LIVE, LinkedMedia, MediaSize, Urls};
pub use list::LIST;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::errors::{FieldErrors, FieldProblem, wire_enum};
use crate::ids::{AppointmentId, ClientId, MediaId};
use crate::input::{Fields, Patch};

/// The largest file that is taken: 25 MiB. A phone's photo has 3 to 12.
pub const MAX_FILE_BYTES: usize = 25 * 1024 * 1024;

wire_enum! {
    /// What a picture is for.
    pub enum MediaType {
        /// How it looked before the visit.
        PhotoBefore = "photo_before",
        /// How it looked after the visit.
        PhotoAfter = "photo_after",
        /// What the client wants it to look like.
        Reference = "reference",
        /// A paper: a signed consent, a certificate.
        Document = "document",
    }
}

impl MediaType {
    /// The words of all types.
    pub const WORDS: &[&str] = &["photo_before", "photo_after", "reference", "document"];
}

/// A picture as stored, sent and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b7",
    "type": "photo_before",
    "contentType": "image/jpeg",
    "width": 3024,
    "height": 4032,
    "bytes": 2_310_482,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1",
    "appointmentId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b3",
    "createdAt": "2026-12-01T07:00:00Z",
    "updatedAt": "2026-12-01T07:00:00Z",
})))]
#[serde(rename_all = "camelCase")]
pub struct Media {
    /// The picture's id.
    pub id: MediaId,
    /// What it is for.
    #[serde(rename = "type")]
    pub media_type: MediaType,
    /// `image/jpeg` or `image/png`, as it is kept.
    pub content_type: String,
    /// Pixels, as it is kept.
    pub width: u32,
    /// Pixels, as it is kept.
    pub height: u32,
    /// What it takes of the storage, in all its sizes.
    pub bytes: u64,
    /// SHA-256 of the file that was sent, in hexadecimal digits.
    pub sha256: String,
    /// Who is on it, or whose it is.
    pub client_id: Option<ClientId>,
    /// Of which visit.
    pub appointment_id: Option<AppointmentId>,
    /// RFC 3339, the server's clock.
    pub created_at: String,
    /// RFC 3339, the server's clock.
    pub updated_at: String,
}

impl Media {
    /// Where it belongs.
    #[must_use]
    pub const fn place(&self) -> MediaPlace {
        let Self { media_type, client_id, appointment_id, .. } = *self;
        MediaPlace { media_type, client_id, appointment_id }
    }

    /// Whether a record that a device offers back to a restored server can be one that this server once wrote.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let is_moment = |text: &str| text.parse::<jiff::Timestamp>().is_ok();
        let is_hash = self.sha256.len() == 64 && self.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        matches!(self.content_type.as_str(), "image/jpeg" | "image/png")
            && is_hash
            && self.bytes <= 4 * MAX_FILE_BYTES as u64
            && is_moment(&self.created_at)
            && is_moment(&self.updated_at)
    }
}

/// Where a picture belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaPlace {
    /// What it is for.
    #[serde(rename = "type")]
    pub media_type: MediaType,
    /// Whose it is.
    pub client_id: Option<ClientId>,
    /// Of which visit.
    pub appointment_id: Option<AppointmentId>,
}

/// The beginning of an upload in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadStart {
    /// How many bytes will come.
    pub length: usize,
    /// Where the picture belongs.
    pub place: MediaPlace,
}

impl UploadStart {
    /// Reads a request that begins an upload: it needs `length`.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let most = u32::try_from(MAX_FILE_BYTES).unwrap_or(u32::MAX);
        let length = fields.whole("length", 1, most);
        let media_type = media_type(&mut fields);
        let client_id = fields.id("clientId");
        let appointment_id = fields.id("appointmentId");
        fields.require("length", &length);
        fields.finish(())?;
        Ok(Self {
            length: length.into_option().unwrap_or_default() as usize,
            place: MediaPlace {
                media_type: media_type.unwrap_or(MediaType::Reference),
                client_id: client_id.into_option(),
                appointment_id: appointment_id.into_option(),
            },
        })
    }
}

/// "This picture belongs to this visit."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attach {
    /// Which picture.
    pub media_id: MediaId,
    /// What it is for; as it was if absent.
    pub media_type: Option<MediaType>,
}

impl Attach {
    /// Reads a request that attaches: it needs `mediaId`.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let media_id = fields.id::<MediaId>("mediaId");
        let media_type = media_type(&mut fields);
        fields.require("mediaId", &media_id);
        fields.finish(())?;
        let media_id = media_id.into_option();
        let media_id = media_id.ok_or_else(|| FieldErrors::one("mediaId", FieldProblem::Required))?;
        Ok(Self { media_id, media_type })
    }
}

fn media_type(fields: &mut Fields<'_>) -> Option<MediaType> {
    match fields.word("type", MediaType::WORDS) {
        Patch::Set(word) => MediaType::from_wire(word),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_type_has_its_word() {
        let words: Vec<&str> = MediaType::ALL.iter().map(|media_type| media_type.as_str()).collect();
        assert_eq!(words, MediaType::WORDS);
    }

    #[test]
    fn an_upload_says_how_long_it_is_and_is_a_reference_unless_told() {
        let read = |value: Json| UploadStart::from_json(value.as_object().unwrap());
        let start = read(json!({ "length": 7 })).unwrap();
        assert_eq!((start.length, start.place.media_type), (7, MediaType::Reference));
        for (body, field, problem) in [
            (json!({}), "length", FieldProblem::Required),
            (json!({ "length": 0 }), "length", FieldProblem::OutOfRange),
            (json!({ "length": MAX_FILE_BYTES + 1 }), "length", FieldProblem::OutOfRange),
            (json!({ "length": 1, "type": "film" }), "type", FieldProblem::Invalid),
            (json!({ "length": 1, "name": "a.jpg" }), "name", FieldProblem::Unknown),
        ] {
            assert_eq!(read(body.clone()).unwrap_err().get(field), Some(problem), "{body}");
        }
    }

    #[test]
    fn a_picture_is_attached_by_its_id() {
        let read = |value: Json| Attach::from_json(value.as_object().unwrap());
        assert_eq!(read(json!({})).unwrap_err().get("mediaId"), Some(FieldProblem::Required));
        let body = json!({ "mediaId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b7", "type": "photo_after" });
        assert_eq!(read(body).unwrap().media_type, Some(MediaType::PhotoAfter));
    }
}
