//! `bench_api [--quick]`: REST at fixed rates on many tenants, and the same SQL through pgbench. Figures as JSON lines on
//! standard output, a table for people on standard error.

use std::process::ExitCode;

use clap::Parser;
use client_core::system::SystemClock;
use conflict_tests::bench::Outcome;
use conflict_tests::bench::api::{self, Plan};
use conflict_tests::bench::figure::Board;
use conflict_tests::bench::salon::Size;
use domain::ids::Clock as _;

/// Automerge makes and drops many small things; with glibc's allocator a third of a sync goes into that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures REST.
#[derive(Debug, Parser)]
struct Args {
    /// Ten tenants, a twentieth of the base, two seconds a figure
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    // The first to come decides; there is nobody else in this process.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match measure(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let plan = if args.quick {
        Plan { size: Size::QUICK, tenants: 10, seconds: 2 }
    } else {
        Plan { size: Size::FULL, tenants: 200, seconds: 4 }
    };
    let mut board = Board::default();
    let done = tokio::runtime::Runtime::new()?.block_on(api::run(
        folder.path(),
        plan,
        SystemClock.now(),
        &mut board,
    ));
    // What was measured before something broke is shown all the same.
    eprintln!("{}", board.table());
    done
}
