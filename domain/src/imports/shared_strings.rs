//! How many texts the cells of a spreadsheet share, counted before anybody makes room for them.
//!
//! Part of the import room. Pure. The reader of spreadsheets believes `uniqueCount` and asks for so much memory at once;
//! memory that there is not ends the whole program, and no `catch_unwind` helps. And a text of no letters, `<si/>`, is
//! five letters in the file and much more in memory. The bytes are looked at as they are unpacked, none is kept. This is
//! no reader of XML on purpose: whatever a hostile file hides the words in, they are found; what is found too often is
//! refused.

use std::io;

use super::limits::MAX_CELLS;

const NAME: &str = "sharedstrings.xml";
/// How both `count` and `uniqueCount` end.
const WORD: &[u8; 5] = b"count";

/// The texts of one file, as far as it was unpacked.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    elements: Elements,
    promise: Promise,
    counted: usize,
    promised: u64,
}

/// Where in the name of an element we are.
#[derive(Debug, Default)]
enum Elements {
    #[default]
    Outside,
    /// After `<` or a name space: these letters of the name, of which only two matter.
    Name([u8; 2], usize),
}

/// Where in `count="1"` we are.
#[derive(Debug)]
enum Promise {
    /// So many letters of the word have been seen.
    Word(usize),
    Equals,
    Number(u64),
}

impl Default for Promise {
    fn default() -> Self {
        Self::Word(0)
    }
}

impl SharedStrings {
    /// Whether a file inside of a spreadsheet holds its texts.
    pub(super) fn is_named(name: &str) -> bool {
        name.to_ascii_lowercase().ends_with(NAME)
    }

    /// Whether there are more than cells are allowed, or it says so.
    pub(super) fn are_too_many(&self) -> bool {
        self.counted > MAX_CELLS || self.promised > MAX_CELLS as u64
    }

    fn take(&mut self, byte: u8) {
        match (&mut self.elements, byte) {
            (elements, b'<') => *elements = Elements::Name([0; 2], 0),
            (Elements::Outside, _) => {}
            (Elements::Name(_, length), b':') => *length = 0,
            (Elements::Name(name, length), b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>') => {
                self.counted += usize::from(*length == 2 && name == b"si");
                self.elements = Elements::Outside;
            }
            (Elements::Name(name, length), letter) => {
                if let Some(place) = name.get_mut(*length) {
                    *place = letter;
                }
                *length += 1;
            }
        }
        let letter = byte.to_ascii_lowercase();
        self.promise = match self.promise {
            Promise::Word(5) if letter == b'=' => Promise::Equals,
            Promise::Word(5) if letter.is_ascii_whitespace() => Promise::Word(5),
            Promise::Word(seen) if WORD.get(seen) == Some(&letter) => Promise::Word(seen + 1),
            Promise::Equals if matches!(letter, b'"' | b'\'' | b'+') || letter.is_ascii_whitespace() => {
                Promise::Equals
            }
            Promise::Equals if letter.is_ascii_digit() => Promise::Number(u64::from(letter - b'0')),
            Promise::Number(number) if letter.is_ascii_digit() => {
                Promise::Number(number.saturating_mul(10).saturating_add(u64::from(letter - b'0')))
            }
            _ => Promise::Word(usize::from(letter == WORD[0])),
        };
        if let Promise::Number(number) = self.promise {
            self.promised = self.promised.max(number);
        }
    }
}

impl io::Write for SharedStrings {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // In UTF-16 every other byte of these words is none.
        for byte in bytes.iter().filter(|byte| **byte != 0) {
            self.take(*byte);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn seen(parts: &[&[u8]]) -> SharedStrings {
        let mut strings = SharedStrings::default();
        for part in parts {
            strings.write_all(part).unwrap();
        }
        strings
    }

    #[test]
    fn a_promise_is_found_however_it_is_written() {
        for text in [
            r#"<sst uniqueCount="1000000000000">"#,
            "<sst uniqueCount = '1000000000000'>",
            r#"<!-- <si> --><x:sst a=">" UniqueCount="0000000000000000000000000001000000000000">"#,
            r#"<sst count="99999999999999999999999999">"#,
            r#"<sst ccount="5000000">"#,
        ] {
            assert!(seen(&[text.as_bytes()]).are_too_many(), "{text}");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(seen(&[&wide]).are_too_many(), "{text}");
            let (one, other) = text.as_bytes().split_at(16);
            assert!(seen(&[one, other]).are_too_many(), "{text}");
        }
        let honest = r#"<sst count="4000000" uniqueCount="17"><si><t>account 5000000</t></si><x:si/></sst>"#;
        let honest = seen(&[honest.as_bytes()]);
        assert!(!honest.are_too_many(), "{honest:?}");
        assert_eq!((honest.counted, honest.promised), (2, 4_000_000));
    }

    #[test]
    fn texts_of_no_letters_are_counted() {
        assert!(!seen(&[&b"<si/>".repeat(MAX_CELLS)]).are_too_many());
        assert!(seen(&[&b"<si/>".repeat(MAX_CELLS), b"<si >"]).are_too_many());
    }
}
