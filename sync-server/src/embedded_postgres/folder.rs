//! Embedded Postgres: the data folder, its lock, its password and the making of a cluster in it.
//!
//! ```text
//! lock           held by the program that uses the folder; says its process number
//! password       of the Postgres user, readable by the owner of the folder only
//! cluster/       what Postgres calls PGDATA
//! cluster.new/   a cluster being made; whatever is found here was interrupted
//! postgres.log   of this run; postgres.log.1 of the one before
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::Durability;
use super::account::{Account, Launcher, is_root};
use super::binaries::Binaries;
use super::error::EmbeddedPostgresError;

/// A data folder that is ours alone for as long as this value lives.
#[derive(Debug)]
pub(super) struct DataFolder {
    path: PathBuf,
    /// The lock goes with the open file, so even `kill -9` gives it back.
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if it is not there and takes its lock.
    pub(super) fn open(path: &Path) -> Result<Self, EmbeddedPostgresError> {
        let io = EmbeddedPostgresError::io;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(io("cannot create", parent))?;
        }
        // The user that root lends Postgres to must be able to pass, though not to look around.
        let mode = if is_root() { 0o711 } else { 0o700 };
        match DirBuilder::new().mode(mode).create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(io("cannot create", path)(error));
            }
            _ => {}
        }
        let path = path.canonicalize().map_err(io("cannot open", path))?;
        let owner = fs::metadata(&path).map_err(io("cannot open", &path))?.uid();
        if owner == 0 || !is_root() {
            fs::set_permissions(&path, Permissions::from_mode(mode))
                .map_err(io("cannot set the mode of", &path))?;
        }
        let lock = Self::lock(&path)?;
        Ok(Self { path, _lock: lock })
    }

    fn lock(folder: &Path) -> Result<File, EmbeddedPostgresError> {
        let path = folder.join("lock");
        let open = || -> io::Result<Option<File>> {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            file.set_len(0)?;
            writeln!(file, "{}", std::process::id())?;
            give_to_owner_of(folder, &path)?;
            Ok(Some(file))
        };
        open().map_err(EmbeddedPostgresError::io("cannot lock", &path))?.ok_or_else(|| {
            let process = fs::read_to_string(&path).unwrap_or_default().trim().to_owned();
            let process = if process.is_empty() { "unknown".to_owned() } else { process };
            EmbeddedPostgresError::InUse { folder: folder.to_owned(), process }
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.path.join("cluster")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }

    /// The major version that made the cluster, if there is one.
    pub(super) fn cluster_version(&self) -> Option<u32> {
        fs::read_to_string(self.cluster().join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    /// Puts the log of the run before aside, for it says why that one ended.
    pub(super) fn keep_old_log(&self) -> Result<(), EmbeddedPostgresError> {
        match fs::rename(self.log(), self.path.join("postgres.log.1")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(EmbeddedPostgresError::io("cannot put aside", &self.log())(error))
            }
            _ => Ok(()),
        }
    }

    /// An empty log for one attempt to start.
    pub(super) fn new_log(&self) -> Result<File, EmbeddedPostgresError> {
        let path = self.log();
        let open = || {
            let log = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
            log.set_len(0)?;
            give_to_owner_of(&self.path, &path)?;
            Ok(log)
        };
        open().map_err(EmbeddedPostgresError::io("cannot write", &path))
    }

    /// The password of the Postgres user, made at the first call. It is on disk before any cluster is, so a cluster
    /// whose password nobody knows cannot come to be.
    pub(super) fn password(&self) -> Result<String, EmbeddedPostgresError> {
        let path = self.path.join("password");
        let io = EmbeddedPostgresError::io("cannot keep the password in", &path);
        match fs::read_to_string(&path) {
            Ok(password) => return Ok(password.trim().to_owned()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            Err(_) if self.cluster_version().is_some() => {
                return Err(EmbeddedPostgresError::PasswordLost { file: path });
            }
            Err(_) => {}
        }
        let make = || {
            let password = random_hex()?;
            let draft = self.path.join("password.new");
            write_secret(&draft, &password)?;
            give_to_owner_of(&self.path, &draft)?;
            fs::rename(&draft, &path)?;
            File::open(&self.path)?.sync_all()?;
            Ok(password)
        };
        make().map_err(io)
    }

    /// Makes the cluster beside its place and moves it there whole: interrupted at any point, the next start begins anew.
    pub(super) fn make_cluster(
        &self,
        binaries: &Binaries,
        launcher: &Launcher,
        account: Option<&Account>,
        password: &str,
        durability: Durability,
    ) -> Result<(), EmbeddedPostgresError> {
        let workshop = self.path.join("cluster.new");
        let password_file = workshop.join("password");
        let draft = workshop.join("data");
        let prepare = || {
            if workshop.exists() {
                fs::remove_dir_all(&workshop)?;
            }
            DirBuilder::new().mode(0o700).create(&workshop)?;
            write_secret(&password_file, password)?;
            if let Some(account) = account {
                chown(&workshop, Some(account.uid), Some(account.gid))?;
                chown(&password_file, Some(account.uid), Some(account.gid))?;
            }
            Ok(())
        };
        prepare().map_err(EmbeddedPostgresError::io("cannot prepare", &workshop))?;

        let program = binaries.folder().join("initdb");
        let mut command = launcher.command(&program);
        command
            .arg("--pgdata")
            .arg(&draft)
            .arg("--pwfile")
            .arg(&password_file)
            .args(["--username=postgres", "--auth=scram-sha-256", "--no-instructions"])
            // A libc locale: the others leave Russian words unfolded in `to_tsvector` or trigrams.
            .args(["--encoding=UTF8", "--locale=C.UTF-8"]);
        if durability == Durability::Throwaway {
            command.arg("--no-sync");
        }
        let output = command.output().map_err(EmbeddedPostgresError::io("cannot run", &program))?;
        if !output.status.success() {
            let output = last_lines(&String::from_utf8_lossy(&output.stderr));
            return Err(EmbeddedPostgresError::Initdb { output });
        }

        let move_in = || {
            fs::rename(&draft, self.cluster())?;
            fs::remove_dir_all(&workshop)?;
            File::open(&self.path)?.sync_all()
        };
        move_in().map_err(EmbeddedPostgresError::io("cannot move in", &self.cluster()))
    }
}

/// The last lines of a log, on one line: the reason stands at the end.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(4)..].join(" | ")
}

/// What root makes in another person's folder must stay usable by that person.
fn give_to_owner_of(folder: &Path, path: &Path) -> io::Result<()> {
    let owner = fs::metadata(folder)?;
    if is_root() && owner.uid() != 0 {
        chown(path, Some(owner.uid()), Some(owner.gid()))?;
    }
    Ok(())
}

fn write_secret(path: &Path, secret: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    writeln!(file, "{secret}")?;
    file.sync_all()
}

fn random_hex() -> io::Result<String> {
    let mut bytes = [0_u8; 24];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")))
}
