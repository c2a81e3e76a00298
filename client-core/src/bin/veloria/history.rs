//! `history`, `undo`, `at`: what happened, taking it back, how everything was.

use clap::{Args, Subcommand};
use client_core::App;
use domain::dates::VisitTime;
use domain::documents::Hash;
use domain::errors::FieldProblem;
use domain::history::Change;
use jiff::Timestamp;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::failed::Failed;
use crate::output::{Column, Output};

#[derive(Debug, Args)]
pub(crate) struct History {
    /// A client, visit or note.
    id: Uuid,
    /// Only changes of this field: who made it what it is?
    #[arg(long)]
    field: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Older than this change.
    #[arg(long)]
    after: Option<Hash>,
}

impl History {
    pub(crate) fn run(self, app: &App) -> Result<Output, Failed> {
        let Self { id, field, limit, after } = self;
        let all = app.history(id, after, limit, field.as_deref())?;
        let text = all.iter().map(line).collect::<Vec<_>>().join("\n");
        Ok(Output::list(all, &[])?.with_line(text))
    }
}

fn line(change: &Change) -> String {
    let Change { id, command, device, at, fields, .. } = change;
    let mut lines = vec![format!("{}  {device}  {command}  {id}", at.as_deref().unwrap_or("-"))];
    lines.extend(fields.iter().map(|f| format!("    {}: {} -> {}", f.field, short(&f.from), short(&f.to))));
    lines.join("\n")
}

fn short(value: &Json) -> String {
    match value {
        Json::Null => "-".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Undo {
    /// Take one change back, as `history` names it; of a settled conflict all that settled it.
    Change {
        /// The client, visit or note.
        id: Uuid,
        /// The change.
        change: Hash,
    },
    /// Take back everything that a device did since a moment.
    Device {
        /// The device, as `history` names it.
        name: String,
        /// Since this day or moment.
        #[arg(long)]
        since: String,
    },
}

impl Undo {
    pub(crate) fn run(self, app: &mut App) -> Result<Output, Failed> {
        match self {
            Self::Change { id, change } => Output::one(&app.undo_change(id, change)?),
            Self::Device { name, since } => {
                let since = moment(app, "since", &since)?;
                Output::one(&app.undo_device(&name, since)?)
            }
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct At {
    /// The moment: 2026-12-01, 2026-12-01T10:00 in the zone of the business, or with an offset.
    time: String,
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum What {
    /// The clients.
    Clients,
    /// Visits and blocks.
    Appointments,
    /// The notes.
    Notes,
}

const CLIENTS: &[Column] = &[
    Column { ru: "Имя", en: "Name", key: "name" },
    Column { ru: "Телефон", en: "Phone", key: "phone" },
    Column { ru: "Номер", en: "Id", key: "id" },
];
const VISITS: &[Column] = &[
    Column { ru: "Начало", en: "Start", key: "startsAt" },
    Column { ru: "Состояние", en: "Status", key: "status" },
    Column { ru: "Клиент", en: "Client", key: "clientId" },
    Column { ru: "Номер", en: "Id", key: "id" },
];
const NOTES: &[Column] = &[
    Column { ru: "Клиент", en: "Client", key: "clientId" },
    Column { ru: "Текст", en: "Text", key: "body" },
    Column { ru: "Номер", en: "Id", key: "id" },
];

impl At {
    pub(crate) fn run(self, app: &App) -> Result<Output, Failed> {
        let time = moment(app, "time", &self.time)?;
        match self.what {
            What::Clients => Output::list(app.clients_at(time)?, CLIENTS),
            What::Appointments => Output::list(app.appointments_at(time)?, VISITS)?.naming(app),
            What::Notes => Output::list(app.notes_at(time)?, NOTES)?.naming(app),
        }
    }
}

/// A moment, or the beginning of a day, in the zone of the business.
fn moment(app: &App, name: &str, text: &str) -> Result<Timestamp, Failed> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let zone = app.tenant()?.timezone;
    let text = if text.len() == "2026-12-01".len() { format!("{text}T00:00") } else { text.to_owned() };
    let time = VisitTime::parse_input(&text, &zone, 1);
    Ok(time.map_err(|_| Failed::field(name, FieldProblem::InvalidTime))?.starts_at())
}
