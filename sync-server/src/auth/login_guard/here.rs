//! Wrong passwords as this process counts them: alone where there is no Redis, and whenever none answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Count, FIRST_WAIT, LONGEST_WAIT, MEMORY, MOST_DOUBLINGS, Who};

/// More guessers than this are not remembered one by one; the oldest are forgotten.
const MOST: usize = 30_000;

/// The counts of this process. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Here(Arc<Mutex<HashMap<Count, Tries>>>);

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: u32,
    last: Timestamp,
}

impl Tries {
    fn free_at(self, free_tries: u32) -> Timestamp {
        let Some(beyond) = self.wrong.checked_sub(free_tries) else { return Timestamp::UNIX_EPOCH };
        let wait = FIRST_WAIT.saturating_mul(1 << beyond.min(MOST_DOUBLINGS)).min(LONGEST_WAIT);
        self.last.saturating_add(wait).unwrap_or(self.last)
    }
}

impl Here {
    /// Begins a try, or says how long to wait for it. It counts as wrong until it is told otherwise, so that many at once do
    /// not slip through together.
    pub(super) fn begin(&self, who: Who, now: Timestamp) -> Result<(), Duration> {
        let mut tries = self.tries();
        let free_at = who.counts().filter_map(|count| {
            tries
                .get(&count)
                .filter(|tries| tries.is_fresh(now))
                .map(|tries| tries.free_at(count.free_tries()))
        });
        let wait = free_at.max().map_or(SignedDuration::ZERO, |free_at| now.duration_until(free_at));
        if wait.is_positive() {
            return Err(wait.unsigned_abs());
        }
        if tries.len() + 3 > MOST {
            tries.retain(|_, tries| tries.is_fresh(now));
            if tries.len() + 3 > MOST {
                forget_oldest(&mut tries);
            }
        }
        for count in who.counts() {
            let entry = tries.entry(count).or_insert(Tries { wrong: 0, last: now });
            if !entry.is_fresh(now) {
                entry.wrong = 0;
            }
            entry.wrong += 1;
            entry.last = now;
        }
        Ok(())
    }

    /// Forgets, after the right password. What one address did at other e-mails stays: an account of one's own does not wash
    /// off guesses at others'.
    pub(super) fn right(&self, who: Who) {
        let mut tries = self.tries();
        for count in who.counts() {
            if let Count::Address(_) = count {
                take_back(&mut tries, count);
            } else {
                tries.remove(&count);
            }
        }
    }

    /// Takes a try back that came to no verdict.
    pub(super) fn undecided(&self, who: Who) {
        let mut tries = self.tries();
        for count in who.counts() {
            take_back(&mut tries, count);
        }
    }

    fn tries(&self) -> MutexGuard<'_, HashMap<Count, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tries {
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.last) < SignedDuration::try_from(MEMORY).unwrap_or(SignedDuration::MAX)
    }
}

/// Forgets the tenth that was quiet for longest: whoever comes from very many addresses does not wash off what others did just
/// now.
fn forget_oldest(tries: &mut HashMap<Count, Tries>) {
    let mut lasts: Vec<Timestamp> = tries.values().map(|tries| tries.last).collect();
    let (_, &mut border, _) = lasts.select_nth_unstable(MOST / 10);
    let mut left = MOST / 10;
    tries.retain(|_, tries| {
        let goes = tries.last < border || tries.last == border && left > 0;
        left -= usize::from(goes && left > 0);
        !goes
    });
}

