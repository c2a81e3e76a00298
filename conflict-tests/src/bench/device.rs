//! Devices of the bench: real apps on encrypted files, and their syncs with everything counted.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use client_core::App;
use client_core::app::{Account, Home};
use client_core::driver::http::Http;
use client_core::driver::{Ended, Transport, sync_once};
use client_core::sync::{Engine, Failure, Options, Reply, Report, Request};
use client_core::system::{SystemClock, SystemIds, fill_random};
use domain::clients::Client;
use jiff::civil::Date;
use secrecy::SecretString;
use serde_json::Value as Json;

use super::Outcome;
use super::host::Host;
use super::probe::Stopwatch;
use super::salon::{self, Size};
use super::wire::{Counted, Wire};

/// What protects the files of the bench.
pub const PASSPHRASE: &str = "bench";
/// How many entities go into one transaction when a base is made.
const AT_ONCE: usize = 1_000;

/// A device with its way to the server.
#[derive(Debug)]
pub struct Device {
    /// The app.
    pub app: App,
    engine: Engine,
    http: Http,
    wire: Arc<Wire>,
}

/// What a sync cost.
#[derive(Clone, Debug)]
pub struct Synced {
    /// What came of it.
    pub report: Report,
    /// Requests of it.
    pub rounds: u32,
    /// What went over the wire.
    pub bytes: Counted,
    /// By the clock on the wall.
    pub wall: Duration,
    /// CPU of the device: engine, SQLite, HTTP and all.
    pub cpu: Duration,
    /// CPU of the server and Postgres.
    pub host_cpu: Duration,
}

impl Device {
    /// Makes a device in this folder. Its talk goes through a counting line of its own.
    pub fn make(folder: &Path, account: &Account, port: u16, options: Options) -> Outcome<Self> {
        let wire = Wire::start(port)?;
        let passphrase = SecretString::from(PASSPHRASE.to_owned());
        let (clock, ids) = (Arc::new(SystemClock), Box::new(SystemIds));
        let mut app = Home::new(folder).open_or_create(&passphrase, &mut fill_random, clock, ids)?;
        app.sign_in(account)?;
        let http = Http::new(&wire.url(), account.token.clone())?;
        Ok(Self { app, engine: Engine::new(options), http, wire })
    }

    /// The way to the server, for whoever drives an engine by hand.
    #[must_use]
    pub const fn http(&self) -> &Http {
        &self.http
    }

    /// What went over its line so far.
    #[must_use]
    pub fn counted(&self) -> Counted {
        self.wire.counted()
    }

    /// Syncs until there is nothing left to say, and counts.
    pub async fn sync(&mut self, host: &Host) -> Outcome<Synced> {
        let (before, host_before) = (self.wire.counted(), host.cpu()?);
        let line = Line { http: &self.http, rounds: AtomicU32::new(0) };
        let watch = Stopwatch::start()?;
        // As a person's sync: a line that the server has closed while the bench was busy for minutes is taken up again.
        let ended = sync_once(&mut self.app, &mut self.engine, &line).await?;
        let spent = watch.spent()?;
        let report = match ended {
            Ended::Done(report) => report,
            Ended::Later(_, failure) | Ended::Stopped(failure) => return Err(failure.into()),
        };
        if report.refused + report.quarantined > 0 || report.in_step != Some(true) {
            return Err(format!("a sync of the bench ended badly: {report:?}").into());
        }
        Ok(Synced {
            report,
            rounds: line.rounds.into_inner(),
            bytes: self.wire.counted().since(before),
            wall: spent.wall,
            cpu: spent.cpu,
            host_cpu: host.cpu()?.since(host_before),
        })
    }

    /// Writes clients, visits and notes as she would, a thousand in a transaction.
    pub fn fill(&mut self, seed: u64, size: Size, today: Date) -> Outcome<Vec<String>> {
        let clients = self.fill_clients(seed, size.clients)?;
        let of = |i: usize| &clients[(i * 7_919) % clients.len()];
        for from in (0..size.visits).step_by(AT_ONCE) {
            self.app.in_batch(|app| {
                for i in from..(from + AT_ONCE).min(size.visits) {
                    app.book(&salon::visit(seed, i, of(i), today))?;
                }
                Ok(())
            })?;
        }
        for from in (0..size.notes).step_by(AT_ONCE) {
            self.app.in_batch(|app| {
                for i in from..(from + AT_ONCE).min(size.notes) {
                    app.add_note(&salon::note(seed, i, of(i)))?;
                }
                Ok(())
            })?;
        }
        Ok(clients)
    }

    /// Writes clients; answers their ids.
    pub fn fill_clients(&mut self, seed: u64, count: usize) -> Outcome<Vec<String>> {
        let mut ids = Vec::with_capacity(count);
        for from in (0..count).step_by(AT_ONCE) {
            self.app.in_batch(|app| {
                for i in from..(from + AT_ONCE).min(count) {
                    ids.push(app.add_client(&salon::client(seed, i))?.id.to_string());
                }
                Ok(())
            })?;
        }
        Ok(ids)
    }

    /// Sets one field of a client, as an edit of its own.
    pub fn set(&mut self, id: &str, field: &str, value: &str) -> Outcome<Client> {
        let fields = [(field.to_owned(), Json::from(value))].into_iter().collect();
        Ok(self.app.edit_client(id.parse()?, &fields)?)
    }
}

/// The real line, with its round trips counted.
struct Line<'a> {
    http: &'a Http,
    rounds: AtomicU32,
}

impl Transport for Line<'_> {
    async fn perform(&self, request: &Request) -> Result<Reply, Failure> {
        self.rounds.fetch_add(1, Ordering::Relaxed);
        self.http.perform(request).await
    }
}
