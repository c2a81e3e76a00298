//! Imports: files of other programs become services, clients, visits and payments, once, wherever they are imported.
//!
//! Pure: bytes and a map go in, changes and a report come out, through a [`Base`] that a device and the server each
//! bring along. First the file (`text`, `table`, `sheet`, `vcard`), then the map (`map`, `guess`), then the rows (`cells`,
//! `rows`), then what becomes of them (`session` and one file for each kind). Nothing here reads a file, a clock or dice:
//! ids and actors follow from the row, so two devices that import one file while apart write the very same changes.

mod amounts;
mod appointments;
mod base;
mod bookings;
mod calendar;
mod cells;
mod clients;
mod duplicates;
mod error;
mod file;
mod guess;
mod identity;
mod kind;
mod limits;
mod map;
mod own;
mod payments;
mod report;
mod restore;
mod rows;
mod sample;
mod services;
mod session;
mod shared_strings;
mod sheet;
mod table;
mod text;
mod totals;
mod trial;
mod undo;
mod updates;
mod vcard;
mod words;
mod words_of_files;
mod writes;

use uuid::Uuid;

use crate::ids::TenantId;
use crate::money::Currency;

pub use amounts::{Amount, DecimalMark, parse_amount, parse_rounded};
pub use base::{Base, Kept, Known, Standing, Stop};
pub use duplicates::Duplicates;
pub use error::ImportError;
pub use file::{Content, Format};
pub use guess::{guess, map_text};
pub use kind::Kind;
pub use limits::{MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, MAX_UNPACKED_BYTES};
pub use map::{Columns, Formats, ImportMap};
pub use report::{Outcome, Problem, Reason, Report, RowReport};
pub use restore::Restore;
pub use sample::sample;
pub use session::{Import, Prepared};
pub use table::{Row, Table};
pub use text::{Encoding, NotUtf8, decode};
pub use totals::{MonthTotal, month_totals};
pub use trial::Trial;
pub use undo::{
    Mark, Undo, Undone, named_by_payment, named_by_picture, names_client, restore_intent, undo, undo_intent,
};
pub use updates::{service_set_back, updated_by};

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
    /// What becomes of people who are there already under another code.
    pub duplicates: Duplicates,
    /// Whether to write.
    pub mode: Mode,
}

impl Job<'_> {
    /// What this import is known by: the same file with the same map is the same import, wherever it is done.
    #[must_use]
    pub fn id(&self, tenant: TenantId) -> Uuid {
        identity::import_id(tenant, self)
    }
}

/// What an import needs to know of the business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Business {
    /// Whose things they become.
    pub tenant: TenantId,
    /// The zone of its hours.
    pub timezone: String,
    /// What its price list is kept in.
    pub currency: Currency,
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
