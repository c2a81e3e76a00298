//! What became of each row, and why.
//!
//! Part of the import room. Data; the words are for people, programs read the counts and the results.

use crate::errors::FieldErrors;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Rows that became something new.
    pub created: usize,
    /// Rows that changed something that was there.
    pub updated: usize,
    /// Rows that mean somebody who is there already, and were left for her to decide.
    pub duplicates: usize,
    /// Rows that were merged into somebody who was there already.
    pub merged: usize,
    /// Rows that changed nothing.
    pub skipped: usize,
    /// Of the skipped rows, those in which something is wrong.
    pub problems: usize,
    /// Visits at 00:00 because the file does not say when they were.
    pub time_unknown: usize,
    /// Clients made from codes that nobody bears yet.
    pub clients_created: usize,
    /// Rows that `--where` left out.
    pub left_out: usize,
    /// Pictures of contact cards; they are not taken over.
    pub pictures: usize,
    /// Nothing was written.
    pub dry_run: bool,
    /// What the import is known by, for undoing it.
    pub import: Uuid,
    /// Every row that was not left out, in the order of the file.
    pub rows: Vec<RowReport>,
}

/// What became of one row. As JSON it has the reason's `code` as well.
#[derive(Clone, Debug, PartialEq)]
pub struct RowReport {
    /// The line that it begins on; the header is line 1.
    pub line: u64,
    /// What was done.
    pub result: Outcome,
    /// Why, or what else should be known.
    pub reason: Option<Reason>,
    /// The thing that it became or is about.
    pub id: Option<Uuid>,
}

/// What was done with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Something new.
    Created,
    /// A change of something that was there.
    Updated,
    /// Nothing: the row means somebody who is there already.
    Duplicate,
    /// Somebody who was there got what she lacked.
    Merged,
    /// Nothing.
    Skipped,
}

/// Why a row was skipped, or what else should be known. As JSON it is its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Nothing is wrong; a second import of the same row.
    #[error("already there")]
    AlreadyThere,
    /// Nothing is wrong; the booking has the status from another row of this file.
    #[error("already there; the row differs, but what was recorded is not rewritten")]
    RecordedOtherwise,
    /// She removed it here; a file does not bring it back.
    #[error("it was removed here")]
    Removed,
    /// The server refused it once, or it was taken out after it was added.
    #[error("it was added before and is gone, or the server refused it")]
    Gone,
    /// A visit at 00:00.
    #[error("no booking to put it on; kept as a visit at 00:00 of unknown time")]
    TimeUnknown,
    /// Some cells could not be read; the rest was taken, and they were kept as they are.
    #[error("not understood and kept as it is written in `meta`: {0}")]
    KeptUnread(String),
    /// Somebody with this number or address is there already; here is her name.
    #[error("{0:?} has this telephone or e-mail already")]
    SameContact(String),
    /// Somebody with this number or address was there already; here is her name.
    #[error("merged into {0:?}, who has this telephone or e-mail")]
    MergedInto(String),
    /// Something is wrong with the row.
    #[error("{0}")]
    Problem(#[from] Problem),
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Too few or too many cells.
    #[error("{found} cells instead of {wanted}")]
    CellCount {
        /// In this row.
        found: usize,
        /// In the header.
        wanted: usize,
    },
    /// A cell runs over many lines.
    #[error("a quote is opened on this line and not closed; the lines after it were swallowed")]
    OpenQuote,
    /// The cell of a spreadsheet shows an error instead of a value.
    #[error("{column}: the cell shows {value}")]
    CellError {
        /// Its column.
        column: String,
        /// What it shows, such as `#REF!`.
        value: String,
    },
    /// The cell holds a formula that the program never worked out.
    #[error("{0}: a formula without its result; open the file, save it and try again")]
    NoResult(String),
    /// A contact card that ends in the middle.
    #[error("the card is cut: its end is missing")]
    CutCard,
    /// The row cannot be read at all.
    #[error("the row cannot be read: {0}")]
    Unreadable(String),
    /// The code of the row is empty.
    #[error("the row has no code")]
    NoKey,
    /// Another row has the same code.
    #[error("the code stands on line {0} already")]
    Repeated(u64),
    /// A needed value is empty.
    #[error("{0} is empty")]
    Missing(&'static str),
    /// A value is not written as the map says.
    #[error("{field}: {value:?} is not written as {format}")]
    Form {
        /// The field.
        field: &'static str,
        /// What stands in the cell.
        value: String,
        /// What the map says.
        format: String,
    },
    /// The price list has no such service.
    #[error("no service {0:?}; import the services first, or name it in [codes.service]")]
    UnknownService(String),
    /// A word that is no status.
    #[error("status: {0:?} is none of booked, cancelled, no_show, completed; name it in [codes.status]")]
    UnknownStatus(String),
    /// The rules of the salon refuse a field.
    #[error("{0}")]
    Fields(FieldErrors),
    /// Anything else that concerns this row alone.
    #[error("{0}")]
    Other(String),
}

impl Serialize for RowReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("line", &self.line)?;
        map.serialize_entry("result", &self.result)?;
        if let Some(reason) = &self.reason {
            map.serialize_entry("code", reason.code())?;
            map.serialize_entry("reason", &reason.to_string())?;
        }
        if let Some(id) = &self.id {
            map.serialize_entry("id", id)?;
        }
        map.end()
    }
}

impl Outcome {
    /// The word that programs branch on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Duplicate => "duplicate",
            Self::Merged => "merged",
            Self::Skipped => "skipped",
        }
    }
}

impl Reason {
    /// The word that programs branch on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyThere => "already_there",
            Self::RecordedOtherwise => "recorded_otherwise",
            Self::Removed => "removed_here",
            Self::Gone => "gone",
            Self::TimeUnknown => "time_unknown",
            Self::KeptUnread(_) => "kept_unread",
            Self::SameContact(_) => "same_contact",
            Self::MergedInto(_) => "merged_into",
            Self::Problem(problem) => problem.code(),
        }
    }
}

impl Problem {
    /// The word that programs branch on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CellCount { .. } => "cell_count",
            Self::OpenQuote => "open_quote",
            Self::CellError { .. } => "cell_error",
            Self::NoResult(_) => "formula_without_result",
            Self::CutCard => "card_cut",
            Self::Unreadable(_) => "unreadable",
            Self::NoKey => "no_key",
            Self::Repeated(_) => "key_repeated",
            Self::Missing(_) => "missing",
            Self::Form { .. } => "wrong_form",
            Self::UnknownService(_) => "unknown_service",
            Self::UnknownStatus(_) => "unknown_status",
            Self::Fields(_) => "fields",
            Self::Other(_) => "other",
        }
    }
}

impl Report {
    /// Counts a row in.
    pub fn add(&mut self, row: RowReport) {
        match row.result {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Duplicate => self.duplicates += 1,
            Outcome::Merged => self.merged += 1,
            Outcome::Skipped => self.skipped += 1,
        }
        self.problems += usize::from(matches!(row.reason, Some(Reason::Problem(_))));
        self.time_unknown +=
            usize::from(row.result == Outcome::Created && row.reason == Some(Reason::TimeUnknown));
        self.rows.push(row);
    }

    /// The rows that a person should look at: all that did not simply go in, or were there already.
    pub fn remarkable(&self) -> impl Iterator<Item = &RowReport> {
        self.rows.iter().filter(|row| row.reason.as_ref().is_some_and(|why| *why != Reason::AlreadyThere))
    }
}
