//! What becomes of a picture, without the guard; the guard is tried in `tests/pictures.rs`.

use std::io::Cursor;

use image::{DynamicImage, GenericImageView as _, ImageFormat, Rgba, RgbaImage};

use domain::media::picture::remake;

use super::{Kind, Refusal};

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn plain(width: u32, height: u32) -> DynamicImage {
    DynamicImage::from(RgbaImage::from_pixel(width, height, Rgba([200, 120, 90, 255]))).into_rgb8().into()
}

/// A JPEG with an EXIF segment that says how it is turned and, in clear letters, where it was taken.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    tiff.extend(b"GPS 59.9343 30.3351 canary-place");
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(tiff);
    let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &segment, &jpeg[2..]].concat()
}

#[test]
fn a_picture_is_kept_in_three_sizes_none_of_them_larger_than_it_was() {
    let picture = remake(&written(&plain(2_000, 1_000), ImageFormat::Jpeg)).unwrap();
    assert_eq!((picture.kind, picture.width, picture.height), (Kind::Jpeg, 2_000, 1_000));
    let sides = picture.sizes.each_ref().map(|size| image::load_from_memory(size).unwrap().dimensions());
    assert_eq!(sides, [(2_000, 1_000), (1_600, 800), (400, 200)]);
    let tiny = remake(&written(&plain(3, 2), ImageFormat::Png)).unwrap();
    assert_eq!((tiny.kind, tiny.width, tiny.height), (Kind::Jpeg, 3, 2));
}

#[test]
fn it_is_turned_upright_and_says_nothing_about_where_and_with_what() {
    let file = with_exif(&written(&plain(40, 20), ImageFormat::Jpeg), 6);
    let picture = remake(&file).unwrap();
    assert_eq!((picture.width, picture.height), (20, 40));
    for size in &picture.sizes {
        for word in [&b"Exif"[..], b"GPS", b"canary"] {
            assert!(!size.windows(word.len()).any(|window| window == word));
        }
    }
}

#[test]
fn transparency_is_kept_where_there_is_any() {
    let clear = DynamicImage::from(RgbaImage::from_pixel(10, 10, Rgba([1, 2, 3, 100])));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let picture = remake(&written(&clear, format)).unwrap();
        assert_eq!(picture.kind, Kind::Png);
        assert_eq!(image::load_from_memory(&picture.sizes[0]).unwrap().get_pixel(5, 5).0[3], 100);
    }
}

#[test]
fn what_is_no_picture_is_refused_by_its_bytes() {
    for file in [
        &b""[..],
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"BM\0\0",
    ] {
        assert_eq!(remake(file), Err(Refusal::NotAPicture), "{file:?}");
    }
    let jpeg = written(&plain(40, 20), ImageFormat::Jpeg);
    assert_eq!(remake(&jpeg[..60]), Err(Refusal::Unreadable));
}
