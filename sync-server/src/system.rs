//! The outside world's one home: the real clock, real ids and real chance. Everything else gets them as arguments.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::ids::{Clock, Ids};
use jiff::Timestamp;
use rand::Rng as _;
use uuid::Uuid;

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the clock's one home")]
        Timestamp::now()
    }
}

/// `UUIDv7` by the clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn uuid(&mut self) -> Uuid {
        #[expect(clippy::disallowed_methods, reason = "the ids' one home")]
        Uuid::now_v7()
    }
}

/// Bytes that nobody can guess: for tokens, salts and actors.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "chance's one home")]
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// How long something took, for the log. Unlike the clock it never jumps.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins to count.
    #[must_use]
    pub fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the stopwatch's one home")]
        Self(Instant::now())
    }

    /// How long it has been.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// Microseconds since the start.
    #[must_use]
    pub fn micros(self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// One source of ids for many tasks at once.
#[derive(Clone)]
pub struct SharedIds(Arc<Mutex<dyn Ids>>);

impl SharedIds {
    /// Shares a source.
    pub fn new(ids: impl Ids + 'static) -> Self {
        Self(Arc::new(Mutex::new(ids)))
    }
}

impl Ids for SharedIds {
    fn uuid(&mut self) -> Uuid {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).uuid()
    }
}

impl fmt::Debug for SharedIds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SharedIds")
    }
}
