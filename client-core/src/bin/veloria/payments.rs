//! `payments list`.

use clap::Subcommand;
use client_core::App;

use crate::failed::Failed;
use crate::output::{Column, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Payments {
    /// All payments and refunds by day.
    List {
        /// Of one month only, such as 2018-06.
        #[arg(long)]
        month: Option<String>,
    },
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
    pub(crate) fn run(self, app: &App) -> Result<Output, Failed> {
        let Self::List { month } = self;
        Output::list(app.payments(month.as_deref())?, COLUMNS)
    }
}
