//! From text to rows of cells: the delimiter, the header, and every row with its line.
//!
//! Part of the import room. Pure. A row that is broken is kept as what is wrong with it, and takes no other along.

use csv::{Position, ReaderBuilder, StringRecord};

use super::limits::{MAX_CELLS, MAX_COLUMNS, MAX_ROWS};
use super::{ImportError, Problem};

/// A file as rows of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns, trimmed.
    pub columns: Vec<String>,
    /// What follows the header; empty lines are left out.
    pub rows: Vec<Row>,
    /// Whether the cells come from a spreadsheet, whose numbers have a point whatever the program shows.
    pub is_sheet: bool,
    /// How many pictures were passed over.
    pub pictures: usize,
    /// The time zone of its hours, if the file names one.
    pub zone: Option<String>,
}

/// A row, with the line that it begins on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line in the file; the header is line 1.
    pub line: u64,
    /// As many trimmed cells as there are columns, or what is wrong.
    pub cells: Result<Vec<String>, Problem>,
}

impl Table {
    /// Reads text. Without a delimiter the one that stands most often in the header is taken: `,`, `;` or tab.
    /// `Empty` if there is no header.
    pub fn read(text: &str, delimiter: Option<u8>) -> Result<Self, ImportError> {
        let delimiter = delimiter.unwrap_or_else(|| detect_delimiter(text));
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records().filter(|record| record.as_ref().map_or(true, |r| !is_empty(r)));
        let header = records.next().and_then(Result::ok).ok_or(ImportError::Empty)?;
        if header.len() > MAX_COLUMNS {
            return Err(ImportError::TooManyColumns);
        }
        let columns = trimmed(&header);
        let most = MAX_ROWS.min(MAX_CELLS / columns.len().max(1));
        let mut rows = Vec::new();
        for record in records {
            // Told as soon as it is known, before all the others are kept.
            if rows.len() == most {
                return Err(ImportError::TooManyRows);
            }
            rows.push(Row::read(text, record, columns.len()));
        }
        Ok(Self { columns, rows, is_sheet: false, pictures: 0, zone: None })
    }

    /// Where a column stands.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

impl Row {
    fn read(text: &str, record: csv::Result<StringRecord>, width: usize) -> Self {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = line_of(text, error.position());
                return Self { line, cells: Err(Problem::Unreadable(error.to_string())) };
            }
        };
        let line = line_of(text, record.position());
        let mut cells = trimmed(&record);
        // Some programs end every row with a delimiter.
        while cells.len() > width && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        let open_quote = record.iter().any(|cell| cell.lines().count() > 5);
        let cells = match cells.len() {
            found if found == width => Ok(cells),
            _ if open_quote => Err(Problem::OpenQuote),
            found => Err(Problem::CellCount { found, wanted: width }),
        };
        Self { line, cells }
    }
}

/// The reader says where it began to look for a row; the row begins after the line ends that stand there.
fn line_of(text: &str, position: Option<&Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    position.line() + ends.count() as u64
}

fn trimmed(record: &StringRecord) -> Vec<String> {
    record.iter().map(|cell| unguarded(cell.trim()).to_owned()).collect()
}

/// Without the apostrophe that an export puts before what a spreadsheet would take for a formula.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\'']) => rest,
        _ => cell,
    }
}

fn is_empty(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

fn detect_delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += usize::from(!quoted && byte == *delimiter);
        }
    }
    // Of equals the first is taken.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(table: &Table) -> Vec<Vec<String>> {
        table.rows.iter().filter_map(|row| row.cells.clone().ok()).collect()
    }

    #[test]
    fn the_delimiter_is_found_and_line_ends_may_be_mixed() {
        for (text, columns) in [
            (" Code ,Name\r\nA1,Anna\nB2,\"Olga, jr\"\r\n", ["Code", "Name"]),
            ("Code;Name\nA1;Anna\r\nB2;Olga, jr", ["Code", "Name"]),
            ("Code\tName\r\n\r\nA1\tAnna\r\nB2\tOlga, jr\r\n", ["Code", "Name"]),
        ] {
            let table = Table::read(text, None).unwrap();
            assert_eq!(table.columns, columns);
            assert_eq!(cells(&table), [["A1", "Anna"], ["B2", "Olga, jr"]], "{text:?}");
        }
    }

    #[test]
    fn a_broken_row_is_told_with_its_line_and_takes_no_other_along() {
        let table = Table::read("a,b\n1,2\n3\n4,5,6\n7,8,\n\n9,10\n", None).unwrap();
        let broken: Vec<_> = table.rows.iter().filter(|row| row.cells.is_err()).map(|row| row.line).collect();
        assert_eq!(broken, [3, 4]);
        assert_eq!(cells(&table), [["1", "2"], ["7", "8"], ["9", "10"]]);
        assert_eq!(table.rows.last().unwrap().line, 7);
        let mixed = Table::read("a\r\n1\r\n\r\n2\n3\r\n", None).unwrap();
        assert_eq!(mixed.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4, 5]);
    }

    #[test]
    fn nothing_is_no_table_and_noise_is_no_panic() {
        assert_eq!(Table::read(" \n\r\n", None), Err(ImportError::Empty));
        assert!(Table::read("a\n\"1\n2\n3\n4\n5\n6\n7", None).unwrap().rows.len() == 1);
        assert!(Table::read("\u{0}\"\"\"", Some(b';')).is_ok());
    }
}
