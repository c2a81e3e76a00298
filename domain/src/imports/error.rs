//! Why a file is refused as a whole, before anything is written.
//!
//! Part of the import room. What is wrong with single rows is a [`super::Problem`] in the report.

use super::limits::{MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, MAX_UNPACKED_BYTES};
use super::text::NotUtf8;
use crate::errors::FieldProblem;
use crate::lang::Lang;

/// Why nothing was imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// The columns do not say what a needed field is.
    #[error("no column looks like {field}; say it in a map (the file has {known})")]
    CannotGuess {
        /// The field.
        field: String,
        /// The columns.
        known: String,
    },
    /// The bytes are no text.
    #[error(transparent)]
    NotUtf8(#[from] NotUtf8),
    /// There is no header.
    #[error("the file is empty")]
    Empty,
    /// Over [`MAX_FILE_BYTES`].
    #[error("the file is larger than {} MiB", MAX_FILE_BYTES / 1024 / 1024)]
    FileTooLarge,
    /// Over [`MAX_ROWS`].
    #[error("the file has more than {MAX_ROWS} rows; divide it, what is there already is left alone")]
    TooManyRows,
    /// Over [`MAX_COLUMNS`].
    #[error("the table has more than {MAX_COLUMNS} columns; remove those that are not needed")]
    TooManyColumns,
    /// A spreadsheet that unpacks to more than [`MAX_UNPACKED_BYTES`].
    #[error("the spreadsheet unpacks to more than {} MiB", MAX_UNPACKED_BYTES / 1024 / 1024)]
    UnpacksTooLarge,
    /// A spreadsheet that cannot be read, e.g. cut in the middle.
    #[error("the spreadsheet cannot be read ({0}); save it again as .xlsx or CSV")]
    Spreadsheet(String),
    /// A spreadsheet of before 2007, or one that is locked with a password.
    #[error("an old or locked spreadsheet; save it as .xlsx without a password, or as CSV")]
    OldSpreadsheet,
    /// Cards are people and nothing else.
    #[error("a file of contact cards holds clients, not {0}")]
    CardsAreClients(String),
    /// Calendars are visits and nothing else.
    #[error("a calendar holds appointments, not {0}")]
    CalendarsAreVisits(String),
    /// Not a full export of this program.
    #[error("this is not a whole export: {0}")]
    BadExport(String),
    /// Services are in the currency of the business.
    #[error("the price list is kept in {0}; leave `currency` out of the map of services")]
    OtherCurrency(String),
}

impl ImportError {
    /// The word that programs branch on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Filter(_) => "filter_invalid",
            other => other.problem().as_str(),
        }
    }

    /// What is wrong, as a request's answer says it of `file` or `map`.
    #[must_use]
    pub const fn problem(&self) -> FieldProblem {
        match self {
            Self::Map(_) | Self::UnknownField { .. } => FieldProblem::MapInvalid,
            Self::UnknownColumn { .. } | Self::TwoColumns(_) => FieldProblem::MapDoesNotFit,
            Self::Filter(_) => FieldProblem::Invalid,
            Self::CannotGuess { .. } => FieldProblem::MapNeeded,
            Self::NotUtf8(_) => FieldProblem::WrongEncoding,
            Self::Empty => FieldProblem::FileEmpty,
            Self::FileTooLarge => FieldProblem::FileTooLarge,
            Self::TooManyRows => FieldProblem::TooManyRows,
            Self::TooManyColumns => FieldProblem::TooManyColumns,
            Self::UnpacksTooLarge => FieldProblem::SpreadsheetTooLarge,
            Self::Spreadsheet(_) => FieldProblem::SpreadsheetUnreadable,
            Self::OldSpreadsheet => FieldProblem::SpreadsheetOld,
            Self::CardsAreClients(_) => FieldProblem::CardsAreClients,
            Self::CalendarsAreVisits(_) => FieldProblem::CalendarsAreVisits,
            Self::BadExport(_) => FieldProblem::BadExport,
            Self::OtherCurrency(_) => FieldProblem::OtherCurrency,
        }
    }

    /// Whether the map is to blame, and not the file.
    #[must_use]
    pub const fn is_of_map(&self) -> bool {
        matches!(
            self,
            Self::Map(_)
                | Self::UnknownField { .. }
                | Self::UnknownColumn { .. }
                | Self::TwoColumns(_)
                | Self::NotUtf8(_)
                | Self::OtherCurrency(_)
                | Self::CannotGuess { .. }
        )
    }

    /// In a language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        let mib = |bytes: usize| bytes / 1024 / 1024;
        match self {
            Self::Map(why) => format!("карта неверна: {why}"),
            Self::UnknownField { field, known } => format!("карта неверна: нет поля {field:?}; есть {known}"),
            Self::UnknownColumn { column, known } => format!("в файле нет столбца {column:?}; есть {known}"),
            Self::TwoColumns(column) => format!("в файле два столбца {column:?}"),
            Self::Filter(text) => format!("{text:?} не вида Столбец=значение"),
            Self::CannotGuess { field, known } => {
                format!("не видно, какой столбец — {field}; напишите карту (в файле есть {known})")
            }
            Self::NotUtf8(_) => "файл не в UTF-8, хотя в карте сказано так".to_owned(),
            Self::Empty => "файл пустой".to_owned(),
            Self::FileTooLarge => format!("файл больше {} МБ", mib(MAX_FILE_BYTES)),
            Self::TooManyRows => {
                format!("в файле больше {MAX_ROWS} строк; разделите его, уже загруженное не повторится")
            }
            Self::TooManyColumns => format!("в таблице больше {MAX_COLUMNS} столбцов; удалите лишние"),
            Self::UnpacksTooLarge => {
                format!("таблица распаковывается больше чем в {} МБ", MAX_UNPACKED_BYTES / 1024 / 1024)
            }
            Self::Spreadsheet(why) => {
                format!("таблица не читается ({why}); сохраните её ещё раз как .xlsx или CSV")
            }
            Self::OldSpreadsheet => {
                "старая или закрытая паролем таблица; сохраните её как .xlsx без пароля или как CSV"
                    .to_owned()
            }
            Self::CardsAreClients(kind) => format!("в файле контактов — клиенты, а не {kind}"),
            Self::CalendarsAreVisits(kind) => format!("в календаре — визиты, а не {kind}"),
            Self::BadExport(why) => format!("это не целая выгрузка: {why}"),
            Self::OtherCurrency(currency) => {
                format!("прайс ведётся в {currency}; уберите `currency` из карты услуг")
            }
        }
    }
}
