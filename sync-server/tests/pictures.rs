//! Hostile pictures against the real guard (RELIABILITY A10): the program itself reads them in another process, with little memory
//! and little time. What comes out is refused, or a picture of ours with nothing of theirs in it.
//!
//! `VELORIA_HOSTILE_PICTURES` says how many (500 in the long run).

use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use axum::body::Bytes;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use sync_server::media::{GuardError, Painter, Picture, Refusal};
use sync_server::system::Stopwatch;

/// How many files, unless the environment says otherwise.
const USUALLY: usize = 28;
/// What stands in every file where it should not, and must stand in no picture.
const CANARY: &[u8] = b"canary-59.9343N-30.3351E";
/// The most that this process may grow by: hostile bytes live elsewhere.
const MOST_GROWTH: u64 = 200 * 1024 * 1024;
/// The longest that a file may keep anybody busy.
const MOST_TIME: Duration = Duration::from_secs(2);

fn painter() -> Painter {
    Painter::new(PathBuf::from(env!("CARGO_BIN_EXE_sync-server")))
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), format).expect("a picture can be written");
    bytes
}

/// A picture that differs with its number.
fn plain(number: usize) -> DynamicImage {
    let shade = u8::try_from(number % 256).expect("less than 256");
    RgbImage::from_fn(64, 48, |x, y| Rgb([shade, (x * 4).to_le_bytes()[0], (y * 5).to_le_bytes()[0]])).into()
}

fn png_chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(&name);
    crc.update(data);
    let length = u32::try_from(data.len()).expect("small").to_be_bytes();
    [&length[..], &name, data, &crc.sum().to_be_bytes()].concat()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// A PNG whose head says any size, with points that unpack to zeros without end.
fn png(width: u32, height: u32, further: &[Vec<u8>], points: &[u8]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(png_chunk(*b"IHDR", &head));
    file.extend(further.concat());
    file.extend(png_chunk(*b"IDAT", &zlib(points)));
    file.extend(png_chunk(*b"IEND", b""));
    file
}

/// A segment right behind the beginning of a JPEG.
fn jpeg_with(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).expect("small").to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, data, &jpeg[2..]].concat()
}

/// What a file must become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Refused(Refusal),
    /// A picture, or refused as damaged; in either case nothing else.
    Harmless,
    Picture,
}

/// One hostile file; its kind goes around with the number, its bytes differ with it.
fn hostile(number: usize) -> (&'static str, Vec<u8>, Fate) {
    let jpeg = written(&plain(number), ImageFormat::Jpeg);
    let gps = [b"Exif\0\0II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0", CANARY].concat();
    let many = number + 1;
    match number % 14 {
        0 => {
            ("30k x 30k PNG", png(30_000, 30_000, &[], &vec![0; 1_000_000]), Fate::Refused(Refusal::TooLarge))
        }
        1 => ("long thin PNG", png(2_000_000, 20, &[], &[0; 1_000]), Fate::Refused(Refusal::TooLarge)),
        2 => {
            let text = [b"Comment\0\0", &zlib(&vec![b'a'; 60_000_000])[..]].concat();
            ("text bomb in PNG", png(8, 8, &[png_chunk(*b"zTXt", &text)], &[0; 8 * 25]), Fate::Harmless)
        }
        3 => {
            let profile = [b"p\0\0", &zlib(&vec![0; 60_000_000])[..]].concat();
            ("profile bomb in PNG", png(8, 8, &[png_chunk(*b"iCCP", &profile)], &[0; 8 * 25]), Fate::Harmless)
        }
        4 => ("endless points in PNG", png(8, 8, &[], &vec![0; 30_000_000]), Fate::Harmless),
        5 => {
            let frame = b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
            let head = b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff".to_vec();
            (
                "GIF of 100,000 frames",
                [head, frame.repeat(100_000)].concat(),
                Fate::Refused(Refusal::NotAPicture),
            )
        }
        6 => ("truncated JPEG", jpeg[..jpeg.len() * (number % 90) / 100].to_vec(), Fate::Harmless),
        7 => {
            let svg =
                format!("<svg xmlns='http://www.w3.org/2000/svg' width='{many}'><script>1</script></svg>");
            ("SVG", svg.into_bytes(), Fate::Refused(Refusal::NotAPicture))
        }
        8 => {
            let html = [b"<html><script>alert(1)</script>".as_slice(), CANARY].concat();
            ("HTML in JPEG", [jpeg_with(&jpeg, 0xfe, &html), html].concat(), Fate::Picture)
        }
        9 => ("place in JPEG", jpeg_with(&jpeg, 0xe1, &gps), Fate::Picture),
        10 => ("ZIP behind JPEG", [jpeg, b"PK\x03\x04".to_vec(), CANARY.to_vec()].concat(), Fate::Picture),
        11 => {
            // The same segment again and again, each saying another turn.
            let mut file = jpeg;
            for _ in 0..200 {
                file = jpeg_with(&file, 0xe1, &gps);
            }
            ("200 places in JPEG", file, Fate::Picture)
        }
        12 => {
            let mut file = jpeg;
            let length = file.len();
            // Flipped bits all over the points.
            for step in 0..40 {
                file[(step * 97 + number * 31) % length] ^= 1 << (step % 8);
            }
            ("damaged JPEG", file, Fate::Harmless)
        }
        _ => {
            let mut webp = written(&plain(number), ImageFormat::WebP);
            let length = webp.len();
            webp[12 + number % (length - 12)] ^= 0xff;
            ("damaged WebP", webp, Fate::Harmless)
        }
    }
}

