//! `cargo xtask generate`: the files that are made from others. `.sqlx` comes from the queries and a database that the
//! migrations made; `docs/openapi.json` from the server's routes. Writes these two and nothing else.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::{self, ChoreError};
use crate::embedded_postgres::{Binaries, Durability, EmbeddedPostgres};
use crate::scratch::Scratch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Bring the files up to date.
    Write,
    /// Fail if one is not.
    Compare,
}

/// File names and contents; what is compared is exactly what is committed.
type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn run(mode: Mode) -> Result<(), ChoreError> {
    // The queries first: while they are stale the server does not compile, and cannot tell its routes.
    settle(mode, &chore::root().join(".sqlx"), &queries()?)?;
    let routes = chore::output(&mut chore::cargo(&[
        "run",
        "--quiet",
        "--locked",
        "-p",
        "sync-server",
        "--bin",
        "sync-server",
        "--",
        "openapi",
    ]))?;
    if routes.is_empty() {
        return Err(ChoreError::Refused("`sync-server openapi` printed nothing".to_owned()));
    }
    settle(mode, &chore::root().join("docs"), &Files::from([("openapi.json".to_owned(), routes)]))
}

/// Compiles the server against a throwaway database; the `query!` macros then write down what they learnt.
fn queries() -> Result<Files, ChoreError> {
    let scratch = Scratch::new()?;
    let binaries = Binaries::locate(None)?;
    let psql = binaries.folder().join("psql");
    let postgres =
        EmbeddedPostgres::start(binaries, &scratch.folder().join("postgres"), Durability::Throwaway)?;
    let url = postgres.url("postgres");
    for migration in migrations()? {
        chore::run(
            Command::new(&psql)
                .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", &url, "--file"])
                .arg(migration),
        )?;
    }

    let learnt = scratch.folder().join("sqlx");
    fs::create_dir(&learnt).map_err(ChoreError::file(&learnt))?;
    // Cargo sees no reason to compile the queries again, so it is given one: a source as new as the folder just made.
    let library = chore::root().join("sync-server/src/lib.rs");
    let now = fs::metadata(&learnt).and_then(|folder| folder.modified());
    let touch = now.and_then(|now| File::options().append(true).open(&library)?.set_modified(now));
    touch.map_err(ChoreError::file(&library))?;
    let mut compile = chore::cargo(&["check", "--quiet", "--locked", "-p", "sync-server", "--all-targets"]);
    compile.env_remove("SQLX_OFFLINE").env("SQLX_OFFLINE_DIR", &learnt).env("DATABASE_URL", &url);
    chore::run(&mut compile)?;
    read(&learnt, "json")
}

/// In the order of their names, which begin with a number or a date.
fn migrations() -> Result<Vec<PathBuf>, ChoreError> {
    let folder = chore::root().join("migrations");
    let files = read(&folder, "sql")?;
    Ok(files.into_keys().filter(|name| !name.ends_with(".down.sql")).map(|name| folder.join(name)).collect())
}

/// Makes `folder` hold exactly `wanted` among the `.json` files, or says where it does not.
fn settle(mode: Mode, folder: &Path, wanted: &Files) -> Result<(), ChoreError> {
    let present = read(folder, "json")?;
    let stale: Vec<&String> = present
        .keys()
        .chain(wanted.keys().filter(|name| !present.contains_key(*name)))
        .filter(|name| present.get(*name) != wanted.get(*name))
        .collect();
    for name in &stale {
        let path = folder.join(name);
        let shown = path.strip_prefix(chore::root()).unwrap_or(&path).display();
        match (mode, wanted.get(*name)) {
            (Mode::Compare, _) => println!("generate: {shown} is not as it would be generated"),
            (Mode::Write, Some(content)) => {
                println!("generate: writing {shown}");
                let write = fs::create_dir_all(folder).and_then(|()| fs::write(&path, content));
                write.map_err(ChoreError::file(&path))?;
            }
            (Mode::Write, None) => {
                println!("generate: removing {shown}");
                fs::remove_file(&path).map_err(ChoreError::file(&path))?;
            }
        }
    }
    if mode == Mode::Compare && !stale.is_empty() {
        return Err(ChoreError::Refused("generated files are stale: run `cargo xtask generate`".to_owned()));
    }
    Ok(())
}

/// The files of a folder with this ending; none if the folder is not there.
fn read(folder: &Path, ending: &str) -> Result<Files, ChoreError> {
    let mut files = Files::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder).map_err(ChoreError::file(folder))? {
        let path = entry.map_err(ChoreError::file(folder))?.path();
        if path.extension().is_some_and(|extension| extension == ending) {
            let content = fs::read(&path).map_err(ChoreError::file(&path))?;
            files.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), content);
        }
    }
    Ok(files)
}
