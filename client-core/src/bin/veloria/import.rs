//! `import services|clients|appointments|payments FILE --map MAP.toml`.

use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use client_core::App;
use client_core::import::{Filter, ImportError, ImportMap, Job, Kind, Mode, Outcome, Report, RowReport};
use comfy_table::{ContentArrangement, Table, presets};
use domain::lang::Lang;

use crate::failed::Failed;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// What the rows of the file are.
    kind: What,
    /// The file: CSV with a header.
    file: PathBuf,
    /// The map from its columns to fields; docs/import.md tells its keys.
    #[arg(long, value_name = "MAP.toml")]
    map: PathBuf,
    /// Only rows with this value in this column, such as Staff=JJ.
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    filters: Vec<Filter>,
    /// Tell what would be done, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// The price list.
    Services,
    /// People.
    Clients,
    /// Visits, or the cancellations and no-shows of visits.
    Appointments,
    /// Lines of receipts.
    Payments,
}

impl Import {
    pub(crate) fn run(&self, app: &mut App, lang: Lang) -> Result<Output, Failed> {
        let map = String::from_utf8(read(&self.map)?)
            .map_err(|_| Failed::usage(format!("{}: not UTF-8", self.map.display())))?;
        let map = ImportMap::parse(&map).map_err(failed)?;
        let bytes = read(&self.file)?;
        let kind = match self.kind {
            What::Services => Kind::Services,
            What::Clients => Kind::Clients,
            What::Appointments => Kind::Appointments,
            What::Payments => Kind::Payments,
        };
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Write };
        let job = Job { kind, bytes: &bytes, map: &map, filters: &self.filters, mode };
        let report = app.import(&job, &mut progress()).map_err(failed)?;
        Ok(Output::one(&report)?.with_line(text(&report, lang)))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    fs::read(path).map_err(|error| Failed::usage(format!("{}: {error}", path.display())))
}

fn failed(error: ImportError) -> Failed {
    match error {
        ImportError::App(error) => error.into(),
        other => Failed::usage(other.to_string()),
    }
}

/// A running count for somebody who watches.
fn progress() -> impl FnMut(usize, usize) {
    let is_watched = std::io::stderr().is_terminal();
    move |done, of| {
        if is_watched {
            let end = if done == of { "\n" } else { "" };
            // Nobody is hurt by a count that is not seen.
            let _ = write!(std::io::stderr(), "\r{done} / {of}{end}");
        }
    }
}

fn text(report: &Report, lang: Lang) -> String {
    let remarkable: Vec<&RowReport> = report.remarkable().collect();
    let summary = summary(report, lang);
    if remarkable.is_empty() {
        return summary;
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(match lang {
        Lang::Ru => ["Строка", "Что сделано", "Почему"],
        Lang::En => ["Line", "Done", "Why"],
    });
    for row in remarkable {
        let why = row.reason.as_ref().map(|reason| reason.words(lang)).unwrap_or_default();
        table.add_row([row.line.to_string(), outcome(row.result, lang).to_owned(), why]);
    }
    format!("{table}\n{summary}")
}

fn summary(report: &Report, lang: Lang) -> String {
    let Report {
        created, updated, skipped, problems, time_unknown, clients_created, left_out, dry_run, ..
    } = report;
    match lang {
        Lang::Ru => {
            let trial = if *dry_run { " (проба, ничего не записано)" } else { "" };
            format!(
                "создано {created}, изменено {updated}, пропущено {skipped} (из них с ошибками {problems}), без времени \
                 {time_unknown}, новых клиентов по кодам {clients_created}, не выбрано {left_out}{trial}"
            )
        }
        Lang::En => {
            let trial = if *dry_run { " (a trial: nothing was written)" } else { "" };
            format!(
                "created {created}, updated {updated}, skipped {skipped} (with problems {problems}), of unknown time \
                 {time_unknown}, new clients from codes {clients_created}, left out {left_out}{trial}"
            )
        }
    }
}

const fn outcome(outcome: Outcome, lang: Lang) -> &'static str {
    match (outcome, lang) {
        (Outcome::Created, Lang::Ru) => "создано",
        (Outcome::Updated, Lang::Ru) => "изменено",
        (Outcome::Skipped, Lang::Ru) => "пропущено",
        (Outcome::Created, Lang::En) => "created",
        (Outcome::Updated, Lang::En) => "updated",
        (Outcome::Skipped, Lang::En) => "skipped",
    }
}
