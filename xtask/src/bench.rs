//! `cargo xtask bench`: how fast it is. Builds the programs that are measured and the one that measures, in release, and
//! runs that; what is measured is told there and in `docs/performance.md`.

mod peers;

use crate::chore::{self, ChoreError};
use crate::{front_end, setup};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Bench {
    /// The goals of sync on a generated salon of 60,000 entities, with their floors from the same run
    Sync(Size),
    /// REST at fixed rates on 200 tenants, and the same SQL through pgbench
    Api(Size),
    /// What a question for free hours costs on a full calendar
    Slots(Size),
    /// What keeping conflicts costs a device, and what history takes
    Conflicts(Size),
    /// The pages in a real browser: what a first visit loads, Lighthouse, how long screens take on a large base
    Ui(Size),
    /// The window of the desktop on a large base: how fast it starts, opens, finds and saves, and what it takes
    Desktop(Size),
    /// Other offline-first stacks and ours through the same steps, with ratios
    Peers(peers::Args),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Size {
    /// A twentieth of the base: to see that it runs, not how fast
    #[arg(long)]
    quick: bool,
}

pub(crate) fn run(bench: &Bench) -> Result<(), ChoreError> {
    setup::run()?;
    if matches!(bench, Bench::Ui(_) | Bench::Desktop(_)) {
        // The server and the window take them in when they are built.
        front_end::build()?;
    }
    build()?;
    match bench {
        Bench::Sync(size) => measure("bench_sync", size),
        Bench::Api(size) => measure("bench_api", size),
        Bench::Slots(size) => measure("bench_slots", size),
        Bench::Conflicts(size) => measure("bench_conflicts", size),
        Bench::Ui(size) => pages(size),
        Bench::Desktop(size) => window(size),
        Bench::Peers(args) => peers::run(args),
    }
}

fn pages(size: &Size) -> Result<(), ChoreError> {
    setup::run_for_tests()?;
    let mut node = std::process::Command::new("node");
    node.arg("scripts/bench-ui.mjs").arg("--server-bin").arg(chore::built("sync-server")?);
    if size.quick {
        node.args(["--clients", "250", "--visits", "2500", "--runs", "5"]);
    }
    chore::run(node.current_dir(front_end::home()))
}

fn window(size: &Size) -> Result<(), ChoreError> {
    setup::run_for_desktop_tests()?;
    chore::run(&mut chore::cargo(&["build", "--release", "--locked", "-p", "desktop"]))?;
    let mut figures = front_end::npm(&["run", "--silent", "bench:desktop"]);
    figures.env("VELORIA_SERVER_BIN", chore::built("sync-server")?);
    figures.env("VELORIA_DESKTOP_BIN", chore::built("veloria-desktop")?);
    if size.quick {
        figures.envs([("BENCH_CLIENTS", "250"), ("BENCH_VISITS", "2500"), ("BENCH_RUNS", "5")]);
    }
    chore::run(&mut figures)
}

/// All at once, so that they share what their crates share.
fn build() -> Result<(), ChoreError> {
    let packages = ["-p", "sync-server", "-p", "client-core", "-p", "conflict-tests"];
    chore::run(&mut chore::cargo(&[&["build", "--release", "--locked", "--bins"], &packages[..]].concat()))
}

fn measure(program: &str, size: &Size) -> Result<(), ChoreError> {
    let mut command = std::process::Command::new(chore::built(program)?);
    if size.quick {
        command.arg("--quick");
    }
    chore::run(&mut command)
}
