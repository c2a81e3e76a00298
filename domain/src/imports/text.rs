//! From bytes to text: which letters the bytes stand for.
//!
//! Part of the import room. Pure. Text that is valid UTF-8 is UTF-8; old programs on Windows write Windows-1251, those of
//! DOS and Unix other tables, which are told apart by how often letters follow each other.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding as Table, IBM866, KOI8_R, KOI8_U, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252,
};
use serde::{Deserialize, Serialize};

/// How letters are written as bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// Looked for in the bytes: a mark at their start, then UTF-8 if they are valid as that, else what the letters say.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// UTF-8, with or without a mark at the start.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1251.
    #[serde(rename = "windows-1251")]
    Windows1251,
    /// KOI8-R.
    #[serde(rename = "koi8-r")]
    Koi8R,
    /// CP866, of DOS.
    #[serde(rename = "cp866")]
    Cp866,
    /// UTF-16, little end first unless a mark says otherwise.
    #[serde(rename = "utf-16")]
    Utf16,
}

/// The bytes are not of the encoding that the map names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file is not UTF-8, though the map says so")]
pub struct NotUtf8;

/// Reads bytes as text.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Result<String, NotUtf8> {
    let marked = Table::for_bom(bytes);
    let table = match (encoding, marked) {
        (Encoding::Windows1251, _) => WINDOWS_1251,
        (Encoding::Koi8R, _) => KOI8_R,
        (Encoding::Cp866, _) => IBM866,
        (Encoding::Utf16, None) => UTF_16LE,
        (Encoding::Auto | Encoding::Utf16, Some((table, _))) => table,
        (Encoding::Auto, None) => detect(bytes),
        (Encoding::Utf8, _) => UTF_8,
    };
    let skipped = marked.filter(|(marked, _)| *marked == table).map_or(0, |(_, length)| length);
    let (text, broken) = table.decode_without_bom_handling(&bytes[skipped..]);
    if broken && encoding == Encoding::Utf8 { Err(NotUtf8) } else { Ok(text.into_owned()) }
}

fn detect(bytes: &[u8]) -> &'static Table {
    if let Some(wide) = unmarked_utf16(bytes) {
        return wide;
    }
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        // A file that was cut in the middle of a letter is still what it was.
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    if valid {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let found = detector.guess(Some(b"ru"), Utf8Detection::Deny);
    let known = [WINDOWS_1251, IBM866, WINDOWS_1252, KOI8_R];
    if found == KOI8_U {
        // The same letters but for four Ukrainian ones, which KOI8-R has lines for.
        KOI8_U
    } else if known.contains(&found) {
        found
    } else {
        WINDOWS_1251
    }
}

/// UTF-16 without a mark: every second byte says "Latin" or "Cyrillic", and some say "Latin".
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Table> {
    let looks_wide = |offset: usize| {
        let high = bytes.iter().skip(offset).step_by(2).take(2048);
        let (mut all, mut wide, mut latin) = (0_u32, 0_u32, 0_u32);
        for byte in high {
            all += 1;
            wide += u32::from(matches!(byte, 0 | 4));
            latin += u32::from(*byte == 0);
        }
        all > 1 && latin > 0 && wide * 10 >= all * 9
    };
    if looks_wide(1) {
        Some(UTF_16LE)
    } else if looks_wide(0) {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_survive_in_every_encoding() {
        let text = "Имя;Ёлка № 5";
        assert_eq!(decode(text.as_bytes(), Encoding::Auto).unwrap(), text);
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        assert_eq!(decode(&marked, Encoding::Auto).unwrap(), text);
        assert_eq!(decode(&marked, Encoding::Utf8).unwrap(), text);
        let old = WINDOWS_1251.encode(text).0;
        assert_eq!(decode(&old, Encoding::Auto).unwrap(), text);
        assert_eq!(decode(&old, Encoding::Windows1251).unwrap(), text);
        let wide: Vec<u8> =
            [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide, Encoding::Auto).unwrap(), text);
        assert_eq!(decode(&wide[2..], Encoding::Auto).unwrap(), text, "without its mark");
        let other_end: Vec<u8> = wide[2..].chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
        assert_eq!(decode(&other_end, Encoding::Auto).unwrap(), text);
    }

    #[test]
    fn the_tables_of_dos_and_unix_are_found_by_their_letters() {
        let text = "Имя;Телефон;Заметка\nАнна Петрова;8 916 123-45-67;любит кофе без сахара\nОльга;;стрижка по вторникам\n";
        for (table, encoding) in
            [(WINDOWS_1251, Encoding::Windows1251), (KOI8_R, Encoding::Koi8R), (IBM866, Encoding::Cp866)]
        {
            let old = table.encode(text).0;
            assert_eq!(decode(&old, Encoding::Auto).unwrap(), text, "{}", table.name());
            assert_eq!(decode(&old, encoding).unwrap(), text);
        }
        let western = WINDOWS_1252.encode("Name;Note\nJosé Müller;café après midi\n").0;
        assert!(decode(&western, Encoding::Auto).unwrap().contains("José Müller"));
    }

    #[test]
    fn a_file_that_was_cut_inside_a_letter_keeps_its_encoding() {
        let text = "Имя\nАнна";
        let read = decode(&text.as_bytes()[..text.len() - 1], Encoding::Auto).unwrap();
        assert!(read.starts_with("Имя\nАнн"), "{read}");
    }

    #[test]
    fn a_file_that_is_not_what_the_map_says_is_refused() {
        assert_eq!(decode(&WINDOWS_1251.encode("Имя").0, Encoding::Utf8), Err(NotUtf8));
    }
}