fn take_back(tries: &mut HashMap<Count, Tries>, count: Count) {
    if let Some(tries) = tries.get_mut(&count) {
        tries.wrong = tries.wrong.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn who(ip: u8, email: u8) -> Who {
        Who { ip: Ipv4Addr::new(203, 0, 113, ip).into(), email: [email; 32], known: None }
    }

    #[test]
    fn ten_tries_are_free_then_each_waits_longer_and_the_right_one_forgives() {
        let guard = Here::default();
        let anna = who(1, 1);
        for _ in 0..10 {
            assert_eq!(guard.begin(anna, at(0)), Ok(()));
        }
        assert_eq!(guard.begin(anna, at(0)), Err(Duration::from_secs(30)));
        assert_eq!(guard.begin(who(1, 2), at(0)), Ok(()), "another e-mail");
        assert_eq!(guard.begin(who(2, 1), at(0)), Ok(()), "another address");
        assert_eq!(guard.begin(anna, at(30)), Ok(()));
        assert_eq!(guard.begin(anna, at(30)), Err(Duration::from_mins(1)));
        guard.right(anna);
        assert_eq!(guard.begin(anna, at(30)), Ok(()));
    }

    #[test]
    fn strangers_from_everywhere_wait_and_a_browser_that_signed_in_before_does_not() {
        let guard = Here::default();
        for ip in 0..100 {
            assert_eq!(guard.begin(who(ip, 1), at(0)), Ok(()));
        }
        assert!(guard.begin(who(200, 1), at(0)).is_err(), "a hundred wrong ones from a hundred addresses");
        let hers = Who { known: Some([7; 16]), ..who(200, 1) };
        for _ in 0..10 {
            assert_eq!(guard.begin(hers, at(0)), Ok(()), "her own browser");
        }
        assert!(guard.begin(hers, at(0)).is_err(), "which may guess no more than others");
        assert_eq!(guard.begin(who(200, 2), at(0)), Ok(()), "other accounts do not notice");
    }

    #[test]
    fn one_address_at_many_accounts_waits_and_an_account_of_its_own_washes_nothing_off() {
        let guard = Here::default();
        for email in 0..99 {
            assert_eq!(guard.begin(who(1, email), at(0)), Ok(()));
        }
        let own = who(1, 200);
        guard.begin(own, at(0)).unwrap();
        guard.right(own);
        assert_eq!(guard.begin(who(1, 201), at(0)), Ok(()));
        assert!(guard.begin(who(1, 202), at(0)).is_err());
        assert_eq!(guard.begin(who(2, 1), at(0)), Ok(()), "elsewhere nobody waits");
    }

    #[test]
    fn a_household_of_ipv6_is_one_address() {
        let guard = Here::default();
        let at_home =
            |n: u16| Who { ip: format!("2001:db8:1:2::{n:x}").parse().unwrap(), email: [1; 32], known: None };
        let begun = (0..1_000).filter(|&n| guard.begin(at_home(n), at(0)).is_ok()).count();
        assert_eq!(begun, 10);
    }

    #[test]
    fn many_guessers_wash_off_nothing_that_was_guessed_just_now() {
        let guard = Here::default();
        let of = |n: u32| Who {
            ip: n.to_be_bytes().into(),
            email: [9; 32],
            known: Some(u128::from(n).to_be_bytes()),
        };
        for n in 0..20_000 {
            guard.begin(of(n), at(0)).unwrap();
        }
        for _ in 0..10 {
            guard.begin(who(1, 1), at(1)).unwrap();
        }
        for n in 20_000..35_000 {
            guard.begin(of(n), at(2)).unwrap();
        }
        assert!(guard.begin(who(1, 1), at(2)).is_err());
        assert!(guard.tries().len() <= MOST);
    }

    #[test]
    fn a_thousand_tries_at_once_are_ten() {
        let guard = Here::default();
        let begun = (0..1_000).filter(|_| guard.begin(who(1, 1), at(0)).is_ok()).count();
        assert_eq!(begun, 10);
    }

    #[test]
    fn what_came_to_no_verdict_is_not_counted_and_an_hour_forgets() {
        let guard = Here::default();
        for _ in 0..50 {
            guard.begin(who(1, 1), at(0)).unwrap();
            guard.undecided(who(1, 1));
        }
        for _ in 0..10 {
            guard.begin(who(1, 1), at(0)).unwrap();
        }
        assert!(guard.begin(who(1, 1), at(0)).is_err());
        assert_eq!(guard.begin(who(1, 1), at(3_600)), Ok(()));
        assert_eq!(guard.begin(who(1, 1), at(3_600)), Ok(()), "and counts anew");
    }
}
