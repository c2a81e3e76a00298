//! Pictures made anew: what comes out holds nothing of what came in but its points: no place, no camera, no comment, no second
//! file behind the first.
//!
//! Part of the media room, behind the feature `pictures`. Pure: bytes in, bytes out. Whoever hands it files of strangers does
//! so in a process that has nothing to lose.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits};
use serde::{Deserialize, Serialize};

use crate::errors::FieldProblem;

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

impl From<Refusal> for FieldProblem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAPicture => Self::NotAPicture,
            Refusal::TooLarge => Self::PictureTooLarge,
            Refusal::Unreadable => Self::PictureUnreadable,
        }
    }
}

/// Nobody sees what is lost.
const JPEG_QUALITY: u8 = 88;
/// No side of a picture is longer: beyond it, a picture is a bomb or a map.
const MOST_SIDE: u32 = 32_768;

/// Reads a file by its first bytes, whatever it is called, and makes our picture of it.
///
/// # Errors
/// What is none, or too large, or damaged.
pub fn remake(file: &[u8]) -> Result<Picture, Refusal> {
    let (kind, full) = read(file, SIDES[0])?;
    let large = fit(full.clone(), SIDES[1]);
    let small = fit(large.clone(), SIDES[2]);
    let sizes = [write(kind, &full)?, write(kind, &large)?, write(kind, &small)?];
    Ok(Picture { kind, width: full.width(), height: full.height(), sizes })
}

/// The smallest size alone, for a list: with its kind.
///
/// # Errors
/// As [`remake`]: what this takes, that will take.
pub fn thumbnail(file: &[u8]) -> Result<(Kind, Vec<u8>), Refusal> {
    let (kind, small) = read(file, SIDES[2])?;
    Ok((kind, write(kind, &small)?))
}

/// What a file that is taken says that it is, by its first bytes.
#[must_use]
pub fn content_type(file: &[u8]) -> Option<&'static str> {
    format(file).map(|format| format.to_mime_type())
}

fn format(file: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(file).ok()?;
    matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP).then_some(format)
}

/// What a picture of ours is and how many points it has each way, told from its head.
#[must_use]
pub fn look(own: &[u8]) -> Option<(Kind, u32, u32)> {
    let reader = ImageReader::new(Cursor::new(own)).with_guessed_format().ok()?;
    let kind = match reader.format()? {
        ImageFormat::Jpeg => Kind::Jpeg,
        ImageFormat::Png => Kind::Png,
        _ => return None,
    };
    let (width, height) = reader.into_dimensions().ok()?;
    Some((kind, width, height))
}

fn read(file: &[u8], side: u32) -> Result<(Kind, DynamicImage), Refusal> {
    let format = format(file).ok_or(Refusal::NotAPicture)?;
    let (image, orientation) = unpack(file, format)?;
    // Made smaller first: turning makes a copy.
    let mut image = fit(image, side);
    image.apply_orientation(orientation);
    Ok(flatten(image))
}

fn unpack(file: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), Refusal> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_UNPACKED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_POINTS || decoder.total_bytes() > MOST_UNPACKED {
        return Err(Refusal::TooLarge);
    }
    // A picture whose turn cannot be read lies as it lies.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    Ok((image, orientation))
}

fn refusal(error: &ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooLarge,
        _ => Refusal::Unreadable,
    }
}

/// No side longer than this; a picture that fits stays as it is.
fn fit(image: DynamicImage, side: u32) -> DynamicImage {
    if image.width().max(image.height()) > side { image.thumbnail(side, side) } else { image }
}

/// Eight bits a colour; transparency only where there is any.
fn flatten(image: DynamicImage) -> (Kind, DynamicImage) {
    if image.color().has_alpha() {
        let image = image.into_rgba8();
        if image.pixels().any(|pixel| pixel.0[3] < u8::MAX) {
            return (Kind::Png, image.into());
        }
        return (Kind::Jpeg, DynamicImage::from(image).into_rgb8().into());
    }
    (Kind::Jpeg, image.into_rgb8().into())
}

fn write(kind: Kind, image: &DynamicImage) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let written = match kind {
        Kind::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)),
        Kind::Png => image.write_with_encoder(PngEncoder::new(&mut bytes)),
    };
    written.map_err(|error| refusal(&error))?;
    Ok(bytes)
}
