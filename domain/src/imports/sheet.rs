//! Spreadsheets: the first sheet of an `.xlsx` that has something in it, as rows of text.
//!
//! Part of the import room. Pure. A spreadsheet is a ZIP of XML, and both can be made to explode: it is unpacked into
//! nothing first, to see how large it really is, and its cells are read one by one into what there is room for. Dates
//! become ISO 8601, numbers have a point, and a formula counts as what it gave when the file was saved.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{CellErrorType, DataRef, ExcelDateTime, Reader as _, Xlsx};
use zip::ZipArchive;

use super::limits::{MAX_COLUMNS, MAX_ROWS, MAX_TEXT_BYTES, MAX_UNPACKED_BYTES};
use super::shared_strings::SharedStrings;
use super::{ImportError, Problem, Row, Table};

/// What a cell costs besides its letters.
const CELL_BYTES: usize = 32;

/// Reads a spreadsheet.
pub(super) fn read(bytes: &[u8]) -> Result<Table, ImportError> {
    // The readers of ZIP and XML are not written for hostile files only; a panic is one bad file.
    catch_unwind(AssertUnwindSafe(|| {
        measure(bytes)?;
        let mut book = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
        for name in book.sheet_names() {
            let rows = cells(&mut book, &name)?;
            if !rows.is_empty() {
                return Ok(table(rows));
            }
        }
        Err(ImportError::Empty)
    }))
    .map_err(|_| ImportError::Spreadsheet("its reader gave up".to_owned()))?
}

/// How large the file is when unpacked. What it says of itself is asked first, and then not believed.
fn measure(bytes: &[u8]) -> Result<(), ImportError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = MAX_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(unreadable)?;
        if entry.size() > left {
            return Err(ImportError::UnpacksTooLarge);
        }
        let has_strings = entry.name().map_or(true, |name| SharedStrings::is_named(&name));
        let mut unpacked = entry.take(left + 1);
        let mut strings = SharedStrings::default();
        let size = if has_strings {
            std::io::copy(&mut unpacked, &mut strings)
        } else {
            std::io::copy(&mut unpacked, &mut std::io::sink())
        };
        let size = size.map_err(unreadable)?;
        if strings.are_too_many() {
            return Err(ImportError::UnpacksTooLarge);
        }
        left = left.checked_sub(size).ok_or(ImportError::UnpacksTooLarge)?;
    }
    Ok(())
}

type Rows = BTreeMap<u32, BTreeMap<u32, Text>>;

/// What a cell says.
#[derive(Debug)]
enum Text {
    Plain(String),
    Error(String),
    NoResult,
}

fn cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Rows, ImportError> {
    let mut rows = Rows::new();
    let mut reader = match book.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        // A sheet that is a chart has no cells.
        Err(calamine::XlsxError::WorksheetNotFound(_) | calamine::XlsxError::NotAWorksheet(_)) => {
            return Ok(rows);
        }
        Err(error) => return Err(unreadable(error)),
    };
    let mut room = MAX_TEXT_BYTES;
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(unreadable)? {
        let text = match written(&cell.value) {
            Some(text) => text,
            None if cell.formula.is_some() => Text::NoResult,
            None => continue,
        };
        let (row, column) = cell.pos;
        if column as usize >= MAX_COLUMNS {
            return Err(ImportError::TooManyColumns);
        }
        let length = if let Text::Plain(text) = &text { text.len() } else { 0 };
        room = room.checked_sub(length + CELL_BYTES).ok_or(ImportError::UnpacksTooLarge)?;
        rows.entry(row).or_default().insert(column, text);
        if rows.len() > MAX_ROWS + 1 {
            return Err(ImportError::TooManyRows);
        }
    }
    Ok(rows)
}

/// The first row names the columns; the table is as wide as it is.
fn table(mut rows: Rows) -> Table {
    let (_, header) = rows.pop_first().unwrap_or_default();
    let width = header.last_key_value().map_or(0, |(column, _)| *column + 1);
    let mut columns: Vec<String> = vec![String::new(); width as usize];
    for (column, text) in header {
        if let Text::Plain(name) = text {
            columns[column as usize] = name;
        }
    }
    let rows =
        rows.into_iter().map(|(row, cells)| Row { line: u64::from(row) + 1, cells: line(&columns, cells) });
    Table { rows: rows.collect(), columns, is_sheet: true, pictures: 0, zone: None }
}

fn line(columns: &[String], cells: BTreeMap<u32, Text>) -> Result<Vec<String>, Problem> {
    let mut line = vec![String::new(); columns.len()];
    for (column, text) in cells {
        let column = column as usize;
        let Some(name) = columns.get(column).filter(|name| !name.is_empty()) else { continue };
        line[column] = match text {
            Text::Plain(text) => text,
            Text::Error(value) => return Err(Problem::CellError { column: name.clone(), value }),
            Text::NoResult => return Err(Problem::NoResult(name.clone())),
        };
    }
    Ok(line)
}

fn written(value: &DataRef<'_>) -> Option<Text> {
    let text = match value {
        DataRef::Empty => return None,
        DataRef::Error(error) => return Some(Text::Error(shown(error))),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(time) => moment(time),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.replace('T', " "),
    };
    (!text.is_empty()).then_some(Text::Plain(text))
}

fn shown(error: &CellErrorType) -> String {
    error.to_string()
}

/// A day, a time of day, or both, as the number says: whole numbers are days, parts of one are times.
fn moment(time: &ExcelDateTime) -> String {
    let number = time.as_f64();
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let day = format!("{year:04}-{month:02}-{day:02}");
    let clock = if second == 0 {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    };
    if time.is_duration() {
        let minutes = (number * 1_440.0).round();
        format!("{}:{:02}", (minutes / 60.0).floor(), minutes.rem_euclid(60.0))
    } else if number < 1.0 {
        clock
    } else if number.fract() == 0.0 {
        day
    } else {
        format!("{day} {clock}")
    }
}

fn unreadable(error: impl std::fmt::Display) -> ImportError {
    ImportError::Spreadsheet(error.to_string())
}
