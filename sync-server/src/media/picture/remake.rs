//! The work itself: reads a picture, turns it upright, writes it anew in three sizes. Pure.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits};

use super::{Kind, MOST_POINTS, MOST_UNPACKED, Picture, Refusal, SIDES};

/// Nobody sees what is lost.
const JPEG_QUALITY: u8 = 88;
/// No side of a picture is longer: beyond it, a picture is a bomb or a map.
const MOST_SIDE: u32 = 32_768;

/// Reads a file by its first bytes, whatever it is called, and makes our picture of it.
pub(super) fn remake(file: &[u8]) -> Result<Picture, Refusal> {
    let format = image::guess_format(file).map_err(|_| Refusal::NotAPicture)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(Refusal::NotAPicture);
    }
    let (image, orientation) = unpack(file, format)?;
    // Made smaller first: turning makes a copy.
    let mut image = fit(image, SIDES[0]);
    image.apply_orientation(orientation);
    let (kind, full) = flatten(image);
    let large = fit(full.clone(), SIDES[1]);
    let small = fit(large.clone(), SIDES[2]);
    let sizes = [write(kind, &full)?, write(kind, &large)?, write(kind, &small)?];
    Ok(Picture { kind, width: full.width(), height: full.height(), sizes })
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
