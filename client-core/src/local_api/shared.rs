//! One home, many askers: whoever is first is served first, and nobody waits for a network while holding it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::{JoinError, spawn_blocking};

use crate::app::App;
use crate::driver::Steps;
use crate::store::StoreError;
use crate::sync::{Effect, Engine, Event};

/// The app of one device, shared by its API and its sync. Clones are the same app.
#[derive(Clone)]
pub struct SharedApp(Arc<Mutex<App>>);

impl SharedApp {
    /// Shares an app.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self(Arc::new(Mutex::new(app)))
    }

    /// Does something with the app, on a thread that may wait for the disk. It must not wait for a network.
    ///
    /// # Errors
    /// If it panics: nothing was kept then.
    pub async fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut App) -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        let mut app = self.0.clone().lock_owned().await;
        spawn_blocking(move || act(&mut app)).await
    }
}

/// A session of the sync holds the home for its steps, and lets go of it while it waits for the server.
impl Steps for SharedApp {
    async fn step(&mut self, engine: &mut Engine, event: Event) -> Result<Effect, StoreError> {
        self.0.lock().await.sync_step(engine, event)
    }

    async fn now(&mut self) -> jiff::Timestamp {
        self.0.lock().await.now()
    }

    async fn look<T: Send + 'static>(&mut self, act: impl FnOnce(&mut App) -> T + Send + 'static) -> T {
        act(&mut *self.0.lock().await)
    }
}

impl fmt::Debug for SharedApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedApp").finish_non_exhaustive()
    }
}
