//! The same counts in Redis, for all nodes together, each step one script and by the clock of Redis. Whoever asks hears
//! `None` when no Redis answers.

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;

use super::{Count, FIRST_WAIT, LONGEST_WAIT, MEMORY, MOST_DOUBLINGS, Who};
use crate::redis::Redis;

static BEGIN: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("begin.lua")));
static SETTLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("settle.lua")));

/// The counts of all nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(Redis);

impl Shared {
    pub(super) const fn new(redis: Redis) -> Self {
        Self(redis)
    }

    /// Begins a try, or says how long to wait for it.
    pub(super) async fn begin(&self, who: Who) -> Option<Result<(), Duration>> {
        if !self.0.is_set() {
            return None;
        }
        let counts: Vec<Count> = who.counts().collect();
        let times = [FIRST_WAIT, LONGEST_WAIT, MEMORY].map(|time| time.as_millis().to_string());
        let doublings = MOST_DOUBLINGS.to_string();
        let free = counts.iter().map(|count| count.free_tries().to_string());
        let arguments: Vec<String> = times.into_iter().chain([doublings]).chain(free).collect();
        let wait: u64 = self.run(&BEGIN, &counts, &arguments).await?;
        Some(if wait == 0 { Ok(()) } else { Err(Duration::from_millis(wait)) })
    }

    /// Forgets, but what an address did elsewhere.
    pub(super) async fn right(&self, who: Who) {
        self.settle(who, |count| matches!(count, Count::Address(_))).await;
    }

    /// Takes a try back.
    pub(super) async fn undecided(&self, who: Who) {
        self.settle(who, |_| true).await;
    }

    /// Takes one try back where `is_kept`, and forgets the others whole.
    async fn settle(&self, who: Who, is_kept: impl Fn(Count) -> bool) {
        if !self.0.is_set() {
            return;
        }
        let counts: Vec<Count> = who.counts().collect();
        let word = |count: &Count| if is_kept(*count) { "take back" } else { "forget" }.to_owned();
        let words: Vec<String> = counts.iter().map(word).collect();
        // Without an answer the tries stay counted there for an hour at most.
        let _: Option<u64> = self.run(&SETTLE, &counts, &words).await;
    }

    async fn run(&self, script: &Script, counts: &[Count], arguments: &[String]) -> Option<u64> {
        let keys: Vec<String> = counts.iter().map(|count| key(*count)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.0.run(script, &keys, &arguments).await
    }
}

/// The name of a count. An e-mail is a hash already when it comes here.
fn key(count: Count) -> String {
    let mut key = "veloria:guard:".to_owned();
    // Writing to a String cannot fail.
    let _ = match count {
        Count::Pair(ip, email) => write!(key, "pair:{ip}:{}", hex::encode(email)),
        Count::Email(email) => write!(key, "email:{}", hex::encode(email)),
        Count::Address(ip) => write!(key, "address:{ip}"),
        Count::Known(mark) => write!(key, "known:{}", hex::encode(mark)),
    };
    key
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::auth::LoginGuard;
    use crate::system::SystemClock;
    use crate::testing::TestRedis;
    use domain::ids::Clock as _;

    fn who(ip: u8, email: u8) -> Who {
        Who { ip: Ipv4Addr::new(203, 0, 113, ip).into(), email: [email; 32], known: None }
    }

    fn nodes(redis: &TestRedis) -> [LoginGuard; 2] {
        [(); 2].map(|()| LoginGuard::across(Redis::at(&redis.url().into()).unwrap()))
    }

    async fn begin(guard: &LoginGuard, who: Who) -> Result<(), u64> {
        guard.begin(who, SystemClock.now()).await.map_err(|wait| wait.as_secs().div_ceil(10) * 10)
    }

    #[tokio::test]
    async fn two_nodes_count_as_one_and_the_right_password_at_either_forgives() {
        let redis = TestRedis::start();
        let [one, two] = nodes(&redis);
        let anna = who(1, 1);
        for try_ in 0..10 {
            assert_eq!(begin(if try_ % 2 == 0 { &one } else { &two }, anna).await, Ok(()));
        }
        assert_eq!(begin(&one, anna).await, Err(30));
        assert_eq!(begin(&two, anna).await, Err(30));
        assert_eq!(begin(&one, who(1, 2)).await, Ok(()), "another e-mail");
        two.right(anna).await.unwrap();
        assert_eq!(begin(&one, anna).await, Ok(()));
        for _ in 0..50 {
            begin(&one, who(2, 2)).await.unwrap();
            one.undecided(who(2, 2)).await;
        }
    }

    #[tokio::test]
    async fn a_thousand_tries_at_once_at_two_nodes_are_ten() {
        let redis = TestRedis::start();
        let nodes = nodes(&redis);
        let tries = (0..1_000).map(|number| begin(&nodes[number % 2], who(1, 1)));
        let begun = futures::future::join_all(tries).await;
        assert_eq!(begun.iter().filter(|begun| begun.is_ok()).count(), 10);
    }

    #[tokio::test]
    async fn one_address_at_many_accounts_waits_and_an_account_of_its_own_washes_nothing_off() {
        let redis = TestRedis::start();
        let [one, two] = nodes(&redis);
        for email in 0..99 {
            begin(if email % 2 == 0 { &one } else { &two }, who(1, email)).await.unwrap();
        }
        begin(&one, who(1, 200)).await.unwrap();
        two.right(who(1, 200)).await.unwrap();
        assert_eq!(begin(&one, who(1, 201)).await, Ok(()));
        assert!(begin(&two, who(1, 202)).await.is_err());
        assert_eq!(begin(&two, who(2, 202)).await, Ok(()), "elsewhere nobody waits");
    }

    #[tokio::test]
    async fn when_redis_dies_each_node_goes_on_with_what_it_counted_itself() {
        let mut redis = TestRedis::start();
        let [one, two] = nodes(&redis);
        let anna = who(1, 1);
        for _ in 0..6 {
            begin(&one, anna).await.unwrap();
        }
        redis.kill();
        for _ in 0..4 {
            assert_eq!(begin(&one, anna).await, Ok(()));
        }
        assert_eq!(begin(&one, anna).await, Err(30), "six before and four after");
        assert_eq!(begin(&two, anna).await, Ok(()), "the other has counted none");
    }
}
