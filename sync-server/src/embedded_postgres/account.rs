//! Embedded Postgres: the user that it runs as, and the doors that user can pass. Starts programs, changes no files.
//!
//! Postgres refuses to run as root, so root hands it to somebody without rights. That somebody cannot enter, say, a data
//! folder below root's home or below `mktemp -d`; then Postgres gets the one Linux capability that lets it walk through
//! closed folders, and no other.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::EmbeddedPostgresError;

/// Whether this program runs as root.
#[must_use]
pub fn is_root() -> bool {
    if let Ok(me) = fs::metadata("/proc/self") {
        return me.uid() == 0;
    }
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// A user that is not root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// Whom to run as, or `None` to stay who we are. Data that already have an owner keep it.
    pub(super) fn to_run_as(
        cluster: &Path,
        data_folder: &Path,
    ) -> Result<Option<Self>, EmbeddedPostgresError> {
        if !is_root() {
            return Ok(None);
        }
        let owner = [cluster, data_folder].into_iter().find_map(Self::owner_of);
        owner
            .or_else(|| Self::named("postgres"))
            .or_else(|| Self::named("nobody"))
            .map(Some)
            .ok_or(EmbeddedPostgresError::NoAccount)
    }

    fn owner_of(path: &Path) -> Option<Self> {
        let owner = fs::metadata(path).ok().filter(|metadata| metadata.uid() != 0)?;
        Some(Self { name: format!("user {}", owner.uid()), uid: owner.uid(), gid: owner.gid() })
    }

    fn named(wanted: &str) -> Option<Self> {
        let passwd = fs::read_to_string("/etc/passwd").ok()?;
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next().filter(|name| *name == wanted)?;
            let uid = fields.nth(1)?.parse().ok().filter(|uid| *uid != 0)?;
            let gid = fields.next()?.parse().ok()?;
            Some(Self { name: format!("user `{name}`"), uid, gid })
        })
    }

    /// The first folder on the way to `folder` that shuts this user out, by the mode bits alone.
    fn first_closed(&self, folder: &Path) -> Option<PathBuf> {
        let mut ancestors: Vec<&Path> = folder.ancestors().collect();
        ancestors.reverse();
        ancestors.into_iter().find(|ancestor| !self.may_enter(ancestor)).map(Path::to_owned)
    }

    fn may_enter(&self, folder: &Path) -> bool {
        fs::metadata(folder).is_ok_and(|folder| {
            let bit = match (folder.uid() == self.uid, folder.gid() == self.gid) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            folder.mode() & bit != 0
        })
    }
}

/// A way to start the programs of Postgres that was seen to work.
#[derive(Debug, Clone)]
pub(super) struct Launcher {
    account: Option<Account>,
    /// `setpriv` and its flags; empty where that program is missing.
    setpriv: Vec<OsString>,
}

impl Launcher {
    /// Tries the ways in turn, the least powerful first: each must enter `data_folder` and run `postgres`. A trial is
    /// surer than arithmetic on mode bits: it sees access lists, read-only containers and forbidden capabilities.
    pub(super) fn choose(
        account: Option<&Account>,
        data_folder: &Path,
        postgres: &Path,
    ) -> Result<Self, EmbeddedPostgresError> {
        let programs = postgres.parent().unwrap_or(postgres);
        // `initdb` asks for its neighbours in a way that the capability does not answer, so it never helps there.
        let hidden_programs = account.and_then(|account| account.first_closed(programs));
        let mut output = String::new();
        for launcher in Self::ways(account, hidden_programs.is_none()) {
            let trial = launcher
                .command(Path::new("/bin/sh"))
                .args(["-c", "cd \"$1\" && exec \"$2\" --version", "sh"])
                .args([data_folder, postgres])
                .output();
            output = match trial {
                Ok(trial) if trial.status.success() => return Ok(launcher),
                Ok(trial) => String::from_utf8_lossy(&trial.stderr).trim().to_owned(),
                Err(error) => error.to_string(),
            };
        }
        let closed = hidden_programs.or_else(|| account?.first_closed(data_folder));
        Err(match account.zip(closed) {
            Some((account, folder)) => {
                EmbeddedPostgresError::NotTraversable { folder, user: account.name.clone() }
            }
            None => EmbeddedPostgresError::CannotRun { program: postgres.to_owned(), output },
        })
    }

    /// `setpriv` also asks the kernel to stop Postgres when we are killed, so it is wanted even without a change of user.
    fn ways(account: Option<&Account>, with_capabilities: bool) -> Vec<Self> {
        let plain = Self { account: account.cloned(), setpriv: Vec::new() };
        let Some(setpriv) =
            ["/usr/bin/setpriv", "/bin/setpriv"].into_iter().find(|path| Path::new(path).exists())
        else {
            return vec![plain];
        };
        let with = |flags: &[String]| {
            let start = [setpriv, "--pdeathsig", "INT"].map(OsString::from);
            let setpriv = start.into_iter().chain(flags.iter().map(OsString::from)).collect();
            Self { account: None, setpriv }
        };
        let Some(account) = account else { return vec![with(&[]), plain] };
        let user = [
            format!("--reuid={}", account.uid),
            format!("--regid={}", account.gid),
            "--clear-groups".to_owned(),
        ];
        let able = |capability: &str| {
            let mut flags = user.to_vec();
            flags.push(format!("--inh-caps=-all,+{capability}"));
            flags.push(format!("--ambient-caps=-all,+{capability}"));
            with(&flags)
        };
        let mut ways = vec![with(&user), plain];
        if with_capabilities {
            // Reading everything is less than writing everything, but containers often withhold it.
            ways.extend(["dac_read_search", "dac_override"].map(able));
        }
        ways
    }

    /// A command in the root folder with a clean environment: `PGPORT` and its kin must not leak in.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = if let [setpriv, flags @ ..] = self.setpriv.as_slice() {
            let mut command = Command::new(setpriv);
            command.args(flags).arg("--").arg(program);
            command
        } else {
            Command::new(program)
        };
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::null());
        command
    }
}
