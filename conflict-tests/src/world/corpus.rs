//! Histories that once broke something: each is kept as a file and played first, for ever.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::history::History;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// All kept histories with their file names, sorted.
///
/// # Panics
/// If a file is not a history: the corpus is part of the sources.
#[must_use]
pub fn corpus() -> Vec<(String, History)> {
    let files = fs::read_dir(folder()).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all: Vec<(String, History)> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let text = fs::read_to_string(&path).expect("a file of the corpus can be read");
            (name, serde_json::from_str(&text).expect("a file of the corpus is a history"))
        })
        .collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all
}

/// Keeps a history under the invariant that it broke; answers the file's name.
pub fn keep(history: &History, invariant: &str) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(history)?;
    text.push('\n');
    let name = format!("{invariant}-{:08x}.json", super::check::fingerprint(&text) & 0xffff_ffff);
    fs::create_dir_all(folder())?;
    fs::write(folder().join(&name), text)?;
    Ok(name)
}
