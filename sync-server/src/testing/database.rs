//! A database of one test: a copy of a template that has all migrations, gone when the test ends.

use std::sync::Mutex;
use std::thread;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime;

use super::postgres::{Server, server};
use super::store;
use crate::db::{fingerprint, migrate};
use crate::system::random_bytes;

/// A migrated database that nobody else uses. Dropping it removes it.
#[derive(Debug)]
pub struct TestDatabase {
    admin: SecretString,
    name: String,
}

impl TestDatabase {
    /// Makes one.
    ///
    /// # Panics
    /// If there is no Postgres for tests.
    pub async fn create() -> Self {
        let found =
            tokio::task::spawn_blocking(server).await.expect("looking for Postgres does not panic silently");
        let (admin, is_own) = match found {
            Server::Own(url) => (SecretString::from(url), true),
            Server::Shared(url) => (SecretString::from(url), false),
        };
        let template = format!("veloria_template_{}", fingerprint());
        store::make_template(&admin, &template, is_own, async |name| {
            migrate(&at(&admin, name)).await.expect("the migrations run on an empty database");
        })
        .await;
        let name = format!("veloria_test_{}", hex::encode(random_bytes::<8>()));
        store::copy(&admin, &template, &name).await;
        Self { admin, name }
    }

    /// Its address. The user of it may do everything; the server becomes `veloria_app` on its own.
    #[must_use]
    pub fn url(&self) -> SecretString {
        at(&self.admin, &self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let (admin, name) = (self.admin.clone(), self.name.clone());
        // A thread with a runtime of its own: the test's runtime may be on its way out. If it fails, somebody sweeps later.
        let _ = thread::spawn(move || {
            let _guard = ONE_AT_A_TIME.lock();
            if let Ok(runtime) = runtime::Builder::new_current_thread().enable_all().build() {
                runtime.block_on(store::remove(&admin, &name));
            }
        })
        .join();
    }
}

/// The address of another database of the same server.
fn at(admin: &SecretString, name: &str) -> SecretString {
    let admin = admin.expose_secret();
    let (address, query) = admin.split_once('?').unwrap_or((admin, ""));
    let server = address.rsplit_once('/').map_or(address, |(server, _)| server);
    format!("{server}/{name}?{query}").into()
}
