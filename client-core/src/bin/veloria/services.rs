//! `services add|edit|list|show|remove`. The server owns the price list: an edit is queued, and shown at once.

use clap::{Args, Subcommand};
use client_core::App;
use domain::ids::ServiceId;
use serde_json::json;

use crate::failed::Failed;
use crate::fields::Fields;
use crate::output::{Column, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Services {
    /// Add a service; it can be booked at once.
    Add {
        /// How you call it.
        #[arg(long)]
        name: String,
        /// The price.
        #[arg(long)]
        price: String,
        /// How long, in minutes.
        #[arg(long)]
        min: u32,
        #[command(flatten)]
        more: More,
    },
    /// Edit a service; what is not mentioned stays.
    Edit {
        /// The service.
        id: ServiceId,
        /// How you call it.
        #[arg(long)]
        name: Option<String>,
        /// The price.
        #[arg(long)]
        price: Option<String>,
        /// How long, in minutes.
        #[arg(long)]
        min: Option<u32>,
        /// Whether it is still offered.
        #[arg(long)]
        active: Option<bool>,
        #[command(flatten)]
        more: More,
    },
    /// The price list.
    List,
    /// One service.
    Show {
        /// The service.
        id: ServiceId,
    },
    /// Remove a service; visits that name it keep their prices.
    Remove {
        /// The service.
        id: ServiceId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct More {
    /// What it costs you.
    #[arg(long)]
    cost: Option<String>,
    /// Your own grouping.
    #[arg(long)]
    category: Option<String>,
    /// Minutes kept free before.
    #[arg(long)]
    buffer_before: Option<u32>,
    /// Minutes kept free after.
    #[arg(long)]
    buffer_after: Option<u32>,
    /// Any other field, as field=value.
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    set: Vec<String>,
}

const COLUMNS: &[Column] = &[
    Column { ru: "Группа", en: "Category", key: "category" },
    Column { ru: "Услуга", en: "Service", key: "name" },
    Column { ru: "Цена", en: "Price", key: "basePrice" },
    Column { ru: "Минут", en: "Minutes", key: "durationMin" },
    Column { ru: "Номер", en: "Id", key: "id" },
];

impl Services {
    pub(crate) fn run(self, app: &mut App) -> Result<Output, Failed> {
        match self {
            Self::Add { name, price, min, more } => {
                let fields = more.put(Some(name), Some(price), Some(min))?;
                Output::one(&app.add_service(&fields.into_map())?)
            }
            Self::Edit { id, name, price, min, active, more } => {
                let fields = more.put(name, price, min)?.put("active", active);
                Output::one(&app.edit_service(id, &fields.into_map())?)
            }
            Self::List => Output::list(app.services()?, COLUMNS),
            Self::Show { id } => Output::one(&app.service(id)?),
            Self::Remove { id } => {
                app.remove_service(id)?;
                Output::one(&json!({ "id": id, "removed": true }))
            }
        }
    }
}

impl More {
    fn put(self, name: Option<String>, price: Option<String>, min: Option<u32>) -> Result<Fields, Failed> {
        let fields = Fields::default()
            .assign(&self.set)?
            .put("name", name)
            .put("basePrice", price)
            .put("durationMin", min)
            .put("cost", self.cost)
            .put("category", self.category)
            .put("bufferBeforeMin", self.buffer_before)
            .put("bufferAfterMin", self.buffer_after);
        Ok(fields)
    }
}
