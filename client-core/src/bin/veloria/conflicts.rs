//! `conflicts list|show|resolve`: what needs her, in her words, and settling it.

use clap::{Args, Subcommand};
use client_core::App;
use domain::conflicts::Told;
use domain::documents::Hash;
use domain::lang::Lang;
use uuid::Uuid;

use crate::failed::Failed;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Conflicts {
    /// What needs you.
    List {
        /// Also visits outside of your hours and in your time off.
        #[arg(long)]
        warnings: bool,
    },
    /// One of them: both sides, what is at stake, what can be done.
    Show {
        /// The conflict.
        id: Uuid,
    },
    /// Settle it; needs no network.
    Resolve(Resolve),
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    /// The conflict.
    id: Uuid,
    /// One of the choices that `show` names.
    #[arg(long)]
    choose: String,
    /// Only if these are still the facts, as `show` says them.
    #[arg(long)]
    facts: Option<Hash>,
}

impl Conflicts {
    pub(crate) fn run(self, app: &mut App, lang: Lang) -> Result<Output, Failed> {
        match self {
            Self::List { warnings } => {
                let all = app.conflicts(warnings, lang)?;
                let nothing = if lang == Lang::Ru {
                    "Всё в порядке, решать нечего"
                } else {
                    "Nothing needs you"
                };
                let lines: Vec<String> =
                    all.iter().map(|told| format!("{}  {}", told.id, told.title)).collect();
                let text = if lines.is_empty() { nothing.to_owned() } else { lines.join("\n") };
                Ok(Output::list(all, &[])?.with_line(text))
            }
            Self::Show { id } => {
                let told = app.conflict(id, lang)?;
                let text = page(&told, lang);
                Ok(Output::one(&told)?.with_line(text))
            }
            Self::Resolve(Resolve { id, choose, facts }) => {
                Output::one(&app.resolve_conflict(id, &choose, facts)?)
            }
        }
    }
}

/// A conflict on one page.
fn page(told: &Told, lang: Lang) -> String {
    let word = |ru, en| if lang == Lang::Ru { ru } else { en };
    let mut lines = vec![told.title.clone()];
    for version in &told.versions {
        let by =
            [version.device.clone(), version.at.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let by = if by.is_empty() { by } else { format!(" ({by})") };
        lines.push(format!("  - {}{by}", version.says));
    }
    lines.extend(told.at_stake.as_ref().map(|sum| format!("{}: {sum}", word("На кону", "At stake"))));
    if !told.resolutions.is_empty() {
        lines.push(format!("{}:", word("Можно", "You can")));
    }
    lines.extend(told.resolutions.iter().map(|choice| format!("  {}\n      {}", choice.id, choice.does)));
    lines.join("\n")
}
