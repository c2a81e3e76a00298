//! Goal 10: the memory of a device with the whole base: opened, searched through a list of all clients, synced.

use serde_json::json;

use super::super::Outcome;
use super::super::figure::{Bound, Figure};
use super::super::probe::{self, figure};
use super::super::stdio::Program;
use super::base::Base;
use super::{Bench, RUNS};

/// Runs `veloria` on a home with the whole base.
pub(super) async fn measure(bench: &mut Bench, base: Base) -> Outcome<()> {
    let Base { b, b_home, .. } = base;
    drop(b);
    let mut peaks = Vec::new();
    for _ in 0..RUNS {
        let mut program = Program::start(&b_home)?;
        program.call(json!({ "op": "clients" })).await?;
        peaks.push(figure(probe::peak_rss(program.process()?)?) / 1e6);
    }
    let name = format!("device with {} entities, all clients listed, peak", bench.size.total());
    bench.board.tell(Figure::new("10", name, "MB RSS", &peaks).held_to(Bound::AtMost(120.0)));
    Ok(())
}
