//! `payments add|list`.

use clap::{Args, Subcommand};
use client_core::App;
use domain::ids::{AppointmentId, ClientId};

use crate::failed::Failed;
use crate::fields::Fields;
use crate::output::{Column, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Payments {
    /// Record money that you have taken in hand, or given back; nothing edits it afterwards.
    Add(Add),
    /// All payments and refunds by day.
    List {
        /// Of one month only, such as 2018-06.
        #[arg(long)]
        month: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// How much; below zero was given back.
    #[arg(long, allow_hyphen_values = true)]
    amount: String,
    /// Who paid [default: the client of the visit].
    #[arg(long)]
    client: Option<ClientId>,
    /// For which visit.
    #[arg(long)]
    visit: Option<AppointmentId>,
    /// How: cash, transfer, card, ...
    #[arg(long, default_value = "cash")]
    method: String,
    /// On which day [default: today].
    #[arg(long)]
    date: Option<String>,
    /// For what.
    #[arg(long = "for", value_name = "TEXT")]
    description: Option<String>,
    /// The number of the receipt.
    #[arg(long)]
    receipt: Option<String>,
}

const COLUMNS: &[Column] = &[
    Column { ru: "День", en: "Day", key: "date" },
    Column { ru: "Вид", en: "Kind", key: "kind" },
    Column { ru: "Сумма", en: "Amount", key: "amount" },
    Column { ru: "Валюта", en: "Currency", key: "currency" },
    Column { ru: "Чек", en: "Receipt", key: "receipt" },
    Column { ru: "За что", en: "For", key: "description" },
    Column { ru: "Номер", en: "Id", key: "id" },
];

impl Payments {
    pub(crate) fn run(self, app: &mut App) -> Result<Output, Failed> {
        match self {
            Self::Add(add) => Output::one(&app.take_payment(add.fields().into_map())?)?.naming(app),
            Self::List { month } => Output::list(app.payments(month.as_deref())?, COLUMNS),
        }
    }
}

impl Add {
    fn fields(self) -> Fields {
        Fields::default()
            .put("amount", Some(self.amount))
            .put("clientId", self.client.map(|id| id.to_string()))
            .put("appointmentId", self.visit.map(|id| id.to_string()))
            .put("provider", Some(self.method))
            .put("date", self.date)
            .put("description", self.description)
            .put("receipt", self.receipt)
    }
}
