//! Pictures of tests.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

/// A small JPEG that is another one for each shade.
///
/// # Panics
/// Never: a picture of one colour can be written.
#[must_use]
pub fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = RgbImage::from_pixel(12, 8, Rgb([shade, 80, 160]));
    image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).expect("a picture of one colour");
    bytes
}
