//! The live word: "head is now N". It carries no data; whoever hears it syncs.
//!
//! One watch per tenant in this process; with Redis, the word goes to the other nodes, too. A word lost is a word repeated by
//! the next sync; polling is the fallback.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::{TenantId, TokenId};
use tokio::sync::{mpsc, watch};

use super::sockets::{Socket, Sockets};
use crate::redis::Redis;

/// Where nodes tell each other.
const CHANNEL: &str = "veloria:live";
/// Words that wait to be told to other nodes; more are dropped.
const MOST_WORDS: usize = 1_024;
/// The word that says nothing of the log: no log has ended at it.
const LOOK_AGAIN: u64 = 0;
/// Tenants of whom we remember what other nodes were told; then we begin anew and repeat ourselves.
const MOST_TOLD: usize = 100_000;

/// Who listens. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Live {
    here: Arc<Here>,
    others: Option<mpsc::Sender<(TenantId, u64)>>,
    sockets: Sockets,
}

#[derive(Debug, Default)]
struct Here {
    tenants: Mutex<HashMap<TenantId, watch::Sender<u64>>>,
}

impl Live {
    /// The same across all nodes that have this Redis. Needs the async runtime; what it starts there ends with the last clone.
    #[must_use]
    pub fn across(redis: Redis) -> Self {
        if !redis.is_set() {
            return Self::default();
        }
        let here = Arc::<Here>::default();
        let (others, words) = mpsc::channel(MOST_WORDS);
        let mut heard = redis.hear(CHANNEL);
        let listeners = Arc::downgrade(&here);
        tokio::spawn(async move {
            while let Some(word) = heard.recv().await {
                let Some(here) = listeners.upgrade() else { return };
                // Something else on this channel is not for us.
                if let Some((tenant, head)) = read(&word) {
                    here.tell(tenant, head);
                }
            }
        });
        tokio::spawn(tell_others(redis, words));
        Self { here, others: Some(others), sockets: Sockets::default() }
    }

    /// Tells everybody who listens to a tenant where its log stands. A lower number than the last is not told.
    pub fn poke(&self, tenant: TenantId, head: u64) {
        self.here.tell(tenant, head);
        if let Some(others) = &self.others {
            // Nobody waits for this: with no room the word is lost, and the next sync says it again.
            let _ = others.try_send((tenant, head));
        }
    }

    /// Makes every socket of a tenant look whether its key still works, at every node.
    pub fn look_again(&self, tenant: TenantId) {
        self.poke(tenant, LOOK_AGAIN);
    }

    /// A place for one more socket of a key, if it and its business have not too many in this process.
    pub(super) fn enter(&self, tenant: TenantId, token: TokenId) -> Option<Socket> {
        self.sockets.enter(tenant, token)
    }

    /// Says goodbye to every socket, and waits for the last to be closed.
    pub async fn close(&self) {
        self.sockets.close().await;
    }

    pub(super) fn listen(&self, tenant: TenantId, head: u64) -> watch::Receiver<u64> {
        let mut tenants = self.here.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant).or_insert_with(|| watch::Sender::new(head)).subscribe()
    }
}

impl Here {
    fn tell(&self, tenant: TenantId, head: u64) {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = tenants.get(&tenant) {
            if sender.is_closed() {
                tenants.remove(&tenant);
            } else {
                sender.send_if_modified(|known| {
                    let is_news = *known < head;
                    *known = head.max(*known);
                    is_news || head == LOOK_AGAIN
                });
            }
        }
    }
}

/// Tells the other nodes what is new since the last time; what Redis did not take is new the next time, too.
async fn tell_others(redis: Redis, mut words: mpsc::Receiver<(TenantId, u64)>) {
    let mut told: HashMap<TenantId, u64> = HashMap::new();
    while let Some((tenant, head)) = words.recv().await {
        // A log may begin anew at a lower number, after a restore; so only the very same is not repeated.
        if told.get(&tenant) == Some(&head) && head != LOOK_AGAIN {
            continue;
        }
        if told.len() >= MOST_TOLD {
            told.clear();
        }
        if redis.tell(CHANNEL, &format!("{} {head}", tenant.0.simple())).await {
            told.insert(tenant, head);
        }
    }
}

fn read(word: &str) -> Option<(TenantId, u64)> {
    let (tenant, head) = word.split_once(' ')?;
    Some((tenant.parse().ok()?, head.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestRedis;

    fn tenants() -> [TenantId; 2] {
        [1, 2].map(|n| TenantId(uuid::Uuid::from_u128(n)))
    }

    #[tokio::test]
    async fn a_word_reaches_its_tenant_only_and_never_goes_back() {
        let live = Live::default();
        let [a, b] = tenants();
        let (mut for_a, for_b) = (live.listen(a, 0), live.listen(b, 0));
        live.poke(a, 5);
        live.poke(a, 3);
        for_a.changed().await.unwrap();
        assert_eq!(*for_a.borrow_and_update(), 5);
        assert!(!for_b.has_changed().unwrap());
    }

    #[tokio::test]
    async fn a_word_reaches_the_other_node_also_after_redis_was_away() {
        let mut redis = TestRedis::start();
        let nodes = [(); 2].map(|()| Live::across(Redis::at(&redis.url().into()).unwrap()));
        let [a, b] = tenants();
        let (mut for_a, for_b) = (nodes[1].listen(a, 0), nodes[1].listen(b, 0));
        // The other node may not listen yet when the first word is said, so it is said until it is heard, each time anew.
        let say = async |nodes: &[Live; 2], for_a: &mut watch::Receiver<u64>, mut head: u64| {
            loop {
                nodes[0].poke(a, head);
                let patience = std::time::Duration::from_millis(100);
                if tokio::time::timeout(patience, for_a.changed()).await.is_ok() {
                    return *for_a.borrow_and_update();
                }
                head += 1;
            }
        };
        assert!(say(&nodes, &mut for_a, 1).await >= 1);
        redis.kill();
        nodes[0].poke(a, 1_000);
        redis.start_again();
        assert!(say(&nodes, &mut for_a, 2_000).await >= 2_000);
        assert!(!for_b.has_changed().unwrap(), "and nobody else's");
    }
}
