//! The one home of real time and real chance. Everything else takes them as arguments.

use domain::ids::{Clock, Ids};
use jiff::Timestamp;
use uuid::Uuid;

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the real clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// New ids: UUIDv7.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "the one home of real ids")]
    fn uuid(&mut self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Fills bytes from the operating system's source of secrets.
#[expect(clippy::disallowed_methods, reason = "the one home of real chance")]
pub fn fill_random(bytes: &mut [u8]) {
    use rand::Rng as _;
    rand::rng().fill_bytes(bytes);
}
