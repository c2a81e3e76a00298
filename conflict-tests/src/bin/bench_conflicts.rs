//! `bench_conflicts [--quick]`: what keeping conflicts costs a device, and what history and the base at a moment take. Figures as
//! JSON lines on standard output, a table for people on standard error.

use std::process::ExitCode;

use clap::Parser;
use conflict_tests::bench::conflicts;
use conflict_tests::bench::figure::Board;
use conflict_tests::bench::salon::Size;

/// Measures conflicts on a device.
#[derive(Debug, Parser)]
struct Args {
    /// A twentieth of the base
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    let size = if Args::parse().quick { Size::QUICK } else { Size::FULL };
    let mut board = Board::default();
    let done = conflicts::run(size, &mut board);
    eprintln!("{}", board.table());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
