//! The texts that the rules look at: path and content, read once per test.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of the repository.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// From the root, with `/`.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
}

impl Source {
    /// A sample for showing that a rule can fail.
    #[cfg(test)]
    pub(crate) fn sample(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Lines with their numbers, comments left out, up to the tests at the end of the file.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Whether all of it is test.
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// The crate's folder.
    pub(crate) fn krate(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// One line of a complaint.
    pub(crate) fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All Rust sources that are, or are about to be, part of the repository.
pub(crate) fn rust() -> Vec<Source> {
    files()
        .into_iter()
        .filter(|path| Path::new(path).extension().is_some_and(|ending| ending == "rs"))
        .filter_map(read)
        .collect()
}

/// All texts of the repository; bytes that are no text are passed over.
pub(crate) fn committed_texts() -> Vec<Source> {
    files().into_iter().filter_map(read).collect()
}

fn read(path: String) -> Option<Source> {
    let text = std::fs::read_to_string(root().join(&path)).ok()?;
    Some(Source { path, text })
}

/// What git would commit. Without git (an unpacked archive) everything but build output.
fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    match listed {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
            .split('\0')
            .filter(|p| !p.is_empty())
            .map(str::to_owned)
            .collect(),
        _ => {
            let mut found = Vec::new();
            walk(&root(), "", &mut found);
            found
        }
    }
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if entry.path().is_dir() {
            if !matches!(name.as_str(), "target" | ".git" | "node_modules" | "try" | ".veloria") {
                walk(&entry.path(), &path, found);
            }
        } else {
            found.push(path);
        }
    }
}
