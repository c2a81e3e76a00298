//! `cargo xtask soak` and `cargo xtask salon`: the long runs of the simulated world, and the drills of the server at full size.
//! Only starts programs and tests; what they do is told there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::{self, ChoreError};
use crate::{counts, setup};

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("length").required(true).args(["histories", "hours", "drills", "counts", "processes"])))]
pub(crate) struct SoakArgs {
    /// Stop after this many histories
    #[arg(long, value_name = "N")]
    histories: Option<u64>,
    /// Stop after this many hours
    #[arg(long, value_name = "H")]
    hours: Option<f64>,
    /// No histories: so many runs of the real programs, which are killed and cut off at random
    #[arg(long, value_name = "N")]
    processes: Option<u64>,
    /// No histories: the tests of sign-in, tokens, links and pictures with their full counts
    #[arg(long)]
    counts: bool,
    /// Begin with this seed, for instance one that failed
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Plant this known fault, which must then be found
    #[arg(long, value_name = "NAME")]
    bug: Option<String>,
    /// Instead: kill workers, Postgres and Redis and attack a server at full size, and take times; of a part of a name,
    /// those drills alone
    #[arg(long, value_name = "PART", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["seed", "bug"])]
    drills: Option<String>,
}

pub(crate) fn soak(args: &SoakArgs) -> Result<(), ChoreError> {
    if args.counts {
        return counts::run();
    }
    if let Some(part) = &args.drills {
        return drills(part);
    }
    setup::run()?;
    if args.processes.is_some() {
        let programs = ["-p", "sync-server", "-p", "client-core", "--bin", "sync-server", "--bin", "veloria"];
        chore::run(chore::cargo(&["build", "--release", "--locked"]).args(programs))?;
    }
    let features: &[&str] = if args.bug.is_some() { &["--features", "bugs"] } else { &[] };
    let mut soak = program("soak", features);
    let options = [
        ("--histories", args.histories.map(|histories| histories.to_string())),
        ("--hours", args.hours.map(|hours| hours.to_string())),
        ("--processes", args.processes.map(|runs| runs.to_string())),
        ("--seed", args.seed.map(|seed| seed.to_string())),
        ("--bug", args.bug.clone()),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            soak.args([name, &value]);
        }
    }
    chore::run(&mut soak)
}

/// The tests that count in `cargo xtask test` take times here: in release, at full size, one after the other.
fn drills(part: &str) -> Result<(), ChoreError> {
    setup::run_for_tests()?;
    // One that is too slow hides no figure of the others.
    let build = [
        "test",
        "--release",
        "--locked",
        "--no-fail-fast",
        "-p",
        "sync-server",
        "--lib",
        "--test",
        "operation",
    ];
    let run = ["--", &format!("drill_{part}"), "--test-threads=1", "--nocapture"];
    chore::run(
        chore::cargo(&[&build[..], &run].concat()).env("VELORIA_DRILLS", "full").env("RUST_BACKTRACE", "0"),
    )
}

pub(crate) fn salon(dir: &Path) -> Result<(), ChoreError> {
    if !dir.is_dir() {
        return Err(ChoreError::Refused(format!(
            "{} is not a folder; name the one with the exported files",
            dir.display()
        )));
    }
    let dir: PathBuf = dir.canonicalize().map_err(ChoreError::file(dir))?;
    setup::run()?;
    chore::run(program("salon", &[]).arg(dir))
}

fn program(name: &str, features: &[&str]) -> Command {
    let run = ["run", "--release", "--locked", "-p", "conflict-tests", "--bin", name];
    chore::cargo(&[&run, features, &["--"]].concat())
}
