//! `notes add|edit|list|show|remove`.

use clap::Subcommand;
use client_core::App;
use domain::ids::{AppointmentId, ClientId, NoteId};
use serde_json::json;

use crate::failed::Failed;
use crate::fields::Fields;
use crate::output::{Column, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Notes {
    /// Add a note about a client or a visit.
    Add {
        /// Whom it is about.
        #[arg(long)]
        client: ClientId,
        /// The text.
        #[arg(long)]
        body: String,
        /// The visit it belongs to.
        #[arg(long)]
        appointment: Option<AppointmentId>,
        /// general or formula.
        #[arg(long)]
        kind: Option<String>,
    },
    /// Rewrite a note; edits of two devices are merged letter by letter.
    Edit {
        /// The note.
        id: NoteId,
        /// The new text.
        #[arg(long)]
        body: Option<String>,
        /// general or formula.
        #[arg(long)]
        kind: Option<String>,
        /// Any other field, as field=value.
        #[arg(long = "set", value_name = "FIELD=VALUE")]
        set: Vec<String>,
    },
    /// All notes, or those about one client.
    List {
        /// Whom they are about.
        #[arg(long)]
        client: Option<ClientId>,
    },
    /// One note.
    Show {
        /// The note.
        id: NoteId,
    },
    /// Remove a note.
    Remove {
        /// The note.
        id: NoteId,
    },
}

const COLUMNS: &[Column] = &[
    Column { ru: "Вид", en: "Kind", key: "kind" },
    Column { ru: "Текст", en: "Text", key: "body" },
    Column { ru: "Клиент", en: "Client", key: "clientId" },
    Column { ru: "Визит", en: "Visit", key: "appointmentId" },
    Column { ru: "Номер", en: "Id", key: "id" },
];

impl Notes {
    pub(crate) fn run(self, app: &mut App) -> Result<Output, Failed> {
        match self {
            Self::Add { client, body, appointment, kind } => {
                let fields = Fields::default()
                    .put("clientId", Some(client.to_string()))
                    .put("appointmentId", appointment.map(|id| id.to_string()))
                    .put("body", Some(body))
                    .put("kind", kind);
                Output::one(&app.add_note(&fields.into_map())?)
            }
            Self::Edit { id, body, kind, set } => {
                let fields = Fields::default().assign(&set)?.put("body", body).put("kind", kind);
                Output::one(&app.edit_note(id, &fields.into_map())?)
            }
            Self::List { client } => Output::list(app.notes(client)?, COLUMNS)?.naming(app),
            Self::Show { id } => Output::one(&app.note(id)?)?.naming(app),
            Self::Remove { id } => {
                app.remove_note(id)?;
                Output::one(&json!({ "id": id, "removed": true }))
            }
        }
    }
}
