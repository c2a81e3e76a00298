//! `cargo xtask check`: all that is checked besides the tests, one named and timed step after the other, up to the first
//! that fails.

use crate::chore::{self, ChoreError};
use crate::front_end::{self, npm};
use crate::{generate, setup};

pub(crate) fn run() -> Result<(), ChoreError> {
    step("formatting", || chore::run(&mut chore::cargo(&["fmt", "--all", "--check"])))?;
    let lints = |packages: &[&str]| {
        let (start, end) = (["clippy"], ["--all-targets", "--locked", "--", "-D", "warnings"]);
        chore::run(&mut chore::cargo(&[&start[..], packages, &end[..]].concat()))
    };
    step("lints", || lints(&["--workspace", "--exclude", "desktop"]))?;
    step("lints of the window", || {
        setup::run_for_desktop()?;
        lints(&["-p", "desktop"])
    })?;
    step("documentation", || {
        let mut doc = chore::cargo(&["doc", "--workspace", "--exclude", "desktop", "--no-deps", "--locked"]);
        chore::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    step("generated files", || generate::run(generate::Mode::Compare))?;
    step("front end", || {
        front_end::packages()?;
        chore::run(&mut npm(&["run", "--silent", "lint"]))?;
        chore::run(&mut npm(&["run", "--silent", "check"]))
    })?;
    step("architecture", || {
        chore::run(&mut chore::cargo(&["test", "--locked", "-p", "conflict-tests", "--test", "architecture"]))
    })
}

fn step(name: &str, work: impl FnOnce() -> Result<(), ChoreError>) -> Result<(), ChoreError> {
    println!("check: {name}");
    let start = chore::now();
    let done = work();
    let outcome = if done.is_ok() { "ok" } else { "FAILED" };
    println!("check: {name}: {outcome} ({:.1} s)", start.elapsed().as_secs_f32());
    done
}
