//! `settings list|show|set`. The server owns them: an edit is queued, and shown at once.

use std::fs;
use std::path::PathBuf;

use clap::Subcommand;
use client_core::App;
use domain::settings::Section;
use serde_json::{Map, Value as Json};

use crate::failed::Failed;
use crate::fields::Fields;
use crate::output::{Column, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Settings {
    /// All sections.
    List,
    /// One section: profile, business-hours, cancel-policy, deposit-policy, notification-prefs, channels, branding, integrations.
    Show {
        /// The section.
        section: Section,
    },
    /// Replace fields of a section; what is not mentioned stays.
    Set {
        /// The section.
        section: Section,
        /// A field of it, as field=value; lists and maps as JSON.
        #[arg(value_name = "FIELD=VALUE")]
        fields: Vec<String>,
        /// A file with the whole section as JSON.
        #[arg(long, value_name = "FILE", conflicts_with = "fields")]
        file: Option<PathBuf>,
    },
}

const COLUMNS: &[Column] = &[
    Column { ru: "Раздел", en: "Section", key: "id" },
    Column { ru: "Версия", en: "Version", key: "version" },
    Column { ru: "Изменено", en: "Changed", key: "updatedAt" },
    Column { ru: "Значение", en: "Value", key: "value" },
];

impl Settings {
    pub(crate) fn run(self, app: &mut App) -> Result<Output, Failed> {
        match self {
            Self::List => Output::list(app.settings()?, COLUMNS),
            Self::Show { section } => Output::one(&app.setting(section)?),
            Self::Set { section, fields, file } => {
                let value = match file {
                    Some(file) => whole(&file)?,
                    None => over(app, section, &fields)?,
                };
                Output::one(&app.put_setting(section, &value)?)
            }
        }
    }
}

/// A section from a file.
fn whole(file: &PathBuf) -> Result<Map<String, Json>, Failed> {
    let unread = |cause: &dyn std::fmt::Display| Failed::usage(format!("{}: {cause}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| unread(&error))?;
    serde_json::from_str(&text).map_err(|error| unread(&error))
}

/// What stands, with some fields replaced.
fn over(app: &App, section: Section, fields: &[String]) -> Result<Map<String, Json>, Failed> {
    let standing = serde_json::to_value(&app.setting(section)?.value);
    let standing = standing.map_err(|error| Failed::usage(error.to_string()))?;
    let mut value = standing.as_object().cloned().unwrap_or_default();
    for (name, field) in Fields::default().assign(fields)?.into_map() {
        // A whole number on the command line is one in JSON, too.
        let number = field.as_str().and_then(|text| text.parse::<u64>().ok());
        let was_number = value.get(&name).is_none_or(|old| old.is_number() || old.is_null());
        value.insert(name, number.filter(|_| was_number).map_or(field, Json::from));
    }
    Ok(value)
}
