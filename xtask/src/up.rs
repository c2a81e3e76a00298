//! `cargo xtask up`: build, start, say when it is ready, and take everything down again. It knows the server only by its
//! command line and its `/healthz`.

mod demo;
mod emulators;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use std::{env, io};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::chore::{self, ChoreError};
use crate::{front_end, setup};
use demo::Filling;
use emulators::Emulators;

const USUAL_PORT: u16 = 8080;
const PAUSE: Duration = Duration::from_millis(50);
/// Replaying the journal of a crashed database may take minutes; for ever it does not.
const START_LIMIT: Duration = Duration::from_mins(6);
/// The server may need a minute to stop its database cleanly.
const STOP_LIMIT: Duration = Duration::from_secs(90);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Port on 127.0.0.1; without this, 8080 or the next free one
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Folder for all data; made if it is not there [default: .veloria in the repository]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Fill an empty installation with an invented salon of one year, start the emulators of outside services
    /// beside it, and say where they are and how to sign in
    #[arg(long)]
    demo: bool,
}

pub(crate) fn run(args: &Args) -> Result<(), ChoreError> {
    // Before the long build: a port that is taken now will be taken then.
    free_port(args.port)?;
    setup::run()?;
    front_end::build()?;
    println!("up: building the server and the client");
    chore::run(&mut chore::cargo(&[
        "build",
        "--release",
        "--locked",
        "-p",
        "sync-server",
        "-p",
        "client-core",
    ]))?;

    let port = free_port(args.port)?;
    if args.port.is_none() && port != USUAL_PORT {
        println!("up: port {USUAL_PORT} is taken, so this is port {port}");
    }
    if env::var_os("DATABASE_URL").is_some() {
        println!("up: DATABASE_URL is not used; the data are in the folder of this command");
    }
    let data = match &args.data {
        Some(data) => std::path::absolute(data).map_err(ChoreError::file(data))?,
        None => chore::root().join(".veloria"),
    };
    let binary = chore::built("sync-server")?;
    let emulators = if args.demo { Some(Emulators::start(&binary, port)?) } else { None };
    let mut server = Server::start(&binary, port, &data, emulators.as_ref())?;
    server.watch(port, args.demo)
}

/// How far it is.
enum Stage {
    Starting,
    Filling(Filling),
    Ready,
}

struct Server {
    child: Child,
    command: String,
    /// Set by Ctrl-C, by a polite kill and by a closed terminal.
    asked_to_stop: Arc<AtomicBool>,
}

