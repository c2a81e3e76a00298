//! Embedded Postgres: the running process, and one that an earlier run of ours has left. Signals processes and reads
//! `postmaster.pid`; knows nothing of SQL.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(5);
/// A clean stop writes out all that is in memory; a slow disk may need this long.
const CLEAN_STOP: Duration = Duration::from_mins(1);
const ABRUPT_STOP: Duration = Duration::from_secs(10);

/// The server process; dropping it stops it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    keeper: Option<Keeper>,
}

/// The kernel stops Postgres when the *thread* that started it ends. So one thread does nothing but start it and stay:
/// the caller may call from any thread, even one that ends soon, and only the end of the whole program counts.
#[derive(Debug)]
struct Keeper {
    release: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Process {
    /// Starts the command in a process group of its own: Ctrl-C in a terminal is for us, and we stop Postgres last.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        command.process_group(0);
        let (started, child) = mpsc::channel();
        let (release, released) = mpsc::channel();
        let thread = thread::Builder::new().name("postgres-keeper".to_owned()).spawn(move || {
            // Both ends of this talk are in this file; a lost listener means that nobody wants the process any more.
            let _ = started.send(command.spawn());
            let _ = released.recv();
        })?;
        let child = child.recv().map_err(io::Error::other)??;
        Ok(Self { child, keeper: Some(Keeper { release, thread }) })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Fast shutdown: open transactions are rolled back, the rest is written. Only if that hangs is more force used.
    pub(super) fn stop(&mut self) -> io::Result<()> {
        for (signal, patience) in [("INT", CLEAN_STOP), ("QUIT", ABRUPT_STOP)] {
            if self.child.try_wait()?.is_some() {
                break;
            }
            send_signal(self.child.id(), signal)?;
            let deadline = now() + patience;
            while self.child.try_wait()?.is_none() && now() < deadline {
                thread::sleep(PAUSE);
            }
        }
        if self.child.try_wait()?.is_none() {
            self.child.kill()?;
            self.child.wait()?;
        }
        if let Some(Keeper { release, thread }) = self.keeper.take() {
            drop(release);
            let _ = thread.join();
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nobody is left to be told; the next start deals with a process that could not be stopped.
        let _ = self.stop();
    }
}

/// Whether the `postmaster.pid` of this cluster says that process `id` takes connections.
pub(super) fn is_ready(cluster: &Path, id: u32) -> bool {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.first().is_some_and(|first| first.trim() == id.to_string())
        && lines.get(7).is_some_and(|status| status.trim() == "ready")
}

/// The port of the Postgres that runs on this cluster and takes connections, if one does.
pub(super) fn port_of_running(cluster: &Path) -> Option<u16> {
    let id = first_number(&cluster.join("postmaster.pid"))?;
    if !is_postgres_of(id, cluster) || !is_ready(cluster, id) {
        return None;
    }
    fs::read_to_string(cluster.join("postmaster.pid")).ok()?.lines().nth(3)?.trim().parse().ok()
}

/// Deals with what a killed program has left: a Postgres that still runs on this very cluster is stopped, and a
/// `postmaster.pid` whose number now belongs to a stranger is removed, for Postgres would be afraid of it.
pub(super) fn settle_previous(cluster: &Path) -> io::Result<()> {
    let pid_file = cluster.join("postmaster.pid");
    let Some(id) = first_number(&pid_file) else { return Ok(()) };
    if !is_postgres_of(id, cluster) {
        return match fs::remove_file(&pid_file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    for (signal, patience) in [("INT", CLEAN_STOP), ("QUIT", ABRUPT_STOP), ("KILL", ABRUPT_STOP)] {
        // It may have ended by itself in between, so the signal may fail.
        let _ = send_signal(id, signal);
        let deadline = now() + patience;
        while is_postgres_of(id, cluster) {
            if now() >= deadline {
                break;
            }
            thread::sleep(PAUSE);
        }
    }
    Ok(())
}

fn first_number(pid_file: &Path) -> Option<u32> {
    fs::read_to_string(pid_file).ok()?.lines().next()?.trim().parse().ok().filter(|id| *id > 1)
}

/// A number alone proves nothing: after a reboot it belongs to another. We always start `postgres -D <cluster>`.
fn is_postgres_of(id: u32, cluster: &Path) -> bool {
    let cluster = cluster.as_os_str().as_encoded_bytes();
    if Path::new("/proc/self/cmdline").exists() {
        let said = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let mut words = said.split(|byte| *byte == 0);
        return words.next().is_some_and(|program| program.ends_with(b"postgres"))
            && words.any(|word| word == cluster);
    }
    let output = Command::new("ps").args(["-o", "command=", "-p", &id.to_string()]).output();
    output.is_ok_and(|output| {
        let said = output.stdout;
        said.windows(cluster.len()).any(|part| part == cluster)
            && said.windows(8).any(|part| part == b"postgres")
    })
}

/// Only for how long we wait, never for what we decide, so it need not come from outside.
#[expect(clippy::disallowed_methods, reason = "patience with a real process is measured in real time")]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// By the shell's own `kill`: the program of that name is missing on small systems, and a call to the C library would
/// be `unsafe`.
fn send_signal(id: u32, signal: &str) -> io::Result<()> {
    let output = Command::new("/bin/sh")
        .args(["-c", "kill -s \"$1\" \"$2\"", "sh", signal, &id.to_string()])
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}
