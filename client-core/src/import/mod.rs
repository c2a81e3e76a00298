//! Import: files of other programs become services, clients, visits and payments, once, wherever they are imported.
//!
//! Pure parts (`text`, `table`, `map`, `cells`, `amounts`, `totals`, `identity`) turn bytes into fields; `session` and
//! the file of each kind write them through the doors of [`crate::App`]. Nothing here reads a file, a clock or dice:
//! ids and actors follow from the row, so two devices that import one file while apart write the very same changes.

mod amounts;
mod appointments;
mod bookings;
mod cells;
mod clients;
mod identity;
mod kind;
mod map;
mod payments;
mod report;
mod rows;
mod services;
mod session;
mod table;
mod text;
mod totals;
mod words;

use crate::app::AppError;
use crate::store::StoreError;

pub use amounts::{Amount, DecimalMark, parse_amount, parse_rounded};
pub use kind::Kind;
pub use map::{Columns, Formats, ImportMap};
pub use report::{Outcome, Problem, Reason, Report, RowReport};
pub use table::{Row, Table};
pub use text::{Encoding, NotUtf8, decode};
pub use totals::{MonthTotal, month_totals};

/// What is to be imported, and how.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What the rows are.
    pub kind: Kind,
    /// The file.
    pub bytes: &'a [u8],
    /// What its columns mean.
    pub map: &'a ImportMap,
    /// Only rows with these values; all if there are none.
    pub filters: &'a [Filter],
    /// Whether to write.
    pub mode: Mode,
}

/// Whether an import writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It does.
    #[default]
    Write,
    /// It tells what it would do, and leaves everything as it is.
    DryRun,
}

/// `Staff=JJ`: only rows with this value in this column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// What stands in it.
    pub value: String,
}

impl std::str::FromStr for Filter {
    type Err = ImportError;

    fn from_str(text: &str) -> Result<Self, ImportError> {
        let (column, value) = text.split_once('=').ok_or_else(|| ImportError::Filter(text.to_owned()))?;
        Ok(Self { column: column.trim().to_owned(), value: value.trim().to_owned() })
    }
}

/// Why nothing, or nothing more, was imported. What is wrong with single rows stands in the [`Report`].
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The map is wrong.
    #[error("the map is wrong: {0}")]
    Map(String),
    /// The map fills a field that there is not.
    #[error("the map is wrong: there is no field {field:?}; there are {known}")]
    UnknownField {
        /// Which.
        field: String,
        /// Those that there are.
        known: String,
    },
    /// The map or a filter names a column that there is not.
    #[error("the file has no column {column:?}; it has {known}")]
    UnknownColumn {
        /// Which.
        column: String,
        /// Those that there are.
        known: String,
    },
    /// The map or a filter names a column that there is twice.
    #[error("the file has two columns {0:?}")]
    TwoColumns(String),
    /// A filter is not `Column=value`.
    #[error("{0:?} is not Column=value")]
    Filter(String),
    /// The bytes are no text.
    #[error(transparent)]
    NotUtf8(#[from] NotUtf8),
    /// There is no header.
    #[error("the file is empty")]
    Empty,
    /// Services are in the currency of the business.
    #[error("the price list is kept in {0}; leave `currency` out of the map of services")]
    OtherCurrency(String),
    /// The app could not go on. What was imported before stays; the same import again goes on from there.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}
