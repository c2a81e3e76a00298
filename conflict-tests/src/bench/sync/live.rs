//! Goal 8: from an edit on one device to the other one having it, both as programs of their own, live.

use client_core::sync::Options;
use serde_json::json;

use super::super::Outcome;
use super::super::device::Device;
use super::super::figure::{Figure, quantile};
use super::super::probe::{self, ms};
use super::super::stdio::Program;
use super::{Bench, RUNS, SEED};

const EDITS: usize = 100;
const CLIENTS: usize = 200;

/// One edit at a time.
pub(super) async fn measure(bench: &mut Bench) -> Outcome<()> {
    let account = bench.host.register("live").await?;
    let (a_home, b_home) = (bench.home("live-a")?, bench.home("live-b")?);
    let mut a = Device::make(&a_home, &account, bench.host.port(), Options::default())?;
    let ids = a.fill_clients(SEED, CLIENTS)?;
    a.sync(&bench.host).await?;
    let account = bench.host.enrol("live", "B").await?;
    let mut b = Device::make(&b_home, &account, bench.host.port(), Options::default())?;
    b.sync(&bench.host).await?;
    // From here on the programs have the files.
    drop((a, b));
    let (mut a, mut b) = (Program::start(&a_home)?, Program::start(&b_home)?);
    for program in [&mut a, &mut b] {
        program.call(json!({ "op": "live", "on": true })).await?;
    }
    // The sockets open within a moment; the first edits say when.
    let (mut p50, mut p95) = (Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let mut times = Vec::with_capacity(EDITS);
        for i in 0..EDITS {
            let id = &ids[(i * 97) % ids.len()];
            let begun = probe::now();
            let edit = json!({ "op": "editClient", "client": id, "fields": { "email": format!("l{run}x{i}@mail.ru") } });
            a.call(edit).await?;
            b.changed(id).await?;
            times.push(ms(begun.elapsed()));
        }
        if run > 0 {
            p50.push(quantile(&times, 0.5));
            p95.push(quantile(&times, 0.95));
        }
    }
    bench.board.tell(Figure::new("8", "live edit, A to B, p50, without Redis", "ms wall", &p50));
    bench.board.tell(Figure::new("8", "live edit, A to B, p95, without Redis", "ms wall", &p95));
    Ok(())
}
