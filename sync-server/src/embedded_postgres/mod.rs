//! A Postgres of our own: found, made, started and stopped by the program itself, for a machine where nobody wants to
//! administer a database. Touches its data folder and its own processes; runs no SQL and knows no tables.
//!
//! Uses only `std` and `thiserror`, on Unix: `xtask` includes this same source by path, since it must build in seconds and
//! must work when the rest of this crate does not compile (it makes the database that the `.sqlx` files come from).
//!
//! What holds: data survive `kill -9` of anybody; two programs never share a data folder; a program that ends, in
//! whatever way, leaves no Postgres running (without `setpriv`, until the next start on that folder). Postgres listens
//! on a random loopback port only, never on a Unix socket, whose path could be too long, and asks for a password.

mod account;
mod binaries;
mod error;
mod folder;
mod process;

use std::fmt;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use account::{Account, Launcher};
use folder::DataFolder;
use process::Process;

pub use account::is_root;
pub use binaries::{Binaries, CACHED_VERSION, cache_dir};
pub use error::EmbeddedPostgresError;

/// After a crash Postgres replays its journal before it is ready, so be patient while it lives.
const START_LIMIT: Duration = Duration::from_mins(5);
const PAUSE: Duration = Duration::from_millis(5);

/// What the data are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Somebody's salon: a confirmed write is on the disk.
    Full,
    /// A test: fast, and lost with the power.
    Throwaway,
}

/// A running Postgres. Dropping it stops it.
pub struct EmbeddedPostgres {
    // The order matters: first the process ends, then the folder is free for others.
    process: Process,
    folder: DataFolder,
    port: u16,
    password: String,
}

impl EmbeddedPostgres {
    /// Starts Postgres on `data_folder` and returns when it takes connections; makes the folder and the cluster if they
    /// are not there. It blocks, for some seconds the first time, and may be called from any thread.
    pub fn start(
        binaries: Binaries,
        data_folder: &Path,
        durability: Durability,
    ) -> Result<Self, EmbeddedPostgresError> {
        let folder = DataFolder::open(data_folder)?;
        let cluster = folder.cluster();
        let binaries = match folder.cluster_version() {
            Some(major) => binaries.for_cluster_of(major, folder.path())?,
            None => binaries,
        };
        let postgres = binaries.folder().join("postgres");
        let account = Account::to_run_as(&cluster, folder.path())?;
        let launcher = Launcher::choose(account.as_ref(), folder.path(), &postgres)?;
        let password = folder.password()?;
        if folder.cluster_version().is_none() {
            folder.make_cluster(&binaries, &launcher, account.as_ref(), &password, durability)?;
        }
        process::settle_previous(&cluster)
            .map_err(EmbeddedPostgresError::io("cannot stop the Postgres left in", &cluster))?;

        let (process, port) = run_until_ready(&folder, &launcher, &postgres, durability)?;
        Ok(Self { process, folder, port, password })
    }

    /// An address for `sqlx` or `psql`, with the password in it: not for logs. `database` is a plain lower-case name.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        address(&self.password, self.port, database)
    }

    /// The loopback port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The number of the main Postgres process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Writes everything out and ends Postgres; an error tells what dropping would have hidden.
    pub fn stop(mut self) -> Result<(), EmbeddedPostgresError> {
        self.process.stop().map_err(EmbeddedPostgresError::io("cannot stop Postgres in", self.folder.path()))
    }
}

/// Without the password.
impl fmt::Debug for EmbeddedPostgres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EmbeddedPostgres")
            .field("folder", &self.folder.path())
            .field("port", &self.port)
            .field("process", &self.process.id())
            .finish_non_exhaustive()
    }
}

/// The address of the Postgres that another program runs on this folder, if one does: for a second program beside a server.
/// With the password in it, as [`EmbeddedPostgres::url`].
#[must_use]
pub fn address_of_running(data_folder: &Path, database: &str) -> Option<String> {
    let folder = data_folder.canonicalize().ok()?;
    let port = process::port_of_running(&folder.join("cluster"))?;
    let password = fs::read_to_string(folder.join("password")).ok()?;
    Some(address(password.trim(), port, database))
}

fn address(password: &str, port: u16, database: &str) -> String {
    format!("postgres://postgres:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
}

/// Starts the process, again and again while what stops it will pass by itself.
fn run_until_ready(
    folder: &DataFolder,
    launcher: &Launcher,
    postgres: &Path,
    durability: Durability,
) -> Result<(Process, u16), EmbeddedPostgresError> {
    let cluster = folder.cluster();
    folder.keep_old_log()?;
    let deadline = process::now() + START_LIMIT;
    loop {
        let port = free_port().map_err(EmbeddedPostgresError::io("cannot find a port for", &cluster))?;
        let log = folder.new_log()?;
        let run = || {
            let mut command = launcher.command(postgres);
            command.arg("-D").arg(&cluster).args(settings(port, durability));
            command.stdout(log.try_clone()?).stderr(log);
            let mut process = Process::start(command)?;
            Ok((wait(&mut process, &cluster, deadline)?, process))
        };
        let (outcome, process) = run().map_err(EmbeddedPostgresError::io("cannot run", postgres))?;
        match outcome {
            Outcome::Ready => return Ok((process, port)),
            Outcome::TimeIsUp => {
                let seconds = START_LIMIT.as_secs();
                return Err(EmbeddedPostgresError::Timeout { seconds, log: folder.log() });
            }
            Outcome::Ended => {
                let said = fs::read(folder.log()).unwrap_or_default();
                let said = String::from_utf8_lossy(&said);
                // Somebody took the port first, or the children of a killed Postgres are still on their way out.
                let passing = said.contains("Address already in use")
                    || said.contains("pre-existing shared memory block");
                if !passing || process::now() >= deadline {
                    let output = folder::last_lines(&said);
                    return Err(EmbeddedPostgresError::Start { output, log: folder.log() });
                }
                thread::sleep(PAUSE * 20);
            }
        }
    }
}

fn settings(port: u16, durability: Durability) -> Vec<String> {
    let mut settings = vec![
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        "unix_socket_directories=".to_owned(),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
        "logging_collector=off".to_owned(),
        "log_checkpoints=off".to_owned(),
        // The details of an error quote the row, and a client's phone has no place in a log.
        "log_error_verbosity=terse".to_owned(),
        // One business on one computer: the system's own cache keeps what does not fit here (PERFORMANCE goal 10).
        "shared_buffers=16MB".to_owned(),
        "max_parallel_workers_per_gather=0".to_owned(),
        "max_logical_replication_workers=0".to_owned(),
    ];
    if durability == Durability::Throwaway {
        settings.extend(
            [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "wal_level=minimal",
                "max_wal_senders=0",
                "max_connections=300",
            ]
            .map(str::to_owned),
        );
    }
    settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

enum Outcome {
    Ready,
    Ended,
    TimeIsUp,
}

fn wait(process: &mut Process, cluster: &Path, deadline: Instant) -> io::Result<Outcome> {
    loop {
        if process.ended()?.is_some() {
            return Ok(Outcome::Ended);
        }
        if process::is_ready(cluster, process.id()) {
            return Ok(Outcome::Ready);
        }
        if process::now() >= deadline {
            return Ok(Outcome::TimeIsUp);
        }
        thread::sleep(PAUSE);
    }
}

/// The system names a port that is free now; should it be taken before Postgres has it, we ask again.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
