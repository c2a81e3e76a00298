//! `appointments add|list|show|edit|move|confirm|cancel|complete|no-show|remove`.

use clap::{Args, Subcommand};
use client_core::App;
use client_core::app::Span;
use domain::appointments::Step;
use domain::dates::VisitTime;
use domain::errors::FieldProblem;
use domain::ids::{AppointmentId, ClientId, ServiceId};
use jiff::Timestamp;
use serde_json::json;

use crate::failed::Failed;
use crate::fields::Fields;
use crate::output::{Column, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Appointments {
    /// Book a visit, or block personal time.
    Add(Add),
    /// All appointments by start, past and future, unless limited.
    List {
        /// From this day or moment on.
        #[arg(long)]
        from: Option<String>,
        /// Up to this day, or before this moment.
        #[arg(long)]
        to: Option<String>,
    },
    /// One appointment.
    Show(Which),
    /// The rules of cancellation and deposit that hold for it: those of the day on which it was booked.
    Policies(Which),
    /// Edit fields; what is not mentioned stays.
    Edit {
        #[command(flatten)]
        which: Which,
        /// A field, as field=value; an empty value clears it.
        #[arg(long = "set", value_name = "FIELD=VALUE")]
        set: Vec<String>,
        #[command(flatten)]
        amounts: Amounts,
        /// Free text about the visit.
        #[arg(long)]
        note: Option<String>,
    },
    /// Move to another time.
    Move {
        #[command(flatten)]
        which: Which,
        /// The new start.
        #[arg(long)]
        at: Option<String>,
        /// The new length in minutes.
        #[arg(long)]
        min: Option<u32>,
    },
    /// It is agreed again, e.g. after a cancellation.
    Book(Which),
    /// The client will come.
    Confirm(Which),
    /// It is called off.
    Cancel(Which),
    /// It is done.
    Complete(Which),
    /// Nobody came.
    NoShow(Which),
    /// Remove it.
    Remove(Which),
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Which {
    /// The appointment.
    id: AppointmentId,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Who comes.
    #[arg(long)]
    client: Option<ClientId>,
    /// What is done.
    #[arg(long)]
    service: Option<ServiceId>,
    /// When it starts: 2026-12-01T10:00 in the zone of the business, or with an offset.
    #[arg(long)]
    at: String,
    /// How long, in minutes [default: as long as the service].
    #[arg(long)]
    min: Option<u32>,
    #[command(flatten)]
    amounts: Amounts,
    /// Free text about the visit.
    #[arg(long)]
    note: Option<String>,
    /// Personal time, without client and service.
    #[arg(long)]
    block: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Amounts {
    /// The deposit asked for.
    #[arg(long)]
    deposit: Option<String>,
    /// The price [default: that of the service].
    #[arg(long)]
    price: Option<String>,
    /// What it costs you.
    #[arg(long)]
    cost: Option<String>,
}

impl Amounts {
    fn put(self, fields: Fields) -> Fields {
        fields.put("depositAmount", self.deposit).put("price", self.price).put("cost", self.cost)
    }
}

const COLUMNS: &[Column] = &[
    Column { ru: "Начало", en: "Start", key: "startsAt" },
    Column { ru: "Минут", en: "Minutes", key: "durationMin" },
    Column { ru: "Состояние", en: "Status", key: "status" },
    Column { ru: "Клиент", en: "Client", key: "clientId" },
    Column { ru: "Услуга", en: "Service", key: "serviceId" },
    Column { ru: "Цена", en: "Price", key: "price" },
    Column { ru: "Предоплата", en: "Deposit", key: "depositAmount" },
    Column { ru: "Номер", en: "Id", key: "id" },
];

impl Appointments {
    pub(crate) fn run(self, app: &mut App) -> Result<Output, Failed> {
        match self {
            Self::Add(add) => add.run(app),
            Self::List { from, to } => {
                let zone = app.tenant()?.timezone;
                let span = Span {
                    from: from.map(|text| moment("from", &text, &zone, Edge::Start)).transpose()?,
                    until: to.map(|text| moment("to", &text, &zone, Edge::End)).transpose()?,
                };
                Output::list(app.appointments(span)?, COLUMNS)?.naming(app)
            }
            Self::Show(which) => Output::one(&app.appointment(which.id)?)?.naming(app),
            Self::Policies(which) => Output::one(&app.policies_of(which.id)?),
            Self::Edit { which, set, amounts, note } => {
                let fields = amounts.put(Fields::default().assign(&set)?.put("note", note));
                Output::one(&app.edit_appointment(which.id, &fields.into_map())?)?.naming(app)
            }
            Self::Move { which, at, min } => {
                let fields = Fields::default().put("startsAt", at).put("durationMin", min);
                Output::one(&app.move_appointment(which.id, &fields.into_map())?)?.naming(app)
            }
            Self::Book(which) => step(app, which, Step::Book),
            Self::Confirm(which) => step(app, which, Step::Confirm),
            Self::Cancel(which) => step(app, which, Step::Cancel),
            Self::Complete(which) => step(app, which, Step::Complete),
            Self::NoShow(which) => step(app, which, Step::NoShow),
            Self::Remove(which) => {
                app.remove_appointment(which.id)?;
                Output::one(&json!({ "id": which.id, "removed": true }))
            }
        }
    }
}

impl Add {
    fn run(self, app: &mut App) -> Result<Output, Failed> {
        let fields = Fields::default()
            .put("kind", self.block.then_some("block"))
            .put("clientId", self.client.map(|id| id.to_string()))
            .put("serviceId", self.service.map(|id| id.to_string()))
            .put("startsAt", Some(self.at))
            .put("durationMin", self.min)
            .put("note", self.note);
        Output::one(&app.book(&self.amounts.put(fields).into_map())?)?.naming(app)
    }
}

fn step(app: &mut App, which: Which, step: Step) -> Result<Output, Failed> {
    Output::one(&app.take_step(which.id, step)?)?.naming(app)
}

#[derive(Clone, Copy)]
enum Edge {
    Start,
    End,
}

/// A moment, or the beginning or end of a day in the zone of the business.
fn moment(name: &str, text: &str, zone: &str, edge: Edge) -> Result<Timestamp, Failed> {
    let wrong = |_| Failed::field(name, FieldProblem::InvalidTime);
    let day: Option<jiff::civil::Date> = if text.len() == 10 { text.parse().ok() } else { None };
    let day = match (day, edge) {
        (Some(day), Edge::End) => {
            Some(day.tomorrow().map_err(|_| Failed::field(name, FieldProblem::OutOfRange))?)
        }
        (day, _) => day,
    };
    let text = day.map_or_else(|| text.to_owned(), |day| format!("{day}T00:00"));
    Ok(VisitTime::parse_input(&text, zone, 1).map_err(wrong)?.starts_at())
}
