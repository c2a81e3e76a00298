//! Exports: everything she has, in the forms that other programs read. On every plan, and complete.
//!
//! Pure: what a device or the server has read goes in, bytes come out. JSON is everything and can be imported into an empty
//! base again; CSV, contact cards and the calendar are what those forms can carry. Bytes follow from the content alone,
//! so two devices in step export the same.

mod calendar;
mod cards;
mod tables;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::appointments::Appointment;
use crate::clients::Client;
use crate::media::Media;
use crate::notes::Note;
use crate::payments::Payment;
use crate::services::Service;

pub use calendar::calendar;
pub use cards::cards;
pub use tables::{LIST_MARK, Table, is_ours, tables, zipped};

/// All that she has, each list by id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Everything {
    /// The business.
    pub tenant: Json,
    /// Clients.
    pub clients: Vec<Client>,
    /// Appointments.
    pub appointments: Vec<Appointment>,
    /// Notes.
    pub notes: Vec<Note>,
    /// Services.
    pub services: Vec<Service>,
    /// Payments.
    pub payments: Vec<Payment>,
    /// What is known of the pictures; the pictures themselves are fetched one by one. Not taken back by an import: a picture is
    /// what a server has made of a file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
}

/// In which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportFormat {
    /// Everything, in one object.
    #[default]
    Json,
    /// A table for each thing, in one ZIP.
    Csv,
    /// Clients as contact cards.
    Vcard,
    /// Visits as a calendar.
    Ics,
}

impl ExportFormat {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Json, Self::Csv, Self::Vcard, Self::Ics];

    /// The word of the command line and of REST.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Vcard => "vcard",
            Self::Ics => "ics",
        }
    }

    /// The form with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }

    /// What browsers and programs are told that it is.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "application/zip",
            Self::Vcard => "text/vcard; charset=utf-8",
            Self::Ics => "text/calendar; charset=utf-8",
        }
    }

    /// A name for the file.
    #[must_use]
    pub const fn filename(self) -> &'static str {
        match self {
            Self::Json => "veloria.json",
            Self::Csv => "veloria-csv.zip",
            Self::Vcard => "clients.vcf",
            Self::Ics => "appointments.ics",
        }
    }
}

impl Everything {
    /// As one file.
    pub fn write(&self, format: ExportFormat) -> Result<Vec<u8>, ExportError> {
        Ok(match format {
            ExportFormat::Json => serde_json::to_vec(self)?,
            ExportFormat::Csv => zipped(&tables(self)?)?,
            ExportFormat::Vcard => cards(&self.clients).into_bytes(),
            ExportFormat::Ics => calendar(self).into_bytes(),
        })
    }
}

/// Why there is no export: only what has no room in memory or on a disk.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// JSON.
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// CSV.
    #[error("writing CSV: {0}")]
    Csv(#[from] csv::Error),
    /// ZIP.
    #[error("writing the ZIP: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// The bytes.
    #[error("writing: {0}")]
    Write(#[from] std::io::Error),
}
