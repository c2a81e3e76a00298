//! Slows guessing down: after ten wrong passwords in a row from one address for one e-mail, each further try has to wait
//! longer. In memory: a restart forgives, which costs a guesser little and a master nothing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

const FREE_TRIES: u32 = 10;
const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// More guessers than this are not remembered one by one; the oldest are forgotten.
const MOST: usize = 10_000;

/// Who tries: an address and the hash of an e-mail.
type Who = (IpAddr, [u8; 32]);

/// Counts wrong passwords. Clones share the count.
#[derive(Clone, Debug, Default)]
pub struct LoginGuard(Arc<Mutex<HashMap<Who, Tries>>>);

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: u32,
    last: Timestamp,
}

impl Tries {
    fn free_at(self) -> Timestamp {
        let Some(beyond) = self.wrong.checked_sub(FREE_TRIES) else { return Timestamp::UNIX_EPOCH };
        let wait = FIRST_WAIT.saturating_mul(1 << beyond.min(10)).min(LONGEST_WAIT);
        self.last.saturating_add(wait).unwrap_or(self.last)
    }
}

impl LoginGuard {
    /// How long to wait before the next try; `None` if it may be now.
    #[must_use]
    pub fn wait(&self, who: Who, now: Timestamp) -> Option<Duration> {
        let free_at = self.tries().get(&who)?.free_at();
        let wait = now.duration_until(free_at);
        wait.is_positive().then(|| wait.unsigned_abs())
    }

    /// Notes a wrong password.
    pub fn wrong(&self, who: Who, now: Timestamp) {
        let mut tries = self.tries();
        if tries.len() >= MOST {
            let fresh = now.saturating_sub(SignedDuration::from_mins(15)).unwrap_or(now);
            tries.retain(|_, tries| tries.last > fresh);
            if tries.len() >= MOST {
                tries.clear();
            }
        }
        let entry = tries.entry(who).or_insert(Tries { wrong: 0, last: now });
        entry.wrong += 1;
        entry.last = now;
    }

    /// Forgets, after the right password.
    pub fn right(&self, who: Who) {
        self.tries().remove(&who);
    }

    fn tries(&self) -> MutexGuard<'_, HashMap<Who, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn ten_tries_are_free_then_each_waits_longer_and_the_right_one_forgives() {
        let guard = LoginGuard::default();
        let anna: Who = (Ipv4Addr::LOCALHOST.into(), [1; 32]);
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        for _ in 0..9 {
            guard.wrong(anna, at(0));
        }
        assert_eq!(guard.wait(anna, at(0)), None);
        guard.wrong(anna, at(0));
        assert_eq!(guard.wait(anna, at(0)), Some(Duration::from_secs(30)));
        assert_eq!(guard.wait((Ipv4Addr::LOCALHOST.into(), [2; 32]), at(0)), None);
        assert_eq!(guard.wait(anna, at(30)), None);
        guard.wrong(anna, at(30));
        assert_eq!(guard.wait(anna, at(30)), Some(Duration::from_mins(1)));
        for _ in 0..50 {
            guard.wrong(anna, at(100));
        }
        assert_eq!(guard.wait(anna, at(100)), Some(LONGEST_WAIT));
        guard.right(anna);
        assert_eq!(guard.wait(anna, at(100)), None);
    }
}
