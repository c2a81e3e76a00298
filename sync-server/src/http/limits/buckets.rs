//! Where buckets are kept: in Redis, if there is one that answers, and else in this process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use redis::Script;

use super::gcra::{Rate, Verdict};
use crate::redis::Redis;
use crate::system::Stopwatch;

/// Callers whose buckets are remembered at the same time; then those that are empty are forgotten, and if none is, all:
/// who asks from a million addresses at once gets no memory of ours for it.
const MOST: usize = 100_000;

/// The buckets of this process, and the way to those of all nodes.
#[derive(Debug)]
pub(super) struct Buckets {
    redis: Redis,
    script: Script,
    start: Stopwatch,
    here: Mutex<HashMap<String, i64>>,
}

impl Buckets {
    pub(super) fn new(redis: Redis) -> Self {
        let script = Script::new(include_str!("gcra.lua"));
        Self { redis, script, start: Stopwatch::start(), here: Mutex::default() }
    }

    /// Whether there is a Redis to ask.
    pub(super) const fn are_shared(&self) -> bool {
        self.redis.is_set()
    }

    /// Takes one place in a caller's bucket, if there is one.
    pub(super) async fn take(&self, key: &str, rate: Rate) -> Verdict {
        if self.redis.is_set() {
            let (interval, most) = (rate.interval().to_string(), rate.most().to_string());
            let shared = format!("veloria:limit:{key}");
            let arguments = [interval.as_str(), most.as_str()];
            let answer: Option<(i64, i64, i64)> = self.redis.run(&self.script, &[&shared], &arguments).await;
            if let Some((wait, empty_at, now)) = answer {
                return rate.verdict(empty_at, now, wait);
            }
        }
        self.take_here(key, rate, i64::try_from(self.start.micros()).unwrap_or(i64::MAX))
    }

    fn take_here(&self, key: &str, rate: Rate, now: i64) -> Verdict {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if here.len() >= MOST && !here.contains_key(key) {
            here.retain(|_, empty_at| *empty_at > now);
            if here.len() >= MOST {
                here.clear();
            }
        }
        let (verdict, empty_at) = rate.decide(here.get(key).copied(), now);
        here.insert(key.to_owned(), empty_at);
        verdict
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::TestRedis;

    #[test]
    fn each_caller_has_a_bucket_and_a_million_of_them_have_no_more_memory() {
        let buckets = Buckets::new(Redis::default());
        let rate = Rate::new(1, Duration::from_mins(1)).unwrap();
        assert!(buckets.take_here("anna", rate, 0).wait.is_none());
        assert!(buckets.take_here("olga", rate, 0).wait.is_none());
        assert!(buckets.take_here("anna", rate, 1).wait.is_some());
        for number in 0..2 * MOST {
            buckets.take_here(&number.to_string(), rate, 2);
        }
        assert!(buckets.here.lock().unwrap().len() <= MOST);
    }

    #[tokio::test]
    async fn without_redis_this_process_counts_alone() {
        let buckets = Buckets::new(Redis::at(&"redis://127.0.0.1:1".to_owned().into()).unwrap());
        let rate = Rate::new(2, Duration::from_mins(1)).unwrap();
        let mut waits = Vec::new();
        for _ in 0..3 {
            waits.push(buckets.take("anna", rate).await.wait.is_some());
        }
        assert_eq!(waits, [false, false, true]);
    }

    #[tokio::test]
    async fn the_script_in_redis_and_the_arithmetic_here_decide_alike() {
        let server = TestRedis::start();
        let redis = Redis::at(&server.url().into()).unwrap();
        let script = Script::new(include_str!("gcra.lua"));
        for (most, per) in [(1, 20), (3, 40), (7, 1_000), (60, 60_000)] {
            let rate = Rate::new(most, Duration::from_millis(per)).unwrap();
            let (interval, most) = (rate.interval().to_string(), rate.most().to_string());
            let (key, mut kept) = (format!("test:{per}"), None);
            let (mut let_in, mut refused) = (0, 0);
            for number in 0..150_u64 {
                let answer = redis.run(&script, &[&key], &[&interval, &most]).await;
                let (wait, empty_at, now): (i64, i64, i64) = answer.expect("it answers");
                let (ours, next) = rate.decide(kept, now);
                assert_eq!((rate.verdict(empty_at, now, wait), empty_at), (ours, next), "{rate:?} at {now}");
                kept = Some(next);
                *if wait > 0 { &mut refused } else { &mut let_in } += 1;
                if number % 10 == 9 {
                    tokio::time::sleep(Duration::from_millis(number % 4 * 7)).await;
                }
            }
            assert!(let_in > 0 && refused > 0, "{rate:?}: both happen");
        }
    }
}
