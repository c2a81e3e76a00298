//! `cargo xtask test`: all tests, then `check`, and at the very end the count of tests on a line of its own. Runs the test
//! runner and reads what it prints; knows no test.

mod tally;

use std::env;
use std::io::{self, IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use crate::chore::{self, ChoreError};
use crate::embedded_postgres::{Binaries, Durability, EmbeddedPostgres};
use crate::front_end::{self, npm};
use crate::scratch::Scratch;
use crate::{check, setup};
use tally::Tally;

/// Where tests find the programs that the runner has built beside them.
const PROGRAMS: &str = "VELORIA_PROGRAMS";

/// Where tests find the Postgres that was started for them.
pub(crate) const DATABASE: &str = "VELORIA_TEST_DATABASE_URL";

/// With arguments only the runner runs, for then a person looks for one thing.
pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    setup::run_for_tests()?;
    front_end::build()?;
    let mut tally = Tally::default();
    let mut done = with_postgres(|url| run_tests(arguments, url, &mut tally));
    if done.is_ok() && arguments.is_empty() {
        done = test_front_end(&mut tally);
    }
    if done.is_ok() && arguments.is_empty() {
        done = test_window(&mut tally);
    }
    if done.is_ok() && arguments.is_empty() {
        done = check::run();
    }
    println!("{tally}");
    done
}

/// One throwaway Postgres for the whole run; every test makes a database of its own in it. Without this each test's
/// process would start one for itself.
pub(crate) fn with_postgres(run: impl FnOnce(&str) -> Result<(), ChoreError>) -> Result<(), ChoreError> {
    let scratch = Scratch::new()?;
    let postgres = EmbeddedPostgres::start(
        Binaries::locate(None)?,
        &scratch.folder().join("postgres"),
        Durability::Throwaway,
    )?;
    let done = run(&postgres.url("postgres"));
    postgres.stop()?;
    done
}

fn run_tests(arguments: &[String], database: &str, tally: &mut Tally) -> Result<(), ChoreError> {
    let has_nextest = chore::cargo(&["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let runner: &[&str] = if has_nextest { &["nextest", "run"] } else { &["test"] };
    let go_on: &[&str] = if arguments.is_empty() { &["--no-fail-fast"] } else { &[] };
    if !has_nextest {
        println!("test: cargo-nextest is not here, so `cargo test` runs the tests, more slowly");
    }

    let mut all =
        chore::cargo(&[runner, &["--workspace", "--exclude", "desktop", "--locked"], go_on].concat());
    if !has_nextest && !arguments.is_empty() {
        all.arg("--");
    }
    all.env(PROGRAMS, chore::built_in("debug", "")?);
    count(all.args(arguments).env(DATABASE, database), tally)?;
    if !arguments.is_empty() {
        return Ok(());
    }
    if has_nextest {
        count(
            &mut chore::cargo(&["test", "--doc", "--workspace", "--exclude", "desktop", "--locked"]),
            tally,
        )?;
    }
    if chore::root().join("conflict-tests/tests/bugs.rs").exists() {
        println!("test: with faults planted on purpose, which the simulated world must find");
        let bugs = ["--locked", "-p", "conflict-tests", "--features", "bugs", "--test", "bugs"];
        count(chore::cargo(&[runner, &bugs, go_on].concat()).env(DATABASE, database), tally)?;
    }
    Ok(())
}

/// The pages: their rules alone, and then all of them in a browser before a server of their own and beside a device's program.
fn test_front_end(tally: &mut Tally) -> Result<(), ChoreError> {
    count(&mut npm(&["run", "--silent", "test"]), tally)?;
    let programs =
        ["--locked", "-p", "sync-server", "-p", "client-core", "--bin", "sync-server", "--bin", "veloria"];
    chore::run(chore::cargo(&["build"]).args(programs))?;
    let browser = &mut npm(&["run", "--silent", "test:browser"]);
    browser.env("VELORIA_SERVER_BIN", chore::built_in("debug", "sync-server")?);
    count(browser.env("VELORIA_BIN", chore::built_in("debug", "veloria")?), tally)
}

/// The window of the desktop: the rules of its shell, and then the built program on a screen of its own, driven as a person drives it.
fn test_window(tally: &mut Tally) -> Result<(), ChoreError> {
    setup::run_for_desktop_tests()?;
    count(&mut chore::cargo(&["test", "--locked", "-p", "desktop"]), tally)?;
    chore::run(&mut chore::cargo(&["build", "--locked", "-p", "desktop", "--bins"]))?;
    let window = &mut npm(&["run", "--silent", "test:desktop"]);
    window.env("VELORIA_SERVER_BIN", chore::built_in("debug", "sync-server")?);
    count(window.env("VELORIA_DESKTOP_BIN", chore::built_in("debug", "veloria-desktop")?), tally)
}

/// Runs the command, shows what it prints as it comes, and adds up what it says about tests.
fn count(command: &mut Command, tally: &mut Tally) -> Result<(), ChoreError> {
    println!("test: {}", chore::words(command));
    if env::var_os("CARGO_TERM_COLOR").is_none() && io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(chore::not_started(command))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let complaints = thread::spawn(move || err.map_or_else(Vec::new, |err| pass_on(err, io::stderr())));
    let mut said = out.map_or_else(Vec::new, |out| pass_on(out, io::stdout()));
    let status = child.wait().map_err(chore::not_started(command))?;
    // nextest sums up among the complaints, `cargo test` in the output.
    said.extend(complaints.join().unwrap_or_default());
    tally.add(&String::from_utf8_lossy(&said));
    if status.success() { Ok(()) } else { Err(ChoreError::Failed { command: chore::words(command), status }) }
}

/// By pieces and not by lines, so that what is shown is never behind. Keeps a copy.
fn pass_on(mut from: impl Read, mut to: impl Write) -> Vec<u8> {
    let mut copy = Vec::new();
    let mut piece = [0; 8192];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        copy.extend_from_slice(&piece[..length]);
        // A closed screen must not end the tests.
        let _ = to.write_all(&piece[..length]).and_then(|()| to.flush());
    }
    copy
}