/// What this process holds, from the kernel.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or_default() * 1024
}

fn is_clean(picture: &Picture) -> bool {
    picture.sizes.iter().all(|size| {
        let holds = |word: &[u8]| size.windows(word.len()).any(|window| window == word);
        !holds(CANARY)
            && !holds(b"Exif")
            && !holds(b"<script")
            && !holds(b"PK\x03\x04")
            && image::load_from_memory(size).is_ok()
    })
}

#[tokio::test]
async fn hostile_files_are_refused_or_made_harmless() {
    let most = env::var("VELORIA_HOSTILE_PICTURES").map_or(USUALLY, |count| count.parse().expect("a number"));
    let painter = painter();
    let before = resident();
    let (mut grown, mut longest) = (0, (Duration::ZERO, ""));
    for number in 0..most {
        let (what, file, fate) = hostile(number);
        let watch = Stopwatch::start();
        let outcome = painter.remake(file.into()).await;
        longest = longest.max((watch.elapsed(), what));
        grown = grown.max(resident().saturating_sub(before));
        match (outcome, fate) {
            (Ok(picture), Fate::Picture | Fate::Harmless) => assert!(is_clean(&picture), "{number}: {what}"),
            (Err(GuardError::Refused(refusal)), Fate::Refused(expected)) => {
                assert_eq!(refusal, expected, "{number}: {what}");
            }
            (
                Err(GuardError::Refused(Refusal::Unreadable | Refusal::TooLarge | Refusal::NotAPicture)),
                Fate::Harmless,
            ) => {}
            (outcome, fate) => {
                panic!("{number}: {what}: {fate:?} expected, {:?}", outcome.map(|_| "a picture"))
            }
        }
    }
    println!(
        "A10: {most} hostile files; this process grew by at most {} MiB, the slowest took {:.2} s ({})",
        grown / 1024 / 1024,
        longest.0.as_secs_f64(),
        longest.1
    );
    assert!(grown < MOST_GROWTH, "grew by {grown} bytes");
    // Times say something only where nothing else runs: in the long run.
    assert!(most == USUALLY || longest.0 < MOST_TIME, "{longest:?}");
    assert!(most < 14 || before > 0, "nothing was measured");
}

#[tokio::test]
async fn a_large_photo_passes_the_guard_and_one_point_more_does_not() {
    let painter = painter();
    let photo = RgbImage::from_fn(8_000, 5_000, |x, y| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 7]));
    let file = written(&photo.into(), ImageFormat::Jpeg);
    let picture = painter.remake(file.into()).await.expect("40 megapixels are allowed");
    assert_eq!((picture.width, picture.height), (4_096, 2_560));
    let file = written(&RgbImage::new(8_001, 5_000).into(), ImageFormat::Jpeg);
    let refused = painter.remake(file.into()).await;
    assert!(matches!(refused, Err(GuardError::Refused(Refusal::TooLarge))));
}

#[tokio::test]
async fn a_reader_that_dies_or_lies_makes_no_picture() {
    let file = Bytes::from(written(&plain(1), ImageFormat::Jpeg));
    for program in ["/bin/false", "/bin/echo"] {
        let outcome = Painter::new(PathBuf::from(program)).remake(file.clone()).await;
        assert!(matches!(outcome, Err(GuardError::Refused(Refusal::Unreadable))), "{program}");
    }
    let outcome = Painter::new(PathBuf::from("/no/such/program")).remake(file).await;
    assert!(matches!(outcome, Err(GuardError::Start(_))));
}
