//! `bench_slots [--quick]`: what a question for free hours costs on a full calendar. Figures as JSON lines on standard output, a
//! table for people on standard error.

use std::process::ExitCode;

use clap::Parser;
use conflict_tests::bench::figure::Board;
use conflict_tests::bench::slots;

/// Measures questions for free hours.
#[derive(Debug, Parser)]
struct Args {
    /// A hundredth of the questions
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    let questions = if Args::parse().quick { 200 } else { 20_000 };
    let mut board = Board::default();
    let done = slots::run(questions, &mut board);
    eprintln!("{}", board.table());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
