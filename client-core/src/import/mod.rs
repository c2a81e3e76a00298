//! Imports on this device: the rules are [`domain::imports`], this room brings its tables and transactions along.
//!
//! Rows are kept 256 to a transaction, so that other commands get their turn in between and a cut loses little; the same
//! import again goes on where it stopped. A dry run holds no transaction at all. May use `app` and `store`.

mod base;
mod list;
mod run;
mod undo;

use crate::app::AppError;
use crate::store::StoreError;

pub use domain::imports::{
    Amount, Columns, Content, DecimalMark, Duplicates, Encoding, Filter, Format, Formats, ImportError,
    ImportMap, Job, Kind, MAX_FILE_BYTES, MAX_ROWS, Mode, MonthTotal, NotUtf8, Outcome, Problem, Reason,
    Report, Row, RowReport, Table, Undone, decode, guess, map_text, month_totals, parse_amount,
    parse_rounded, sample,
};
pub use list::Listed;

/// Why nothing, or nothing more, was imported. What is wrong with single rows stands in the [`Report`].
#[derive(Debug, thiserror::Error)]
pub enum ImportFailed {
    /// The file or the map; nothing was written.
    #[error(transparent)]
    File(#[from] ImportError),
    /// The app could not go on. What was imported before stays; the same import again goes on from there.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for ImportFailed {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}
