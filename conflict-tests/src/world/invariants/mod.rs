//! What must always hold: one function, one name. `steps` is checked while the history plays, `rest` when all is quiet.

mod promises;
mod resolution;
mod rest;
mod steps;

use std::fmt;

use client_core::app::AppError;
use client_core::store::StoreError;

pub(super) use promises::{
    AskedOf, i08_cancelled_is_not_asked, i08_exactly_once_effect, i08_settled_once, i12_answer_is_ours,
    i12_history_is_ours, i17_revoked_is_out,
};
pub(super) use rest::{at_rest, i14_liveness_bound, is_quiet};
pub(super) use steps::{
    after_commit, i02_nothing_leaves_too_early, i03_acked_is_there, i05_nothing_is_unread,
    i05_what_is_told_is_written, i06_atomic_group, i07_cursor_monotonic_no_gap, i13_damage_is_put_aside,
    i13_refused_is_kept,
};

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its name.
    pub invariant: String,
    /// What was seen.
    pub what: String,
    /// At which step of the history; `None` at the end.
    pub step: Option<usize>,
}

impl Broken {
    pub(crate) fn new(invariant: &str, what: impl Into<String>) -> Self {
        Self { invariant: invariant.to_owned(), what: what.into(), step: None }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Some(step) => write!(f, "{} at step {step}: {}", self.invariant, self.what),
            None => write!(f, "{} at the end: {}", self.invariant, self.what),
        }
    }
}

impl From<AppError> for Broken {
    fn from(error: AppError) -> Self {
        Self::new("I00_possible", format!("the app failed: {error}"))
    }
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::new("I00_possible", format!("the store failed: {error}"))
    }
}

/// A condition under its invariant's name.
fn must(holds: bool, invariant: &str, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken::new(invariant, what())) }
}
