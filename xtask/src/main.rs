//! The chores of the repository: `up`, `test` and what they need. May run any program; ships to nobody.
//!
//! Depends on no other crate of the workspace, so that it builds in seconds and works when they do not compile. The one
//! thing that it shares with the server, the embedded Postgres, is included by path for the same reason.

mod bench;
mod check;
mod chore;
mod counts;
mod desktop;
#[path = "../../sync-server/src/embedded_postgres/mod.rs"]
#[expect(dead_code, unreachable_pub, reason = "the server's source, of which a chore needs only a part")]
mod embedded_postgres;
mod front_end;
mod generate;
mod scratch;
mod setup;
mod simulate;
mod test;
#[path = "../../sync-server/src/testing/redis.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "the source of the tests, of which a chore needs to know where it looks"
)]
mod test_redis;
mod up;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    bin_name = "cargo xtask",
    about = "The chores of VeloriaCRM; most people need only `cargo xtask up` and `cargo xtask test`"
)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Build everything and run it here: prints `ready http://127.0.0.1:PORT` when it can be used, Ctrl-C stops it
    Up(up::Args),
    /// Build the window and open it; a server may run or not
    Desktop(desktop::Args),
    /// Run all tests and then `check`; what follows `--` goes to the test runner, which then runs alone
    Test {
        /// For the test runner, for example a part of a test's name
        #[arg(last = true, value_name = "RUNNER ARGUMENTS")]
        runner: Vec<String>,
    },
    /// Check formatting, lints, documentation, generated files and the architecture
    Check,
    /// Write the files that are made from others: `.sqlx` and `docs/openapi.json`
    Generate {
        /// Write nothing; fail if a file is not as it would be written
        #[arg(long)]
        check: bool,
    },
    /// Measure speed, bytes and memory against goals, floors and peers
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Search for lost or diverging data in many simulated histories of several devices
    Soak(simulate::SoakArgs),
    /// Run real exports of a salon through import, sync and comparison
    Salon {
        /// The folder with the exported files
        dir: PathBuf,
    },
    /// Fetch what building and testing need: system packages, Postgres, Redis (`up` and `test` do this by themselves)
    Setup,
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Up(args) => up::run(&args),
        Chore::Desktop(args) => desktop::run(&args),
        Chore::Test { runner } => test::run(&runner),
        Chore::Check => setup::run().and_then(|()| check::run()),
        Chore::Generate { check } => setup::run().and_then(|()| {
            generate::run(if check { generate::Mode::Compare } else { generate::Mode::Write })
        }),
        Chore::Bench(bench) => bench::run(&bench),
        Chore::Soak(args) => simulate::soak(&args),
        Chore::Salon { dir } => simulate::salon(&dir),
        Chore::Setup => setup::run_for_tests().map(|()| println!("setup: everything is there")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
