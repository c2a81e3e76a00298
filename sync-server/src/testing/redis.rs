//! A real Redis for tests: found, started on a free port of loopback, killed and started again when a test wants that. It
//! keeps nothing on the disk, so after a kill it is empty, as one in memory is.
//!
//! Uses only `std` and the cache folder of `embedded_postgres`: `xtask`, which fills the cache, and the tests of the real
//! program include this same source by path.

use std::env;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::embedded_postgres::cache_dir;

/// The folder of the cache that `cargo xtask setup` fills.
pub(crate) const CACHED: &str = "valkey-8.1.8";
/// The program in it.
pub(crate) const PROGRAM: &str = "valkey-server";

const PAUSE: Duration = Duration::from_millis(5);

/// Where the program is: `VELORIA_REDIS_BIN`, the cache, or what is installed.
#[must_use]
pub(crate) fn locate() -> Option<PathBuf> {
    if let Some(named) = env::var_os("VELORIA_REDIS_BIN") {
        return Some(PathBuf::from(named)).filter(|program| runs(program));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let installed = env::split_paths(&path)
        .flat_map(|folder| [PROGRAM, "redis-server"].map(|name| folder.join(name)))
        .filter(|program| program.is_file());
    cached().into_iter().chain(installed).find(|program| runs(program))
}

/// Where the cached one is, or would be.
#[must_use]
pub(crate) fn cached() -> Option<PathBuf> {
    Some(cache_dir().ok()?.parent()?.join(CACHED).join(PROGRAM))
}

fn runs(program: &Path) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A running Redis, or one that was killed. Dropping it ends it.
#[derive(Debug)]
pub struct TestRedis {
    program: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl TestRedis {
    /// Starts one.
    ///
    /// # Panics
    /// If there is no program, or it does not answer.
    #[must_use]
    pub fn start() -> Self {
        let program = locate().expect("tests need Redis or Valkey; `cargo xtask setup` fetches it");
        loop {
            let port = free_port().expect("some port is free");
            let mut redis = Self { program: program.clone(), port, process: None };
            // Somebody may have taken the port in between.
            if redis.run().is_ok() {
                return redis;
            }
        }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it as a crash does.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended by itself, which is as good.
            let _ = process.kill().and_then(|()| process.wait());
        }
    }

    /// Starts it again, empty, where it was.
    ///
    /// # Panics
    /// If it does not answer.
    pub fn start_again(&mut self) {
        self.kill();
        self.run().expect("it was here before");
    }

    /// Starts the program and waits until it answers.
    fn run(&mut self) -> io::Result<()> {
        let port = self.port.to_string();
        let mut process = with_us(&self.program)
            .args(["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no"])
            .current_dir(env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        while !self.answers() {
            if let Some(status) = process.try_wait()? {
                return Err(io::Error::other(format!("it ended with {status}")));
            }
            thread::sleep(PAUSE);
        }
        self.process = Some(process);
        Ok(())
    }

    fn answers(&self) -> bool {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let ask = || -> io::Result<bool> {
            let mut line = TcpStream::connect(address)?;
            line.set_read_timeout(Some(Duration::from_secs(5)))?;
            line.write_all(b"PING\r\n")?;
            let mut answer = [0; 7];
            line.read_exact(&mut answer)?;
            Ok(&answer == b"+PONG\r\n")
        };
        ask().unwrap_or(false)
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The command, so that the kernel ends it when the thread ends that started it: a test that is killed leaves none behind.
fn with_us(program: &Path) -> Command {
    let has_setpriv = cfg!(target_os = "linux") && Path::new("/usr/bin/setpriv").is_file();
    if !has_setpriv {
        return Command::new(program);
    }
    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
