//! Embedded Postgres: all that can go wrong, each in one line on which a person can act. Knows nothing of HTTP.

use std::io;
use std::path::{Path, PathBuf};

/// Why the embedded Postgres could not be found, started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedPostgresError {
    /// No usable Postgres is on this machine.
    #[error(
        "no Postgres {minimum} or newer was found: run `cargo xtask up` once, or set DATABASE_URL or VELORIA_PG_BIN",
        minimum = super::binaries::OLDEST_MAJOR
    )]
    NotFound,
    /// The person named a folder, and it is the wrong one; silently taking another would hide the mistake.
    #[error("VELORIA_PG_BIN is {}, where there is no working `initdb` and `postgres` of version {minimum} or newer", folder.display(), minimum = super::binaries::OLDEST_MAJOR)]
    BadOverride {
        /// What the variable said.
        folder: PathBuf,
    },
    /// Neither `VELORIA_CACHE`, `XDG_CACHE_HOME` nor `HOME` says where a cache may be.
    #[error("no cache folder is known: set HOME or VELORIA_CACHE")]
    NoCacheFolder,
    /// Somebody else holds the lock of the data folder.
    #[error("the data folder {} is in use by process {process}", folder.display())]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// Its number, or "unknown" for the instant in which it has not written it yet.
        process: String,
    },
    /// The cluster on disk was made by another major version, and no binaries of that version are here.
    #[error("the data in {} belong to Postgres {data}, but only Postgres {binaries} was found", folder.display())]
    WrongVersion {
        /// The data folder.
        folder: PathBuf,
        /// Major version that made the cluster.
        data: u32,
        /// Major version of the binaries.
        binaries: u32,
    },
    /// Postgres refuses to run as root and there is nobody to run it as.
    #[error(
        "Postgres does not run as root, and this machine has neither a user `postgres` nor a user `nobody`"
    )]
    NoAccount,
    /// A folder on the way to the data or to the binaries is closed to the user that Postgres must run as.
    #[error("Postgres would run as {user}, who may not enter {}: open that folder (chmod o+x) or choose another place", folder.display())]
    NotTraversable {
        /// The first closed folder.
        folder: PathBuf,
        /// Who would have to pass.
        user: String,
    },
    /// The binaries are there but do not run.
    #[error("{} does not run: {output}", program.display())]
    CannotRun {
        /// The program tried.
        program: PathBuf,
        /// What it said.
        output: String,
    },
    /// There is a cluster, but the file with its password is gone.
    #[error("{} is missing, and without it the data beside it cannot be opened: put it back", file.display())]
    PasswordLost {
        /// Where it was.
        file: PathBuf,
    },
    /// `initdb` failed.
    #[error("a new database cluster could not be made: {output}")]
    Initdb {
        /// The end of what it said.
        output: String,
    },
    /// `postgres` ended before it was ready.
    #[error("Postgres stopped while starting: {output} (whole log: {})", log.display())]
    Start {
        /// The end of the log.
        output: String,
        /// Where the rest is.
        log: PathBuf,
    },
    /// `postgres` lives, but does not become ready.
    #[error("Postgres was not ready after {seconds} s (log: {})", log.display())]
    Timeout {
        /// How long we waited.
        seconds: u64,
        /// Where to look.
        log: PathBuf,
    },
    /// The operating system said no.
    #[error("{what} {}: {source}", path.display())]
    Io {
        /// What was being done, as the start of a sentence.
        what: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl EmbeddedPostgresError {
    /// Names the path: an `io::Error` alone says "permission denied" and leaves one guessing where.
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}
