//! Embedded Postgres: where the programs `initdb` and `postgres` are. Looks and asks for versions; downloads nothing.

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account;
use super::error::EmbeddedPostgresError;

/// The version that `cargo xtask setup` keeps in the cache.
pub const CACHED_VERSION: &str = "17.10";

/// What the SQL of the migrations needs.
pub(super) const OLDEST_MAJOR: u32 = 15;

/// A folder with working `initdb` and `postgres`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// Looks in `VELORIA_PG_BIN`, in the cache (`cache_hint`, or else [`cache_dir`]), and then for an installed Postgres.
    pub fn locate(cache_hint: Option<&Path>) -> Result<Self, EmbeddedPostgresError> {
        if let Some(folder) = env::var_os("VELORIA_PG_BIN").map(PathBuf::from) {
            return Self::in_folder(&folder).ok_or(EmbeddedPostgresError::BadOverride { folder });
        }
        Self::first(cache_hint, |_| true).ok_or(EmbeddedPostgresError::NotFound)
    }

    /// The programs in `folder`, if they are there, run, and are new enough.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Option<Self> {
        if !folder.join("initdb").is_file() {
            return None;
        }
        let folder = folder.canonicalize().ok()?;
        let major = major_version(&folder.join("postgres"))?;
        (major >= OLDEST_MAJOR).then_some(Self { folder, major })
    }

    /// The folder itself; `psql` and `pg_dump` are usually there too.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// 17 for Postgres 17.10.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    /// A cluster can only be opened by the major version that made it. When these are not of that version, but others on
    /// this machine are (it had Debian's Postgres first and the cached one later), takes those.
    pub(super) fn for_cluster_of(self, major: u32, folder: &Path) -> Result<Self, EmbeddedPostgresError> {
        if self.major == major {
            return Ok(self);
        }
        let binaries = self.major;
        Self::first(None, |other| other.major == major).ok_or_else(|| EmbeddedPostgresError::WrongVersion {
            folder: folder.to_owned(),
            data: major,
            binaries,
        })
    }

    fn first(cache_hint: Option<&Path>, wanted: impl Fn(&Self) -> bool) -> Option<Self> {
        let cached = cache_hint.map(Path::to_owned).or_else(|| cache_dir().ok());
        cached
            .map(|cache| cache.join("bin"))
            .into_iter()
            .chain(debian_folders())
            .chain(pg_config_folder())
            .chain(homebrew_folders())
            .filter_map(|folder| Self::in_folder(&folder))
            .find(wanted)
    }
}

/// Where the cached Postgres lives. For root it is a system folder, because Postgres then runs as another user, who cannot
/// enter root's home.
pub fn cache_dir() -> Result<PathBuf, EmbeddedPostgresError> {
    let base = if let Some(base) = env::var_os("VELORIA_CACHE") {
        PathBuf::from(base)
    } else if account::is_root() {
        PathBuf::from("/var/cache/veloria")
    } else if let Some(caches) = env::var_os("XDG_CACHE_HOME").filter(|caches| !caches.is_empty()) {
        PathBuf::from(caches).join("veloria")
    } else {
        let home = env::var_os("HOME")
            .filter(|home| !home.is_empty())
            .ok_or(EmbeddedPostgresError::NoCacheFolder)?;
        PathBuf::from(home).join(".cache/veloria")
    };
    Ok(base.join(format!("postgres-{CACHED_VERSION}")))
}

/// Newest first.
fn debian_folders() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib/postgresql") else { return Vec::new() };
    let mut versions: Vec<u32> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable_by_key(|version| Reverse(*version));
    versions
        .into_iter()
        .map(|version| Path::new("/usr/lib/postgresql").join(version.to_string()).join("bin"))
        .collect()
}

fn pg_config_folder() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(folder.trim()))
}

fn homebrew_folders() -> impl Iterator<Item = PathBuf> {
    ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"].into_iter().flat_map(|base| {
        [18, 17, 16, 15].map(|major| PathBuf::from(format!("{base}/postgresql@{major}/bin")))
    })
}

/// Reads `postgres (PostgreSQL) 17.10 (Debian ...)`.
fn major_version(postgres: &Path) -> Option<u32> {
    let output = Command::new(postgres).arg("--version").stderr(Stdio::null()).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    let version = said.split_once("(PostgreSQL) ")?.1;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
