//! `cargo xtask soak` and `cargo xtask salon`: the long runs of the simulated world. Only starts the programs of
//! `conflict-tests`; what they do is told there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::{self, ChoreError};
use crate::setup;

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("length").required(true).args(["histories", "hours"])))]
pub(crate) struct SoakArgs {
    /// Stop after this many histories
    #[arg(long, value_name = "N")]
    histories: Option<u64>,
    /// Stop after this many hours
    #[arg(long, value_name = "H")]
    hours: Option<f64>,
    /// Begin with this seed, for instance one that failed
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Plant this known fault, which must then be found
    #[arg(long, value_name = "NAME")]
    bug: Option<String>,
}

pub(crate) fn soak(args: &SoakArgs) -> Result<(), ChoreError> {
    setup::run()?;
    let features: &[&str] = if args.bug.is_some() { &["--features", "bugs"] } else { &[] };
    let mut soak = program("soak", features);
    let options = [
        ("--histories", args.histories.map(|histories| histories.to_string())),
        ("--hours", args.hours.map(|hours| hours.to_string())),
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
