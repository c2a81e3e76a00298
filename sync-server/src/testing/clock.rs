//! The machine's clock, but it can be moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::ids::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::system::SystemClock;

/// A clock that runs, and jumps when told. Clones jump together.
#[derive(Clone, Debug, Default)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Moves it.
    pub fn advance(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}
