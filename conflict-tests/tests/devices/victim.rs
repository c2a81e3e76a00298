//! A server that dies without a word: every task of it ends where it stands, its connections break, and Postgres rolls back
//! what was not committed, as after `kill -9` of the process.

use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use sync_server::AppState;
use sync_server::db::Db;
use sync_server::media::Gallery;
use sync_server::system::{SharedIds, SystemClock, SystemIds};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// A server in a runtime of its own, which can be taken away in an instant.
pub(crate) struct Victim {
    address: SocketAddr,
    database: SecretString,
    runtime: Option<Runtime>,
}

impl Victim {
    pub(crate) async fn start(database: SecretString) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut victim = Self { address, database, runtime: None };
        victim.rise().await;
        victim
    }

    /// Starts, at the address of its former life.
    pub(crate) async fn rise(&mut self) {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let (address, database) = (self.address, self.database.clone());
        let running = runtime.spawn(async move {
            let db = Db::connect(&database, 8).await.expect("the database takes connections");
            let state = AppState::new(
                db,
                Arc::new(SystemClock),
                SharedIds::new(SystemIds),
                Gallery::in_memory(),
                false,
            );
            // The former life may hold the port for a moment.
            let listener = loop {
                match TcpListener::bind(address).await {
                    Ok(listener) => break listener,
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            };
            let address = listener.local_addr().expect("bound");
            tokio::spawn(sync_server::server::serve(listener, state, pending()));
            address
        });
        self.address = running.await.expect("it starts");
        self.runtime = Some(runtime);
    }

    /// Every task ends where it stands; connections to the database break.
    pub(crate) fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        self.kill();
    }
}
