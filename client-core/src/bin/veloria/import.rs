//! `import services|clients|appointments|payments FILE`, `import all EXPORT.json`, `import list`, `import undo ID`.
//!
//! Without a map the map is guessed and shown, and nothing is written before `--yes`.

mod progress;
mod show;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use client_core::App;
use client_core::import::{
    Content, Duplicates, Filter, Format, ImportError, ImportFailed, ImportMap, Job, Kind, MAX_FILE_BYTES,
    Mode, guess, map_text,
};
use domain::lang::Lang;
use uuid::Uuid;

use crate::failed::{Exit, Failed};
use crate::output::{Column, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// The price list.
    Services(File),
    /// People: a table, or contact cards (.vcf).
    Clients(File),
    /// Visits, or the cancellations and no-shows of visits.
    Appointments(File),
    /// Lines of receipts.
    Payments(File),
    /// Everything of an export (`veloria export`), under its own ids.
    All {
        /// The export, in JSON.
        file: PathBuf,
        /// Tell what would be done, and write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Imports that have left something here.
    List,
    /// Take out what an import made and nobody has touched since.
    Undo {
        /// The import, as `import list` shows it.
        id: Uuid,
    },
}

#[derive(Debug, Args)]
pub(crate) struct File {
    /// The file: CSV or .xlsx with a header, or contact cards.
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// The map from its columns to fields; docs/import.md tells its keys. Guessed and shown if absent.
    #[arg(long, value_name = "MAP.toml")]
    map: Option<PathBuf>,
    /// With a guessed map: write it to this file, to be looked at and edited, and import nothing.
    #[arg(long, value_name = "MAP.toml", conflicts_with = "map")]
    write_map: Option<PathBuf>,
    /// With a guessed map: a short name of the other program, always the same for its files.
    #[arg(long, default_value = "import", conflicts_with = "map")]
    source: String,
    /// Import with the guessed map.
    #[arg(long)]
    yes: bool,
    /// What becomes of people whose telephone or e-mail somebody here has already.
    #[arg(long, value_enum, default_value_t)]
    duplicates: What,
    /// Only rows with this value in this column, such as Staff=JJ.
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    filters: Vec<Filter>,
    /// Tell what would be done, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum What {
    /// They are listed and not imported.
    #[default]
    Ask,
    /// Whoever is here gets what she lacks.
    Merge,
    /// They become second clients.
    Create,
}

const COLUMNS: &[Column] = &[
    Column { ru: "Загрузка", en: "Import", key: "id" },
    Column { ru: "Что", en: "What", key: "kind" },
    Column { ru: "Откуда", en: "Source", key: "source" },
    Column { ru: "Когда", en: "When", key: "importedAt" },
    Column { ru: "Есть", en: "Here", key: "standing" },
    Column { ru: "Изменено", en: "Changed", key: "changed" },
    Column { ru: "Отменено", en: "Undone", key: "undone" },
];

impl Import {
    pub(crate) fn run(&self, app: &mut App, lang: Lang) -> Result<Output, Failed> {
        match self {
            Self::Services(file) => file.import(Kind::Services, app, lang),
            Self::Clients(file) => file.import(Kind::Clients, app, lang),
            Self::Appointments(file) => file.import(Kind::Appointments, app, lang),
            Self::Payments(file) => file.import(Kind::Payments, app, lang),
            Self::All { file, dry_run } => {
                let mode = if *dry_run { Mode::DryRun } else { Mode::Write };
                let report =
                    app.restore(&read_up_to(file, MAX_EXPORT_BYTES, lang)?, mode, &mut progress::shown(lang));
                let report = report.map_err(|error| failed(error, lang))?;
                Ok(Output::one(&report)?.with_line(show::report(&report, lang)))
            }
            Self::List => Output::list(app.imports()?, COLUMNS),
            Self::Undo { id } => {
                let undone = app.undo_import(*id)?;
                Ok(Output::one(&undone)?.with_line(show::undone(&undone, lang)))
            }
        }
    }
}

impl File {
    fn import(&self, kind: Kind, app: &mut App, lang: Lang) -> Result<Output, Failed> {
        let refused = |error| failed(error, lang);
        let bytes = read(&self.path, lang)?;
        let (map, is_guessed) = if let Some(path) = &self.map {
            let text = String::from_utf8(read(path, lang)?)
                .map_err(|_| Failed::usage(format!("{}: not UTF-8", path.display())))?;
            (ImportMap::parse(&text).map_err(|error| refused(error.into()))?, false)
        } else {
            let content = Content::read(&bytes).map_err(|error| refused(error.into()))?;
            let map = guess(kind, &content, &self.source).map_err(|error| refused(error.into()))?;
            if let Some(path) = &self.write_map {
                let unwritable = |error| Failed::usage(format!("{}: {error}", path.display()));
                fs::write(path, map_text(&map)).map_err(unwritable)?;
                return show::guessed(&content, &map, kind, lang, show::Next::Saved);
            }
            // Cards and calendars have no columns, so there is nothing to be guessed wrongly.
            let is_sure = matches!(content.format, Format::Vcard | Format::Ics);
            if !is_sure && !self.yes && !self.dry_run {
                return show::guessed(&content, &map, kind, lang, show::Next::Asks);
            }
            (map, !is_sure)
        };
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Write };
        let duplicates = match self.duplicates {
            What::Ask => Duplicates::Ask,
            What::Merge => Duplicates::Merge,
            What::Create => Duplicates::Create,
        };
        let job = Job { kind, bytes: &bytes, map: &map, filters: &self.filters, duplicates, mode };
        let report = app.import(&job, &mut progress::shown(lang)).map_err(refused)?;
        let map = (is_guessed && self.dry_run).then(|| map_text(&map));
        let text = [map, Some(show::report(&report, lang))].into_iter().flatten().collect::<Vec<_>>();
        Ok(Output::one(&report)?.with_line(text.join("\n")))
    }
}

/// What a full export may have: a large salon's is larger than any file of another program.
const MAX_EXPORT_BYTES: usize = 512 * 1024 * 1024;

/// A file, no more of it than may be imported.
fn read(path: &Path, lang: Lang) -> Result<Vec<u8>, Failed> {
    read_up_to(path, MAX_FILE_BYTES, lang)
}

fn read_up_to(path: &Path, limit: usize, lang: Lang) -> Result<Vec<u8>, Failed> {
    let unreadable = |error| Failed::usage(format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    let most = limit as u64 + 1;
    fs::File::open(path).map_err(unreadable)?.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > limit {
        return Err(failed(ImportError::FileTooLarge.into(), lang));
    }
    Ok(bytes)
}

fn failed(error: ImportFailed, lang: Lang) -> Failed {
    match error {
        ImportFailed::App(error) => error.into(),
        ImportFailed::File(error) => Failed::named(Exit::Usage, error.code(), error.words(lang)),
    }
}
