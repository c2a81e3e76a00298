//! `cargo xtask check`: all that is checked besides the tests, one named and timed step after the other, up to the first
//! that fails.

use crate::chore::{self, ChoreError};
use crate::front_end::{self, npm};
use crate::generate;

pub(crate) fn run() -> Result<(), ChoreError> {
    step("formatting", || chore::run(&mut chore::cargo(&["fmt", "--all", "--check"])))?;
    step("lints", || {
        let clippy = [
            "clippy",
            "--workspace",
            "--exclude",
            "desktop",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ];
        chore::run(&mut chore::cargo(&clippy))
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
