//! The pages of `desktop/ui`: their packages, their build, their tests. Knows npm and where its files lie; nothing is fetched or
//! built twice, so the second time needs no network and no patience.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::Hasher as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::{self, ChoreError};

/// What the built files are made of, relative to the top folder.
const SOURCES: [&str; 7] = [
    "desktop/ui/src",
    "desktop/ui/public",
    "desktop/ui/index.html",
    "desktop/ui/package-lock.json",
    "desktop/ui/vite.config.ts",
    "desktop/ui/svelte.config.js",
    "domain/lang",
];

pub(crate) fn home() -> PathBuf {
    chore::root().join("desktop/ui")
}

/// A command in the folder of the front end.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(args).current_dir(home());
    npm
}

/// Fetches the packages, unless exactly those of the lock file are here.
pub(crate) fn packages() -> Result<(), ChoreError> {
    let lock = home().join("package-lock.json");
    let wanted = fs::read(&lock).map_err(ChoreError::file(&lock))?;
    // Written after the last package, so an interrupted installation counts as none.
    let mark = home().join("node_modules/.installed-lock");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("setup: fetching the packages of the front end");
    chore::run(&mut npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(&mark, wanted).map_err(ChoreError::file(&mark))
}

/// Builds the pages, unless they were built of just these sources. The server takes them in when it is built after this.
pub(crate) fn build() -> Result<(), ChoreError> {
    packages()?;
    let stamp = stamp()?;
    let mark = home().join("dist/.built-of");
    if fs::read_to_string(&mark).is_ok_and(|built| built == stamp) {
        return Ok(());
    }
    println!("up: building the pages");
    chore::run(&mut npm(&["run", "--silent", "build"]))?;
    fs::write(&mark, stamp).map_err(ChoreError::file(&mark))
}

/// A number that changes with any source, its name or its content.
fn stamp() -> Result<String, ChoreError> {
    let mut files = Vec::new();
    for source in SOURCES {
        walk(&chore::root().join(source), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        let name = file.strip_prefix(chore::root()).unwrap_or(&file).to_string_lossy().into_owned();
        let content = fs::read(&file).map_err(ChoreError::file(&file))?;
        hasher.write(name.as_bytes());
        hasher.write_usize(content.len());
        hasher.write(&content);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), ChoreError> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(ChoreError::file(path))? {
        walk(&entry.map_err(ChoreError::file(path))?.path(), files)?;
    }
    Ok(())
}
