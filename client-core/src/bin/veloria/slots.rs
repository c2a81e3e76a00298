//! `slots`: free hours for a service.

use clap::Args;
use client_core::App;
use domain::ids::ServiceId;
use jiff::civil::Date;

use crate::failed::Failed;
use crate::output::{Column, Output};

#[derive(Debug, Args)]
pub(crate) struct Slots {
    /// For which service.
    #[arg(long)]
    service: ServiceId,
    /// The first day.
    #[arg(long)]
    from: Date,
    /// The last day, inclusive [default: the first].
    #[arg(long)]
    to: Option<Date>,
}

const COLUMNS: &[Column] = &[
    Column { ru: "Начало", en: "Starts", key: "startsAt" },
    Column { ru: "Конец", en: "Ends", key: "endsAt" },
];

impl Slots {
    pub(crate) fn run(self, app: &App) -> Result<Output, Failed> {
        Output::list(app.slots(self.service, self.from, self.to.unwrap_or(self.from))?, COLUMNS)
    }
}
