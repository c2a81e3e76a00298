//! The long run of the simulated world: history after history until the number or the hours are reached, or one breaks. And of
//! the real programs, which are killed and cut off at random.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgGroup, Parser};
use conflict_tests::bench::Outcome;
use conflict_tests::processes;
use conflict_tests::world::{self, Coverage};
use secrecy::ExposeSecret as _;
use sync_server::testing::TestDatabase;

/// A tenth of a history's time is asking for memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plays histories of the simulated world until one breaks.
#[derive(Debug, Parser)]
#[command(group(ArgGroup::new("length").required(true).args(["histories", "hours", "file", "processes"])))]
struct Args {
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
    /// Play one kept history instead
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Play so many runs with the real programs instead; they stand beside this one
    #[arg(long, value_name = "N")]
    processes: Option<u64>,
    /// Print how often each fault touched each kind of act
    #[arg(long)]
    table: bool,
    /// Count broken histories and go on, without making them small
    #[arg(long)]
    keep_going: bool,
}

/// Where the seeds of long runs begin unless told: not where those of the tests do.
const FIRST_SEED: u64 = 1_000_000;
const MOST_SHRINKS: u32 = 600;

fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(bug) = &args.bug
        && let Err(refused) = plant(bug)
    {
        eprintln!("soak: {refused}");
        return ExitCode::from(2);
    }
    if let Some(file) = &args.file {
        return play_file(file);
    }
    if let Some(runs) = args.processes {
        return play_processes(runs, args.seed.unwrap_or(FIRST_SEED));
    }
    let start = now();
    let hours = args.hours.map(|hours| Duration::from_secs_f64(hours.max(0.0) * 3_600.0));
    let is_over = |played: u64| match (args.histories, hours) {
        (Some(most), _) => played >= most,
        (None, Some(hours)) => start.elapsed() >= hours,
        (None, None) => true,
    };
    let mut coverage = Coverage::default();
    let (mut played, mut bad) = (0, 0);
    while !is_over(played) {
        let seed = args.seed.unwrap_or(FIRST_SEED) + played;
        let history = world::generate(seed);
        played += 1;
        match world::run(&history) {
            Ok(run) => coverage.add(&run.coverage),
            Err(broken) if args.keep_going => {
                bad += 1;
                println!("seed {seed}: {broken}");
            }
            Err(broken) => {
                progress(&format!("seed {seed} broke {}; shrinking\n", broken.invariant));
                let (small, broken) = world::shrink(&history, broken, MOST_SHRINKS, |h| world::run(h).err());
                println!("{}", world::replay(&small, &broken));
                // A planted fault is no history to keep.
                if args.bug.is_none() {
                    match world::keep(&small, &broken.invariant) {
                        Ok(name) => println!("kept as conflict-tests/corpus/{name}"),
                        Err(error) => println!("could not be kept: {error}"),
                    }
                }
                println!("{played} histories, 1 broken");
                return ExitCode::FAILURE;
            }
        }
        progress(&format!("{played} histories, {} acts, {} s", coverage.acts, start.elapsed().as_secs()));
    }
    progress("\n");
    if args.table {
        println!("{coverage}");
    }
    println!("{played} histories, {bad} broken");
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs of the real programs, one after the other, each on a database of its own.
fn play_processes(runs: u64, first: u64) -> ExitCode {
    let played = async || -> Outcome<()> {
        let programs = std::env::current_exe()?;
        let programs = programs.parent().ok_or("this program stands nowhere")?;
        for seed in first..first + runs {
            let database = TestDatabase::create().await;
            let report = processes::run(programs, database.url().expose_secret(), seed).await;
            println!("seed {seed}: {:?}", report.map_err(|broken| format!("seed {seed}: {broken}"))?);
        }
        Ok(())
    };
    // The first to come decides; there is nobody else in this process.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().map_err(Into::into);
    match runtime.and_then(|runtime| runtime.block_on(played())) {
        Ok(()) => {
            println!("{runs} runs, 0 broken");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            println!("{broken}");
            ExitCode::FAILURE
        }
    }
}

fn play_file(file: &Path) -> ExitCode {
    let read = std::fs::read_to_string(file).map_err(|error| error.to_string());
    let history = read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
    match history.map(|history| (world::run(&history), history)) {
        Ok((Ok(run), _)) => {
            println!("all held, equal after {} rounds\n1 histories, 0 broken", run.rounds);
            ExitCode::SUCCESS
        }
        Ok((Err(broken), history)) => {
            println!("{}\n1 histories, 1 broken", world::replay(&history, &broken));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("soak: {}: {error}", file.display());
            ExitCode::from(2)
        }
    }
}

/// One line that is written over and over; without a screen only now and then.
fn progress(line: &str) {
    let mut screen = std::io::stderr();
    if screen.is_terminal() {
        // A screen that went away is no reason to stop.
        let _ = write!(screen, "\r\x1b[2K{line}").and_then(|()| screen.flush());
    } else if line.len() > 1 && (line.contains("00 histories") || line.ends_with('\n')) {
        let _ = writeln!(screen, "{}", line.trim_end());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a run takes is told by a real clock; no history sees it"
)]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

#[cfg(feature = "bugs")]
fn plant(name: &str) -> Result<(), String> {
    world::plant(name)
}

#[cfg(not(feature = "bugs"))]
fn plant(_: &str) -> Result<(), String> {
    Err("faults can only be planted with the feature `bugs`".to_owned())
}
