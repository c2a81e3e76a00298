//! How often is too often: GCRA, the leaky bucket that needs one number for each caller. Pure; the same arithmetic runs in
//! Redis (`gcra.lua`) when several nodes share their limits.

use std::time::Duration;

/// So many at once, and so many more in each stretch of time, evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    most: u32,
    per: Duration,
}

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The most at once.
    pub most: u32,
    /// How many more there may be now.
    pub left: u32,
    /// When all of them may be again.
    pub full_in: Duration,
    /// How long to wait, if this one is too many.
    pub wait: Option<Duration>,
}

impl Rate {
    /// A rate; none of zero, or over no time.
    #[must_use]
    pub fn new(most: u32, per: Duration) -> Option<Self> {
        (most > 0 && per.as_micros() >= u128::from(most)).then_some(Self { most, per })
    }

    /// The microseconds after which one more may come.
    #[must_use]
    pub fn interval(self) -> i64 {
        i64::try_from(self.per.as_micros() / u128::from(self.most)).unwrap_or(i64::MAX)
    }

    /// The most at once.
    #[must_use]
    pub const fn most(self) -> u32 {
        self.most
    }

    /// What becomes of a request at `now`, in microseconds, if the bucket is empty again at `empty_at`. The second is when it
    /// is empty again after this request: what is to be kept.
    #[must_use]
    pub fn decide(self, empty_at: Option<i64>, now: i64) -> (Verdict, i64) {
        let (interval, room) = (self.interval(), self.interval().saturating_mul(i64::from(self.most)));
        let standing = empty_at.unwrap_or(now).max(now);
        let next = standing.saturating_add(interval);
        let wait = next.saturating_sub(room).saturating_sub(now);
        if wait > 0 {
            (self.verdict(standing, now, wait), standing)
        } else {
            (self.verdict(next, now, 0), next)
        }
    }

    /// What a bucket that is empty again at `empty_at` means.
    pub(super) fn verdict(self, empty_at: i64, now: i64, wait: i64) -> Verdict {
        let used = empty_at.saturating_sub(now).max(0);
        let room = self.interval().saturating_mul(i64::from(self.most));
        let micros = |number: i64| Duration::from_micros(number.max(0).unsigned_abs());
        Verdict {
            most: self.most,
            left: u32::try_from((room - used).max(0) / self.interval()).unwrap_or(self.most),
            full_in: micros(used),
            wait: (wait > 0).then(|| micros(wait)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(most: u32, seconds: u64) -> Rate {
        Rate::new(most, Duration::from_secs(seconds)).unwrap()
    }

    #[test]
    fn so_many_at_once_and_then_one_after_each_interval() {
        let rate = rate(3, 60);
        let mut kept = None;
        let mut ask = |now: i64| {
            let (verdict, empty_at) = rate.decide(kept, now * 1_000_000);
            kept = Some(empty_at);
            (verdict.wait.map(|wait| wait.as_secs()), verdict.left)
        };
        assert_eq!([ask(0), ask(0), ask(0)], [(None, 2), (None, 1), (None, 0)]);
        assert_eq!(ask(0), (Some(20), 0), "the fourth waits for the first to leak out");
        assert_eq!(ask(19), (Some(1), 0), "asking in vain costs nothing");
        assert_eq!([ask(20), ask(20)], [(None, 0), (Some(20), 0)]);
        assert_eq!(ask(500), (None, 2), "rest forgives all");
        assert_eq!((Rate::new(0, Duration::from_secs(1)), Rate::new(1, Duration::ZERO)), (None, None));
    }

    proptest! {
        #[test]
        fn in_no_stretch_of_time_are_there_more_than_the_burst_and_the_rate(
            most in 1_u32..20, seconds in 1_u64..100, gaps in prop::collection::vec(0_i64..20_000_000, 1..200),
        ) {
            let rate = rate(most, seconds);
            let (mut now, mut kept, mut let_in) = (0, None, Vec::new());
            for gap in gaps {
                now += gap;
                let (verdict, empty_at) = rate.decide(kept, now);
                kept = Some(empty_at);
                if verdict.wait.is_none() {
                    let_in.push(now);
                }
                prop_assert!(verdict.left <= most);
            }
            for (first, from) in let_in.iter().enumerate() {
                for (last, to) in let_in.iter().enumerate().skip(first) {
                    let allowed = i64::from(most) + (to - from) / rate.interval();
                    prop_assert!(i64::try_from(last - first + 1).unwrap() <= allowed);
                }
            }
        }

        #[test]
        fn who_waits_as_long_as_told_is_let_in(most in 1_u32..20, seconds in 1_u64..100, full in 0_i64..1_000_000_000) {
            let rate = rate(most, seconds);
            if let (Verdict { wait: Some(wait), .. }, kept) = rate.decide(Some(full), 0) {
                let later = i64::try_from(wait.as_micros()).unwrap();
                prop_assert!(rate.decide(Some(kept), later).0.wait.is_none());
                prop_assert!(rate.decide(Some(kept), later - 1).0.wait.is_some());
            }
        }
    }
}
