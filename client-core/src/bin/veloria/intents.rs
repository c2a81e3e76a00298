//! `intents list|cancel`.

use clap::Subcommand;
use client_core::app::AskedIntent;
use client_core::{App, AppError};
use domain::errors::ErrorCode;
use domain::ids::IntentId;
use domain::lang::{self, Lang};
use serde::Serialize;

use crate::failed::{Exit, Failed};
use crate::output::{Column, Output};
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum Intents {
    /// What waits, what is out, what was refused and what came too late.
    List {
        /// Also what was done.
        #[arg(long)]
        all: bool,
    },
    /// Take back what was not sent yet.
    Cancel {
        /// The intent.
        id: IntentId,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(flatten)]
    intent: AskedIntent,
    what: String,
    words: String,
}

const COLUMNS: &[Column] = &[
    Column { ru: "Что", en: "What", key: "what" },
    Column { ru: "Как обстоит", en: "How it stands", key: "words" },
    Column { ru: "Записано", en: "Asked", key: "createdAt" },
    Column { ru: "О чём", en: "About", key: "target" },
    Column { ru: "Номер", en: "Id", key: "id" },
];

impl Intents {
    pub(crate) fn run(self, app: &mut App, lang: Lang) -> Result<Output, Failed> {
        match self {
            Self::List { all } => {
                let shown: Vec<Shown> =
                    app.intents(all)?.into_iter().map(|intent| shown(intent, lang)).collect();
                Output::list(shown, COLUMNS)
            }
            Self::Cancel { id } => match app.cancel_intent(id) {
                Ok(intent) => {
                    let shown = shown(intent, lang);
                    let line = format!("{}: {}", shown.what, shown.words);
                    Ok(Output::one(&shown)?.with_line(line))
                }
                Err(AppError::NotWaiting(state)) => {
                    let why = lang::fill(lang, "intent.not_waiting", &[("word", words::word(state, lang))]);
                    Err(Failed::new(Exit::Failed, ErrorCode::Conflict, why))
                }
                Err(error) => Err(error.into()),
            },
        }
    }
}

fn shown(intent: AskedIntent, lang: Lang) -> Shown {
    let what = words::word(&intent.action, lang).to_owned();
    Shown { what, words: words(&intent, lang), intent }
}

/// How an intent stands, in words.
pub(crate) fn words(intent: &AskedIntent, lang: Lang) -> String {
    let until = intent.deadline.as_deref().unwrap_or_default();
    let key = match (intent.state, intent.overdue) {
        ("pending", Some(true)) => "intent.overdue",
        ("pending", Some(false)) => "intent.pending_until",
        ("pending", None) => "intent.pending",
        ("sent", Some(true)) => "intent.overdue_sent",
        ("sent", Some(false)) => "intent.sent_until",
        ("sent", None) => "intent.sent",
        ("done", _) => "intent.done",
        ("expired", _) => "intent.expired",
        ("cancelled", _) => "intent.cancelled",
        _ => "intent.refused",
    };
    let why = intent.code.map_or("-", |code| lang::error_message(lang, code));
    lang::fill(lang, key, &[("until", until), ("why", why)])
}
