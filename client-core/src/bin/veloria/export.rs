//! `export`: everything, on standard output or into a file or folder.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use client_core::App;
use domain::errors::ErrorCode;
use domain::exports::{ExportError, ExportFormat, tables};
use domain::lang::Lang;
use serde_json::json;

use crate::failed::{Exit, Failed};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// In which form; JSON is everything and can be imported again.
    #[arg(long, value_enum, default_value_t)]
    format: What,
    /// Where to: a file, or for CSV a folder (or a file that ends in .zip); standard output if absent, JSON only.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum What {
    /// Everything, as one object.
    #[default]
    Json,
    /// A table for each thing.
    Csv,
    /// Clients as contact cards.
    Vcard,
    /// Visits as a calendar.
    Ics,
}

impl Export {
    pub(crate) fn run(&self, app: &App, lang: Lang) -> Result<Output, Failed> {
        let format = match self.format {
            What::Json => ExportFormat::Json,
            What::Csv => ExportFormat::Csv,
            What::Vcard => ExportFormat::Vcard,
            What::Ics => ExportFormat::Ics,
        };
        let export = app.export()?;
        let Some(path) = &self.out else {
            if format != ExportFormat::Json {
                return Err(Failed::usage(match lang {
                    Lang::Ru => "скажите, куда: --out",
                    Lang::En => "say where to: --out",
                }));
            }
            let output = Output::one(&export)?;
            let json = output.json();
            return Ok(output.with_line(json));
        };
        let all = export.everything().map_err(|error| failed(&ExportError::Json(error)))?;
        let is_folder = format == ExportFormat::Csv && path.extension().is_none_or(|end| end != "zip");
        let written = if is_folder {
            fs::create_dir_all(path).map_err(|error| unwritable(path, &error))?;
            let mut written = Vec::new();
            for table in tables(&all).map_err(|error| failed(&error))? {
                written.push(write(&path.join(table.name), &table.bytes)?);
            }
            written
        } else {
            vec![write(path, &all.write(format).map_err(|error| failed(&error))?)?]
        };
        Ok(Output::one(&json!({ "format": format.as_str(), "files": written }))?
            .with_line(written.join("\n")))
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<String, Failed> {
    fs::write(path, bytes).map_err(|error| unwritable(path, &error))?;
    Ok(path.display().to_string())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failed {
    Failed::usage(format!("{}: {error}", path.display()))
}

fn failed(error: &ExportError) -> Failed {
    Failed::new(Exit::Failed, ErrorCode::Internal, error.to_string())
}
