//! From bytes to rows: what kind of file it is, found in its first bytes and never in its name.
//!
//! Part of the import room. Pure. Every limit is kept here, before anybody asks what the rows mean.

use serde::Serialize;

use super::limits::{MAX_CELLS, MAX_FILE_BYTES, MAX_ROWS};
use super::{Encoding, ImportError, ImportMap, Table, calendar, decode, sheet, vcard};

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Format {
    /// Text with a mark between the cells.
    Csv,
    /// A spreadsheet of Excel 2007 and later, of Google or `LibreOffice`.
    Xlsx,
    /// Contact cards.
    Vcard,
    /// A calendar.
    Ics,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// What kind of file it is.
    pub format: Format,
    /// Its rows.
    pub table: Table,
}

/// How a spreadsheet begins: it is a ZIP.
const ZIP: &[u8] = b"PK\x03\x04";
/// How the spreadsheets of before 2007 begin, and those with a password.
const OLD: &[u8] = b"\xD0\xCF\x11\xE0";

impl Content {
    /// Reads a file without a map.
    pub fn read(bytes: &[u8]) -> Result<Self, ImportError> {
        Self::with(bytes, Encoding::Auto, None)
    }

    /// Reads a file as its map says.
    pub fn read_as(bytes: &[u8], map: &ImportMap) -> Result<Self, ImportError> {
        Self::with(bytes, map.encoding, map.delimiter.and_then(|mark| u8::try_from(mark).ok()))
    }

    fn with(bytes: &[u8], encoding: Encoding, delimiter: Option<u8>) -> Result<Self, ImportError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(ImportError::FileTooLarge);
        }
        if bytes.starts_with(OLD) {
            return Err(ImportError::OldSpreadsheet);
        }
        let (format, table) = if bytes.starts_with(ZIP) {
            (Format::Xlsx, sheet::read(bytes)?)
        } else {
            let text = decode(bytes, encoding)?;
            if vcard::is_vcard(&text) {
                (Format::Vcard, vcard::read(&text))
            } else if calendar::is_calendar(&text) {
                (Format::Ics, calendar::read(&text))
            } else {
                (Format::Csv, Table::read(&text, delimiter)?)
            }
        };
        if table.rows.len() > MAX_ROWS || table.rows.len().saturating_mul(table.columns.len()) > MAX_CELLS {
            return Err(ImportError::TooManyRows);
        }
        Ok(Self { format, table })
    }
}

#[cfg(test)]
mod tests {
    use super::super::MAX_COLUMNS;
    use super::*;

    #[test]
    fn what_a_file_is_stands_in_its_bytes() {
        let format = |bytes: &[u8]| Content::read(bytes).map(|content| content.format);
        assert_eq!(format(b"a,b\n1,2\n"), Ok(Format::Csv));
        assert_eq!(format(b"\xEF\xBB\xBF\r\nBEGIN:VCARD\r\nFN:Anna\r\nEND:VCARD\r\n"), Ok(Format::Vcard));
        assert_eq!(format(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Err(ImportError::OldSpreadsheet));
        assert!(matches!(format(b"PK\x03\x04cut"), Err(ImportError::Spreadsheet(_))));
        assert_eq!(format(b""), Err(ImportError::Empty));
    }

    #[test]
    fn more_rows_than_allowed_are_refused() {
        let file = |rows: usize| format!("a\n{}", "1\n".repeat(rows));
        assert_eq!(Content::read(file(MAX_ROWS).as_bytes()).unwrap().table.rows.len(), MAX_ROWS);
        assert_eq!(Content::read(file(MAX_ROWS + 1).as_bytes()), Err(ImportError::TooManyRows));
        assert_eq!(Content::read(&vec![b'a'; MAX_FILE_BYTES + 1]), Err(ImportError::FileTooLarge));
    }

    #[test]
    fn more_columns_or_cells_than_allowed_are_refused() {
        let file = |columns: usize, rows: usize| format!("a{}\n", ",".repeat(columns - 1)).repeat(rows + 1);
        assert!(Content::read(file(MAX_COLUMNS, 3).as_bytes()).is_ok());
        assert_eq!(Content::read(file(MAX_COLUMNS + 1, 3).as_bytes()), Err(ImportError::TooManyColumns));
        let most = MAX_CELLS / MAX_COLUMNS;
        assert!(Content::read(file(MAX_COLUMNS, most).as_bytes()).is_ok());
        assert_eq!(Content::read(file(MAX_COLUMNS, most + 1).as_bytes()), Err(ImportError::TooManyRows));
    }
}
