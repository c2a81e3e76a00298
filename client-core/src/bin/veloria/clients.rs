//! `clients add|edit|list|show|remove`.

use clap::Subcommand;
use client_core::App;
use domain::ids::ClientId;
use serde_json::json;

use crate::failed::Failed;
use crate::fields::{Fields, changed_set};
use crate::output::{Column, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Clients {
    /// Add a client.
    Add {
        /// How you call the person.
        #[arg(long)]
        name: String,
        /// The main number.
        #[arg(long)]
        phone: Option<String>,
        /// The mail address.
        #[arg(long)]
        email: Option<String>,
        /// 1990-05-01, or --05-01 without a year.
        #[arg(long, allow_hyphen_values = true)]
        birthday: Option<String>,
        /// A tag; may be given several times.
        #[arg(long = "tag")]
        tags: Vec<String>,
        /// An allergy; may be given several times.
        #[arg(long = "allergy")]
        allergies: Vec<String>,
        /// Free text about the person.
        #[arg(long)]
        notes: Option<String>,
        /// Any other field, as field=value.
        #[arg(long = "set", value_name = "FIELD=VALUE")]
        set: Vec<String>,
    },
    /// Edit a client; what is not mentioned stays.
    Edit {
        /// The client.
        id: ClientId,
        /// A field, as field=value; an empty value clears it.
        #[arg(long = "set", value_name = "FIELD=VALUE")]
        set: Vec<String>,
        /// A tag to add.
        #[arg(long = "tag")]
        tags: Vec<String>,
        /// A tag to take away.
        #[arg(long = "untag")]
        untags: Vec<String>,
        /// An allergy to add.
        #[arg(long = "allergy")]
        allergies: Vec<String>,
        /// An allergy to take away.
        #[arg(long = "unallergy")]
        unallergies: Vec<String>,
    },
    /// All clients by name, or those that a search finds.
    List {
        /// Words, or a part of a phone number.
        #[arg(long)]
        search: Option<String>,
    },
    /// One client.
    Show {
        /// The client.
        id: ClientId,
    },
    /// Remove a client; visits and notes stay.
    Remove {
        /// The client.
        id: ClientId,
    },
}

const COLUMNS: &[Column] = &[
    Column { ru: "Имя", en: "Name", key: "name" },
    Column { ru: "Телефон", en: "Phone", key: "phone" },
    Column { ru: "Почта", en: "E-mail", key: "email" },
    Column { ru: "Метки", en: "Tags", key: "tags" },
    Column { ru: "Аллергии", en: "Allergies", key: "allergies" },
    Column { ru: "Последний визит", en: "Last visit", key: "lastVisitAt" },
    Column { ru: "Номер", en: "Id", key: "id" },
];

impl Clients {
    pub(crate) fn run(self, app: &mut App) -> Result<Output, Failed> {
        match self {
            Self::Add { name, phone, email, birthday, tags, allergies, notes, set } => {
                let fields = Fields::default()
                    .put("name", Some(name))
                    .put("phone", phone)
                    .put("email", email)
                    .put("birthday", birthday)
                    .list("tags", &tags)
                    .list("allergies", &allergies)
                    .put("notes", notes)
                    .assign(&set)?;
                Output::one(&app.add_client(&fields.into_map())?)
            }
            Self::Edit { id, set, tags, untags, allergies, unallergies } => {
                let standing = app.client(id)?;
                let fields = Fields::default()
                    .assign(&set)?
                    .put("tags", changed_set(&standing.tags, &tags, &untags))
                    .put("allergies", changed_set(&standing.allergies, &allergies, &unallergies));
                Output::one(&app.edit_client(id, &fields.into_map())?)
            }
            Self::List { search } => Output::list(app.clients(search.as_deref())?, COLUMNS),
            Self::Show { id } => Output::one(&app.client(id)?),
            Self::Remove { id } => {
                app.remove_client(id)?;
                Output::one(&json!({ "id": id, "removed": true }))
            }
        }
    }
}
