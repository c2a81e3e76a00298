//! `cargo xtask bench peers`: the peer harness, which lives outside of the repository, with our adapter in it. Copies,
//! installs, runs each peer and ours in turn, keeps the lines, and lets `compare.mjs` draw the table.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::chore::{self, ChoreError};

const RUNS: usize = 3;
/// Who runs, and how many records share a document there.
const PEERS: [(&str, &str); 4] =
    [("ours", "1"), ("pouchdb", "1"), ("hocuspocus", "5000"), ("automerge", "5000")];

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder with the harness: bench.mjs, common.mjs, package.json and one file for each peer
    #[arg(long, value_name = "DIR")]
    harness: PathBuf,
    /// How many client records
    #[arg(long, default_value_t = 5000)]
    records: u32,
    /// How often everything is run
    #[arg(long, default_value_t = RUNS)]
    runs: usize,
}

pub(crate) fn run(args: &Args) -> Result<(), ChoreError> {
    let programs = chore::built("veloria")?;
    let programs = programs.parent().unwrap_or(&programs);
    let work = programs.with_file_name("bench-peers");
    prepare(&args.harness, &work)?;
    let lines = work.join("lines.jsonl");
    let out = File::create(&lines).map_err(ChoreError::file(&lines))?;
    for run in 0..args.runs {
        for turn in 0..PEERS.len() {
            let (peer, sharing) = PEERS[(run + turn) % PEERS.len()];
            println!("peers: run {} of {}, {peer}", run + 1, args.runs);
            let mut node = Command::new("node");
            node.args(["bench.mjs", peer, "--n", &args.records.to_string(), "--per", sharing])
                .current_dir(&work)
                .env("VELORIA_BIN", programs)
                .stdout(Stdio::from(out.try_clone().map_err(ChoreError::file(&lines))?));
            // A step that failed is a line with `error`, and the table says so; only a peer that cannot start ends this.
            node.status().map_err(chore::not_started(&node))?;
        }
    }
    chore::run(Command::new("node").arg("compare.mjs").arg(&lines).current_dir(&work))
}

fn prepare(harness: &Path, work: &Path) -> Result<(), ChoreError> {
    if !harness.join("bench.mjs").is_file() {
        let folder = harness.display();
        return Err(ChoreError::Refused(format!("{folder} is not the peer harness: it has no bench.mjs")));
    }
    fs::create_dir_all(work).map_err(ChoreError::file(work))?;
    copy_all(harness, work, &["mjs", "json"])?;
    copy_all(&chore::root().join("conflict-tests/peers"), work, &["mjs"])?;
    if !work.join("node_modules").is_dir() {
        println!("peers: installing the peers' packages");
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]).current_dir(work);
        chore::run(&mut npm)?;
    }
    Ok(())
}

/// Copies contents, not rights: the harness may be read-only.
fn copy_all(from: &Path, to: &Path, endings: &[&str]) -> Result<(), ChoreError> {
    for entry in fs::read_dir(from).map_err(ChoreError::file(from))?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known)) {
            let bytes = fs::read(&path).map_err(ChoreError::file(&path))?;
            let copy = to.join(entry.file_name());
            fs::write(&copy, bytes).map_err(ChoreError::file(&copy))?;
        }
    }
    Ok(())
}
