//! From bytes to text: which letters the bytes stand for.
//!
//! Part of the import room. Pure. Text that is valid UTF-8 is UTF-8; old programs on Windows write Windows-1251.

use encoding_rs::{Encoding as Table, UTF_8, WINDOWS_1251};
use serde::Deserialize;

/// How letters are written as bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// Looked for in the bytes: a mark at their start, then UTF-8 if they are valid as that, else Windows-1251.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// UTF-8, with or without a mark at the start.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1251.
    #[serde(rename = "windows-1251")]
    Windows1251,
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
        (Encoding::Auto, Some((table, _))) => table,
        (Encoding::Auto, None) if std::str::from_utf8(bytes).is_err() => WINDOWS_1251,
        (Encoding::Auto | Encoding::Utf8, _) => UTF_8,
    };
    let skipped = marked.filter(|(marked, _)| *marked == table).map_or(0, |(_, length)| length);
    let (text, broken) = table.decode_without_bom_handling(&bytes[skipped..]);
    if broken && encoding == Encoding::Utf8 { Err(NotUtf8) } else { Ok(text.into_owned()) }
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
    }

    #[test]
    fn a_file_that_is_not_what_the_map_says_is_refused() {
        assert_eq!(decode(&WINDOWS_1251.encode("Имя").0, Encoding::Utf8), Err(NotUtf8));
    }
}
