//! A folder for what a chore needs only while it runs, such as a throwaway database.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use crate::chore::ChoreError;

/// A folder that is gone at the end; the database in it is stopped before, since it is dropped first.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Result<Self, ChoreError> {
        let folder = env::temp_dir().join(format!("veloria-xtask-{}", process::id()));
        fs::create_dir_all(&folder).map_err(ChoreError::file(&folder))?;
        Ok(Self(folder))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
