//! Pictures that strangers sent, made into pictures of ours (rule D24). What comes out holds nothing of what came in but its
//! points: no place, no camera, no comment, no second file behind the first.
//!
//! `remake` is the work: bytes in, bytes out. It is done by `child`, another process with little memory and little time, because
//! a decoder that a file has turned against us must have nothing to take. `guard` starts it and ends it.

mod child;
mod guard;
mod remake;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use child::run as run_child;
pub use guard::{GuardError, Painter};

/// The name of the hidden command that does the work.
pub const COMMAND: &str = "remake-picture";

/// The most points of a picture, 40 megapixels, told from its head before anything is unpacked.
const MOST_POINTS: u64 = 40_000_000;
/// The most bytes of its points once unpacked: 40 megapixels of four bytes.
const MOST_UNPACKED: u64 = 4 * MOST_POINTS;
/// The longest side of each size that is kept.
const SIDES: [u32; 3] = [4096, 1600, 400];

/// A picture of ours: as large as it came (up to 4096 points a side), and twice smaller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What the bytes are.
    pub kind: Kind,
    /// Points of the largest.
    pub width: u32,
    /// Points of the largest.
    pub height: u32,
    /// The three sizes, the largest first.
    pub sizes: [Vec<u8>; 3],
}

/// How a picture is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Everything one cannot look through.
    Jpeg,
    /// With parts one can look through.
    Png,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Jpeg, Self::Png];

    /// The end of a name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// The content type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// Why a file is no picture for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Its first bytes are not those of JPEG, PNG or WebP.
    #[error("not a picture of a kind we keep")]
    NotAPicture,
    /// It has more points than we open.
    #[error("too many points")]
    TooLarge,
    /// It says that it is a picture, and cannot be opened.
    #[error("cut or damaged")]
    Unreadable,
}
