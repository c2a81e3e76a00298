//! The programs: one command of `veloria` on a home, to its end or killed on the way, and the server.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use super::PASSWORD;
use crate::bench::Outcome;
use crate::bench::host::Server;

/// Nothing that is asked here lasts so long, also on a busy machine.
const LIMIT: Duration = Duration::from_mins(2);

/// The folder of one device, and the program.
#[derive(Debug)]
pub(super) struct Home {
    pub program: PathBuf,
    pub folder: PathBuf,
}

/// How a command ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// With this answer.
    Done(Json),
    /// With this exit code and these words.
    Failed(i32, String),
    /// We killed it before it had answered.
    Killed,
}

impl Home {
    /// Runs a command; after `patience` it is killed.
    pub(super) async fn run(&self, args: &[&str], patience: Option<Duration>) -> Outcome<Ended> {
        let mut command = Command::new(&self.program);
        command.arg("--home").arg(&self.folder).args(["--json", "--lang", "en"]).args(args);
        command.env("VELORIA_PASSPHRASE", "long enough for a test").env("VELORIA_PASSWORD", PASSWORD);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let (mut out, mut err) =
            (child.stdout.take().ok_or("no output")?, child.stderr.take().ok_or("none")?);
        let (mut said, mut complained) = (String::new(), String::new());
        let reading =
            async { tokio::try_join!(out.read_to_string(&mut said), err.read_to_string(&mut complained)) };
        if let Ok(read) = timeout(patience.unwrap_or(LIMIT), reading).await {
            read?;
        } else {
            child.kill().await?;
            return match patience {
                Some(_) => Ok(Ended::Killed),
                None => Err(format!("`veloria {}` does not end", args.join(" ")).into()),
            };
        }
        Ok(match child.wait().await?.code() {
            Some(0) => Ended::Done(serde_json::from_str(&said)?),
            code => Ended::Failed(code.unwrap_or(-1), format!("{said}{complained}")),
        })
    }

    /// Runs a command that has no reason to fail.
    pub(super) async fn must(&self, args: &[&str]) -> Outcome<Json> {
        match self.run(args, None).await? {
            Ended::Done(answer) => Ok(answer),
            other => {
                Err(format!("`veloria {}` on {}: {other:?}", args.join(" "), self.folder.display()).into())
            }
        }
    }
}

/// The server, which can be killed and started again at its address.
#[derive(Debug)]
pub(super) struct Host {
    program: PathBuf,
    database: String,
    data: PathBuf,
    port: u16,
    running: Option<Server>,
}

impl Host {
    pub(super) async fn start(program: &Path, database: &str, folder: &Path) -> Outcome<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let (program, database) = (program.to_owned(), database.to_owned());
        let mut host = Self { program, database, data: folder.join("server"), port, running: None };
        host.rise().await?;
        Ok(host)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts, at the address of its former life; waits until it is healthy.
    pub(super) async fn rise(&mut self) -> Outcome<()> {
        let started = Server::start(&self.program, &self.database, Some(&self.data), self.port).await?;
        self.running = Some(started);
        Ok(())
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self) -> Outcome<()> {
        self.running.take().map_or(Ok(()), |mut server| server.kill())
    }
}

/// The ids of a list, in order.
pub(super) fn ids(list: &Json) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut ids: Vec<String> = list.iter().map(|entry| entry["id"].to_string()).collect();
    ids.sort();
    ids
}
