//! Slows guessing down and never locks the owner out (docs/adr/0012). Wrong passwords are counted in three ways, each with some
//! free tries and then a wait that doubles: for one e-mail from one address, for one e-mail from all strangers, for one
//! address at all e-mails. A browser that signed in before carries a mark and is counted by itself alone.
//!
//! In Redis, if there is one that answers, so that all nodes count as one; in this process besides, which is what counts when
//! none does. In memory both ways: a restart forgives, which costs a guesser little and a master nothing.

mod here;
mod shared;

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinHandle;

use crate::http::household;
use crate::redis::Redis;
use here::Here;
use shared::Shared;

const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// The wait doubles so often; then it is the longest anyway.
const MOST_DOUBLINGS: u32 = 10;
/// Wrong tries are forgotten after this long without another.
const MEMORY: Duration = Duration::from_hours(1);

/// Who tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// From where.
    pub ip: IpAddr,
    /// The hash of the e-mail.
    pub email: [u8; 32],
    /// The mark of a browser that signed in to this e-mail before.
    pub known: Option<[u8; 16]>,
}

/// What tries are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Count {
    /// One e-mail from one address.
    Pair(IpAddr, [u8; 32]),
    /// One e-mail from all strangers.
    Email([u8; 32]),
    /// One address at all e-mails.
    Address(IpAddr),
    /// A browser that signed in before.
    Known([u8; 16]),
}

impl Count {
    const fn free_tries(self) -> u32 {
        match self {
            Self::Pair(..) | Self::Known(_) => 10,
            Self::Email(_) | Self::Address(_) => 100,
        }
    }
}

impl Who {
    fn counts(self) -> impl Iterator<Item = Count> {
        // As the limits of requests count: whoever has an address of IPv6 has 2^64 of them.
        let ip = household(self.ip);
        let strangers = [Count::Pair(ip, self.email), Count::Email(self.email), Count::Address(ip)];
        let known = self.known.map(Count::Known);
        let strangers = strangers.into_iter().filter(move |_| known.is_none());
        known.into_iter().chain(strangers)
    }
}

/// Counts wrong passwords. Clones share the count.
#[derive(Clone, Debug, Default)]
pub struct LoginGuard {
    here: Here,
    shared: Shared,
}

impl LoginGuard {
    /// A guard that counts with those of all nodes that have this Redis.
    #[must_use]
    pub fn across(redis: Redis) -> Self {
        Self { here: Here::default(), shared: Shared::new(redis) }
    }

    /// Begins a try, or says how long to wait for it. It counts as wrong until it is told otherwise, so that many at once do
    /// not slip through together.
    pub async fn begin(&self, who: Who, now: Timestamp) -> Result<(), Duration> {
        let alone = self.here.begin(who, now);
        let Some(together) = self.shared.begin(who).await else { return alone };
        if together.is_err() && alone.is_ok() {
            self.here.undecided(who);
        }
        together
    }

    /// Forgets, after the right password. What one address did at other e-mails stays: an account of one's own does not wash
    /// off guesses at others'. Redis hears of it meanwhile, because whoever tells holds a connection and the row of a person,
    /// which must not wait for it (so a wrong try of the next moment may be forgiven with the others); the handle is for those who
    /// must know that it has heard.
    #[must_use = "drop it, unless you must know that Redis has heard"]
    pub fn right(&self, who: Who) -> JoinHandle<()> {
        self.here.right(who);
        let shared = self.shared.clone();
        tokio::spawn(async move { shared.right(who).await })
    }

    /// Takes a try back that came to no verdict.
    pub async fn undecided(&self, who: Who) {
        self.here.undecided(who);
        self.shared.undecided(who).await;
    }
}