impl Server {
    /// The server's standard input is a pipe of which we hold the other end. When we end, in whatever way, the pipe
    /// ends, and `--stop-on-stdin-eof` makes the server stop too: even `kill -9` of this program leaves nothing behind.
    fn start(
        binary: &Path,
        port: u16,
        data: &Path,
        emulators: Option<&Emulators>,
    ) -> Result<Self, ChoreError> {
        let asked_to_stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&asked_to_stop))
                .map_err(|error| ChoreError::Refused(format!("cannot watch for signals: {error}")))?;
        }
        let mut command = Command::new(binary);
        command
            .args(["serve", "--port", &port.to_string(), "--data"])
            .arg(data)
            .arg("--stop-on-stdin-eof")
            // Give memory back at once: a server beside other programs; unless somebody knows better.
            .env("MIMALLOC_PURGE_DELAY", env::var("MIMALLOC_PURGE_DELAY").unwrap_or_else(|_| "0".to_owned()))
            .env_remove("DATABASE_URL")
            .envs(emulators.into_iter().flat_map(Emulators::settings))
            .stdin(Stdio::piped());
        let child = command.spawn().map_err(chore::not_started(&command))?;
        Ok(Self { child, command: chore::words(&command), asked_to_stop })
    }

    /// Until it is ready, and then until somebody or something ends it. A demo is whole before it is called ready.
    fn watch(&mut self, port: u16, with_demo: bool) -> Result<(), ChoreError> {
        let started = chore::now();
        let mut stage = Stage::Starting;
        loop {
            if let Some(status) = self.ended()? {
                return if self.is_asked_to_stop() { self.after_stop(status) } else { self.failed(status) };
            }
            if self.is_asked_to_stop() {
                return self.stop_in(stage);
            }
            match Self::next(&mut stage, port, with_demo) {
                Ok(()) => {}
                // Ctrl-C reaches whoever fills, too: that it ended is then no fault.
                Err(_) if self.is_asked_to_stop() => return self.stop_in(stage),
                Err(error) => {
                    self.stop()?;
                    return Err(error);
                }
            }
            if matches!(stage, Stage::Starting) && started.elapsed() > START_LIMIT {
                self.stop()?;
                let minutes = START_LIMIT.as_secs() / 60;
                return Err(ChoreError::Refused(format!("the server was not ready after {minutes} minutes")));
            }
            thread::sleep(PAUSE);
        }
    }

    /// Because it was asked to. Whoever fills goes first, so that it does not complain of a server that goes.
    fn stop_in(&mut self, stage: Stage) -> Result<(), ChoreError> {
        let was_filling = matches!(stage, Stage::Filling(_));
        drop(stage);
        let status = self.stop()?;
        if was_filling {
            println!("up: the demo is not whole; `cargo xtask up --demo` adds what it lacks");
        }
        self.after_stop(status)
    }

    /// One look at whether it can go on to the next stage.
    fn next(stage: &mut Stage, port: u16, with_demo: bool) -> Result<(), ChoreError> {
        let is_ready = match stage {
            Stage::Starting if !is_healthy(port) => false,
            Stage::Starting if with_demo => {
                *stage = Stage::Filling(Filling::start(port)?);
                false
            }
            Stage::Starting => true,
            Stage::Filling(filling) => filling.is_done()?,
            Stage::Ready => false,
        };
        if is_ready {
            *stage = Stage::Ready;
            println!("ready http://127.0.0.1:{port}");
        }
        Ok(())
    }

    fn is_asked_to_stop(&self) -> bool {
        self.asked_to_stop.load(Ordering::Relaxed)
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, ChoreError> {
        self.child
            .try_wait()
            .map_err(|error| ChoreError::Refused(format!("cannot watch the server: {error}")))
    }

    fn stop(&mut self) -> Result<ExitStatus, ChoreError> {
        drop(self.child.stdin.take());
        let deadline = chore::now() + STOP_LIMIT;
        while chore::now() < deadline {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            thread::sleep(PAUSE);
        }
        let killed = self.child.kill().and_then(|()| self.child.wait());
        killed.map_err(|error| ChoreError::Refused(format!("cannot end the server: {error}")))
    }

    /// Ended by the signal itself, it has no exit code; that is as good as an orderly end.
    fn after_stop(&self, status: ExitStatus) -> Result<(), ChoreError> {
        if status.code().unwrap_or(0) == 0 { Ok(()) } else { self.failed(status) }
    }

    fn failed(&self, status: ExitStatus) -> Result<(), ChoreError> {
        Err(ChoreError::Failed { command: self.command.clone(), status })
    }
}

fn free_port(asked: Option<u16>) -> Result<u16, ChoreError> {
    match asked {
        Some(port) if is_free(port) => Ok(port),
        Some(port) => Err(ChoreError::Refused(format!("port {port} is taken; choose another with --port"))),
        None => first_free(USUAL_PORT),
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn first_free(from: u16) -> Result<u16, ChoreError> {
    (from..from + 100)
        .find(|port| is_free(*port))
        .ok_or_else(|| ChoreError::Refused(format!("no free port from {from} on; choose one with --port")))
}

fn is_healthy(port: u16) -> bool {
    let ask = || -> io::Result<bool> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        // All of it: to hang up half-way would look like a fault in the server's log.
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer)?;
        Ok(answer.starts_with(b"HTTP/1.") && answer.get(8..12) == Some(b" 200"))
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::free_port;

    #[test]
    fn a_port_asked_for_by_name_is_that_port_or_an_error() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let port = held.local_addr().expect("it is bound").port();
        let error = free_port(Some(port)).expect_err("it is taken");
        assert_eq!(error.to_string(), format!("port {port} is taken; choose another with --port"));
        drop(held);
        assert_eq!(free_port(Some(port)).expect("it is free"), port);
    }
}
