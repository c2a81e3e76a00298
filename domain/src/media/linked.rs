//! A picture with the links to its bytes, as both doors show it.

use serde::{Deserialize, Serialize};

use super::Media;
use crate::errors::wire_enum;

/// For how many seconds a link opens something.
pub const LINKS_LIVE: i64 = 600;

wire_enum! {
    /// One of the sizes that are kept.
    pub enum MediaSize {
        /// As large as it is kept.
        Full = "full",
        /// For a screen.
        Large = "large",
        /// For a list.
        Small = "small",
    }
}

/// A picture with links to its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LinkedMedia {
    /// The picture.
    #[serde(flatten)]
    pub media: Media,
    /// Where its bytes are for the next ten minutes.
    pub urls: Urls,
}

/// Links that need no token, and end. A link without a host begins at this server's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "full": "/files/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0a0/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b7/full.jpg?expires=1796108400&signature=5d0f…",
    "large": "/files/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0a0/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b7/large.jpg?expires=1796108400&signature=91ab…",
    "small": "/files/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0a0/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b7/small.jpg?expires=1796108400&signature=c027…",
    "expiresAt": "2026-12-01T07:10:00Z",
})))]
#[serde(rename_all = "camelCase")]
pub struct Urls {
    /// As large as it is kept.
    pub full: String,
    /// At most 1600 points a side, for a screen.
    pub large: String,
    /// At most 400 points a side, for a list.
    pub small: String,
    /// RFC 3339.
    pub expires_at: String,
}

impl Urls {
    /// The link to a size.
    #[must_use]
    pub fn of(&self, size: MediaSize) -> &str {
        match size {
            MediaSize::Full => &self.full,
            MediaSize::Large => &self.large,
            MediaSize::Small => &self.small,
        }
    }
}
