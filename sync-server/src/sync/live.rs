//! The live word: "head is now N". It carries no data; whoever hears it syncs.
//!
//! One watch per tenant in this process. A word lost is a word repeated by the next sync; polling is the fallback.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::TenantId;
use tokio::sync::watch;

/// Who listens. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Live {
    tenants: Arc<Mutex<HashMap<TenantId, watch::Sender<u64>>>>,
}

impl Live {
    /// Tells everybody who listens to a tenant where its log stands. A lower number than the last is not told.
    pub fn poke(&self, tenant: TenantId, head: u64) {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = tenants.get(&tenant) {
            if sender.is_closed() {
                tenants.remove(&tenant);
            } else {
                sender.send_if_modified(|known| {
                    if *known < head {
                        *known = head;
                        true
                    } else {
                        false
                    }
                });
            }
        }
    }

    pub(super) fn listen(&self, tenant: TenantId, head: u64) -> watch::Receiver<u64> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant).or_insert_with(|| watch::Sender::new(head)).subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_word_reaches_its_tenant_only_and_never_goes_back() {
        let live = Live::default();
        let [a, b] = [1, 2].map(|n| TenantId(uuid::Uuid::from_u128(n)));
        let (mut for_a, for_b) = (live.listen(a, 0), live.listen(b, 0));
        live.poke(a, 5);
        live.poke(a, 3);
        for_a.changed().await.unwrap();
        assert_eq!(*for_a.borrow_and_update(), 5);
        assert!(!for_b.has_changed().unwrap());
    }
}
