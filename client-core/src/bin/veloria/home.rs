//! Where the home is, and opening it.

use std::path::PathBuf;
use std::sync::Arc;

use client_core::App;
use client_core::system::{SystemClock, SystemIds, fill_random};
use domain::errors::ErrorCode;
use domain::lang::Lang;

use crate::failed::{Exit, Failed, tell};
use crate::{Session, secrets};

/// The folder that was asked for, or `veloria` in the user's data folder.
pub(crate) fn folder(asked: Option<PathBuf>) -> Result<PathBuf, Failed> {
    if let Some(folder) = asked {
        return Ok(folder);
    }
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = variable("XDG_DATA_HOME")
        .or_else(|| variable("APPDATA"))
        .or_else(|| variable("HOME").map(|home| home.join(".local").join("share")));
    Ok(data.ok_or_else(|| Failed::usage("say where this device lives: --home DIR"))?.join("veloria"))
}

impl Session {
    /// Opens the home; it must be there.
    pub(crate) fn open(&self) -> Result<App, Failed> {
        if !self.home.exists() {
            let words = match self.lang {
                Lang::Ru => "Здесь ещё никто не вошёл. Начните с `veloria register` или `veloria login`.",
                Lang::En => {
                    "Nobody has signed in here yet. Begin with `veloria register` or `veloria login`."
                }
            };
            return Err(Failed::new(Exit::Unauthorized, ErrorCode::Unauthorized, words));
        }
        let passphrase = secrets::passphrase(self.passphrase_file.as_deref(), secrets::Ask::Once)?;
        let mut app = self.home.open(&passphrase, Arc::new(SystemClock), Box::new(SystemIds))?;
        tell(&mut app, self.lang)?;
        Ok(app)
    }

    /// Opens the home, or makes it.
    pub(crate) fn open_or_create(&self) -> Result<App, Failed> {
        if self.home.exists() {
            return self.open();
        }
        let passphrase = secrets::passphrase(self.passphrase_file.as_deref(), secrets::Ask::Twice)?;
        let (clock, ids) = (Arc::new(SystemClock), Box::new(SystemIds));
        Ok(self.home.open_or_create(&passphrase, &mut fill_random, clock, ids)?)
    }
}
