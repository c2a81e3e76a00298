//! The simulated world: one thread, one queue of events, one seed.
//!
//! A [`History`] says what happens and when; [`run`] plays it and answers how it went, or which invariant broke. There
//! is no hidden chance: the same history gives the same trace, so a failure can be shrunk, kept and played again.

mod acts;
mod asks;
#[cfg(feature = "bugs")]
mod bugs;
mod check;
mod corpus;
mod coverage;
mod damage;
mod device;
mod faults;
mod generate;
mod graph;
mod history;
mod invariants;
mod network;
mod oracle;
mod play;
mod revoking;
mod server;
mod shrink;
mod trace;
mod trespass;
mod undoing;

#[cfg(feature = "bugs")]
pub use bugs::{BUGS, plant};
pub use corpus::{corpus, keep};
pub use coverage::{Coverage, LEAST_HITS, Moment};
pub use generate::generate;
pub use history::{Act, ActKind, Fault, FaultKind, History, Step, What};
pub use invariants::Broken;
pub use play::{Run, run};
pub use shrink::shrink;

/// The lines that let a person play a broken history again.
#[must_use]
pub fn replay(history: &History, broken: &Broken) -> String {
    let acts = history.steps.iter().filter(|step| matches!(step.what, What::Act(_))).count();
    let steps: Vec<String> = history.steps.iter().map(|step| format!("  {step:?}")).collect();
    format!(
        "{broken}\nseed {seed}, {devices} devices, {acts} operations, {count} steps:\n{steps}\n\
         replay the whole history: cargo xtask soak --histories 1 --seed {seed}",
        seed = history.seed,
        devices = history.devices,
        count = history.steps.len(),
        steps = steps.join("\n"),
    )
}
