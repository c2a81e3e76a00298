//! Goals 1, 3 and 5, and the server's part of 10: a business with clients alone, as the peers have it.

use super::super::device::{Device, Synced};
use super::super::figure::{Bound, Figure};
use super::super::probe::{self, figure, ms, us_each};
use super::super::{Outcome, floors, salon};
use super::{Bench, RUNS, SEED};
use client_core::sync::Options;

/// What each run gave.
#[derive(Default)]
struct Runs {
    ingest: Vec<f64>,
    bytes_up: Vec<f64>,
    documents: Pull,
    lazy: Pull,
    server_rss: Vec<f64>,
    all_pss: Vec<f64>,
}

#[derive(Default)]
struct Pull {
    bytes: Vec<f64>,
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Pull {
    fn take(&mut self, synced: &Synced) {
        self.bytes.push(figure(synced.bytes.total()));
        self.wall.push(ms(synced.wall));
        self.cpu.push(ms(synced.cpu));
    }
}

/// The clients of the base, and nothing else: pushed by one device, pulled by two.
pub(super) async fn measure(bench: &mut Bench) -> Outcome<()> {
    let count = bench.size.clients;
    let mut runs = Runs::default();
    let mut into = 0.0;
    for run in 0..RUNS {
        // What an earlier run left in memory must not count.
        bench.host.restart_server().await?;
        let name = format!("small{run}");
        let account = bench.host.register(&name).await?;
        let (home, port) = (bench.home(&name)?, bench.host.port());
        let mut a = Device::make(&home, &account, port, Options::default())?;
        a.fill_clients(SEED, count)?;
        if run == 0 {
            into = bench.floors("clients", &floors::entities(&a)?).await?.c_in;
        }
        let pushed = a.sync(&bench.host).await?;
        runs.ingest.push(us_each(pushed.host_cpu, count));
        runs.bytes_up.push(figure(pushed.bytes.total()));
        for (rows, into) in [(false, &mut runs.documents), (true, &mut runs.lazy)] {
            let account = bench.host.enrol(&name, "B").await?;
            let home = bench.home(&format!("{name}-{rows}"))?;
            let mut b = Device::make(&home, &account, port, Options { rows, ..Options::default() })?;
            into.take(&b.sync(&bench.host).await?);
        }
        let process = bench.host.server_process();
        runs.server_rss.push(figure(probe::rss(process)?) / 1e6);
        runs.all_pss
            .push(figure(probe::tree_pss(process)? + probe::tree_pss(bench.host.postgres_process())?) / 1e6);
    }
    let json = figure(salon::clients_json(SEED, count) as u64);
    let Runs { ingest, bytes_up, documents, lazy, server_rss, all_pss } = runs;
    let mut tell = |figure| bench.board.tell(figure);
    let of = |what: &str| format!("{what}, {count} clients");
    tell(
        Figure::new("1", of("first pull, both ways, documents"), "B", &documents.bytes)
            .over("JSON", json)
            .held_to(Bound::TimesFloor(0.32)),
    );
    tell(Figure::new("1", of("first pull, both ways, lazy"), "B", &lazy.bytes).over("JSON", json));
    tell(Figure::new("1", of("first push, both ways"), "B", &bytes_up).over("JSON", json));
    tell(Figure::new("3", of("first pull, documents"), "ms wall", &documents.wall));
    tell(Figure::new("3", of("first pull, lazy"), "ms wall", &lazy.wall));
    tell(Figure::new("3", of("first pull, documents, device"), "ms CPU", &documents.cpu));
    tell(Figure::new("3", of("first pull, lazy, device"), "ms CPU", &lazy.cpu));
    tell(
        Figure::new("5", of("push, server and Postgres"), "us CPU each", &ingest)
            .over("C in", into)
            .held_to(Bound::TimesFloor(25.0)),
    );
    tell(Figure::new("10", of("server's memory after push and two pulls"), "MB RSS", &server_rss));
    tell(Figure::new("10", of("the same with all of Postgres"), "MB PSS", &all_pss));
    Ok(())
}
