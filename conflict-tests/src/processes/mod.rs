//! Real processes under one seed: `veloria` programs with homes on a disk, a `sync-server` on a Postgres, and a line between
//! them. Programs and server are killed with no word and the line is cut, at random moments; at the end everything that was
//! acknowledged must be everywhere, once.
//!
//! The seed decides what is done and how long it may last, not how far the machine comes until then: a run is as random as
//! the machine, and a broken one may need its seed more than once. Starts programs; knows of them only what they print.

mod acts;
mod programs;
mod promises;

use std::path::Path;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use tempfile::TempDir;

use crate::bench::Outcome;
use crate::bench::host::http_client;
use crate::proxy::Proxy;
use programs::{Ended, Home, Host};
use promises::Promises;

/// How many acts a run has, those that are killed included.
const ACTS: u32 = 36;
/// After so many of them on average a device talks to the server.
const SYNC_EVERY: u32 = 3;
/// Three devices are on every plan.
const DEVICES: usize = 3;
/// After healing, all devices must hold the same after so many rounds of syncs.
const ROUNDS: u32 = 6;
const PASSWORD: &str = "correct horse battery";

/// How a run went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// What was done and acknowledged.
    pub acknowledged: u32,
    /// Programs that were killed, in the middle of an act or of a sync.
    pub killed: u32,
    /// Syncs whose line was cut.
    pub cut: u32,
    /// Times that the server was killed.
    pub died: u32,
    /// Rounds of syncs until all held the same.
    pub rounds: u32,
}

struct Play {
    rng: StdRng,
    host: Host,
    line: Proxy,
    homes: Vec<Home>,
    promises: Promises,
    report: Report,
    /// How long an act and a sync last here when nobody disturbs them, in microseconds.
    lasts: (u64, u64),
}

/// Plays one run with the programs of this folder, on an empty database with all migrations.
pub async fn run(programs: &Path, database: &str, seed: u64) -> Outcome<Report> {
    let folder = TempDir::new()?;
    let mut play = Play::begin(programs, database, seed, folder.path()).await?;
    for _ in 0..ACTS {
        let device = play.rng.random_range(0..DEVICES);
        play.act(device).await?;
        if play.rng.random_ratio(1, SYNC_EVERY) {
            play.sync(device).await?;
        }
    }
    play.settle().await?;
    Ok(play.report)
}

impl Play {
    async fn begin(programs: &Path, database: &str, seed: u64, folder: &Path) -> Outcome<Self> {
        let host = Host::start(&programs.join("sync-server"), database, folder).await?;
        let line = Proxy::to(&host.url()).await?;
        let homes: Vec<Home> = (0..DEVICES)
            .map(|number| Home {
                program: programs.join("veloria"),
                folder: folder.join(format!("device-{number}")),
            })
            .collect();
        let at = ["--server", &line.url, "--email", "anna@example.ru"];
        let who =
            ["--name", "Anna", "--tenant-name", "Salon", "--timezone", "Europe/Moscow", "--locale", "en"];
        homes[0].must(&[&["register"], &at[..], &who].concat()).await?;
        for (number, home) in homes.iter().enumerate().skip(1) {
            home.must(&[&["login"], &at[..], &["--device-name", &format!("device {number}")]].concat())
                .await?;
        }
        let (rng, promises) = (StdRng::seed_from_u64(seed), Promises::default());
        let mut play = Self { rng, host, line, homes, promises, report: Report::default(), lasts: (0, 0) };
        let begun = crate::bench::probe::now();
        play.homes[0]
            .must(&["services", "add", "--name", "Balayage", "--price", "100", "--min", "30"])
            .await?;
        let act = begun.elapsed();
        play.homes[0].must(&["sync"]).await?;
        let sync = begun.elapsed().saturating_sub(act);
        let micros = |took: std::time::Duration| u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        play.lasts = (micros(act), micros(sync));
        Ok(play)
    }

    /// Everything works again: soon all hold the same, and all that was promised.
    async fn settle(&mut self) -> Outcome<()> {
        self.line.heal();
        let mut last = String::new();
        for round in 1..=ROUNDS {
            for home in &self.homes {
                home.must(&["sync"]).await?;
            }
            let mut seen = Vec::new();
            for home in &self.homes {
                let proof = home.must(&["status", "--proof"]).await?;
                seen.push((proof["verdict"] == "safe", home.must(&["export"]).await?));
            }
            if seen.iter().all(|(is_safe, all)| *is_safe && *all == seen[0].1) {
                self.report.rounds = round;
                self.promises.check(&seen[0].1)?;
                return self.look_again().await;
            }
            let told: Vec<String> =
                seen.iter().map(|(is_safe, all)| format!("safe: {is_safe}, {all}")).collect();
            last = told.join("\n");
        }
        Err(format!("after {ROUNDS} rounds the devices do not hold the same:\n{last}").into())
    }

    /// Files are whole, and every device and the server name the same conflicts.
    async fn look_again(&self) -> Outcome<()> {
        let there = self.conflicts_there().await?;
        for home in &self.homes {
            home.must(&["verify"]).await?;
            let here = programs::ids(&home.must(&["conflicts", "list"]).await?["data"]);
            if here != there {
                return Err(format!("conflicts here {here:?}, on the server {there:?}").into());
            }
        }
        Ok(())
    }

    async fn conflicts_there(&self) -> Outcome<Vec<String>> {
        let (http, url) = (http_client()?, self.host.url());
        let who = json!({ "email": "anna@example.ru", "password": PASSWORD, "name": "look" });
        let token = http.post(format!("{url}/api/v1/auth/token")).json(&who).send().await?;
        let token: serde_json::Value = token.error_for_status()?.json().await?;
        let token = token["token"].as_str().ok_or("no token")?;
        let list = http.get(format!("{url}/api/v1/conflicts?limit=200")).bearer_auth(token).send().await?;
        let list: serde_json::Value = list.error_for_status()?.json().await?;
        Ok(programs::ids(&list["data"]))
    }
}
