//! Sockets of the live word that are open in this process: how many each key and each business may have, and the goodbye when
//! the process ends. Knows no tenant's data.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::{TenantId, TokenId};
use tokio::sync::watch;

/// Sockets of one key: a device has one, and another while it has not noticed that the first is gone.
const OF_KEY: usize = 4;
/// Sockets of one business.
const OF_TENANT: usize = 64;

/// The sockets that are open. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sockets {
    open: Arc<Mutex<HashMap<TenantId, Vec<TokenId>>>>,
    stop: Arc<watch::Sender<bool>>,
}

/// A socket that listens; its place is given back when dropped.
#[derive(Debug)]
pub(super) struct Socket {
    all: Sockets,
    tenant: TenantId,
    token: TokenId,
    stop: watch::Receiver<bool>,
}

impl Sockets {
    /// A place for one more socket of a key, if it and its business have not too many.
    pub(super) fn enter(&self, tenant: TenantId, token: TokenId) -> Option<Socket> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = open.entry(tenant).or_default();
        if keys.len() >= OF_TENANT || keys.iter().filter(|key| **key == token).count() >= OF_KEY {
            return None;
        }
        keys.push(token);
        Some(Socket { all: self.clone(), tenant, token, stop: self.stop.subscribe() })
    }

    /// Says goodbye to every socket, and waits for the last to be closed.
    pub(super) async fn close(&self) {
        self.stop.send_replace(true);
        self.stop.closed().await;
    }
}

impl Socket {
    /// Comes back when the process ends.
    pub(super) async fn stopped(&mut self) {
        // Nobody stops what has no sender any more; then this process is gone anyway.
        drop(self.stop.wait_for(|stop| *stop).await);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let mut open = self.all.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(keys) = open.get_mut(&self.tenant) else { return };
        if let Some(own) = keys.iter().position(|key| *key == self.token) {
            keys.swap_remove(own);
        }
        if keys.is_empty() {
            open.remove(&self.tenant);
        }
    }
}
