//! `bench_sync [--quick]`: the goals of sync on a generated salon, with their floors from the same run. Figures as JSON
//! lines on standard output, a table for people on standard error.

use std::process::ExitCode;

use clap::Parser;
use client_core::system::SystemClock;
use conflict_tests::bench::Outcome;
use conflict_tests::bench::salon::Size;
use conflict_tests::bench::sync::{self, Bench};
use domain::ids::Clock as _;

/// Automerge makes and drops many small things; with glibc's allocator a third of a sync goes into that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures sync.
#[derive(Debug, Parser)]
struct Args {
    /// A twentieth of the base: minutes instead of a quarter of an hour, and figures to smile at
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    // The first to come decides; there is nobody else in this process.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let args = Args::parse();
    match measure(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// On one thread, so that its CPU time is that of the devices.
fn measure(args: &Args) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let size = if args.quick { Size::QUICK } else { Size::FULL };
    // The salon's today: between nine in the evening and midnight at Greenwich it is another day there.
    let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Moscow")?;
    let today = SystemClock.now().to_zoned(zone).date();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut bench = Bench::start(folder.path(), size, today).await?;
        let done = sync::run(&mut bench).await;
        // What was measured before something broke is shown all the same.
        eprintln!("{}", bench.board.table());
        done
    })
}
