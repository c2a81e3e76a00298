//! The outside world's one home: the real clock, real ids and real chance. Everything else gets them as arguments.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::{Clock, Ids};
use jiff::Timestamp;
use rand::Rng as _;
use uuid::Uuid;

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// UUIDv7 by the clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn uuid(&mut self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Bytes that nobody can guess: for tokens, salts and actors.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
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
