//! The program `veloria` as a process of its own, spoken to over `veloria stdio`: for what a library inside this process
//! cannot show, such as its memory and the time from one device's edit to another's screen.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::Outcome;
use super::device::PASSPHRASE;
use super::host::beside_us;

const PATIENCE: Duration = Duration::from_mins(1);

/// A running `veloria stdio`. Dropping it ends it.
#[derive(Debug)]
pub struct Program {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    calls: u64,
}

impl Program {
    /// Starts it on a home that is enrolled already.
    pub fn start(home: &Path) -> Outcome<Self> {
        let mut child = Command::new(beside_us("veloria")?)
            .arg("--home")
            .arg(home)
            .arg("stdio")
            .env("VELORIA_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = child.stdout.take().ok_or("no output")?;
        Ok(Self { child, input, lines: BufReader::new(output).lines(), calls: 0 })
    }

    /// Its number.
    pub fn process(&self) -> Outcome<u32> {
        Ok(self.child.id().ok_or("veloria has ended")?)
    }

    /// Calls, and waits for the answer; events on the way are passed over.
    pub async fn call(&mut self, mut call: Json) -> Outcome<Json> {
        self.calls += 1;
        call["id"] = json!(self.calls);
        self.input.write_all(format!("{call}\n").as_bytes()).await?;
        loop {
            let mut line = self.line().await?;
            if line["id"] == call["id"] {
                return match line.get("error") {
                    Some(error) => Err(error.to_string().into()),
                    None => Ok(line["ok"].take()),
                };
            }
        }
    }

    /// Waits for a session that changed this document.
    pub async fn changed(&mut self, id: &str) -> Outcome<()> {
        loop {
            let line = self.line().await?;
            if line["changed"].as_array().is_some_and(|ids| ids.iter().any(|changed| changed == id)) {
                return Ok(());
            }
        }
    }

    async fn line(&mut self) -> Outcome<Json> {
        let line = timeout(PATIENCE, self.lines.next_line()).await.map_err(|_| "veloria says nothing")??;
        Ok(serde_json::from_str(&line.ok_or("veloria has ended")?)?)
    }
}
