//! The emulators' house (`sync-server emulators`): outside services on this machine that speak the same HTTP as the real ones, and
//! a page that shows and steers what happened, so that everything can be tried with no account and no internet.
//!
//! One folder per service, with its routes below its own name and below `/control/{name}`, and its section of the page; what they
//! share is here: the clock that can be moved (`clock`), moods (`mode`), notifications (`outbox`), the listening. Keeps everything in
//! memory. Knows no database, no settings, and nothing of the server's slices; never runs in production.

mod clock;
mod listen;
mod mode;
mod outbox;
mod page;
mod steer;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod words;
mod yookassa;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use domain::ids::Clock;
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::system::SharedIds;
use clock::HouseClock;
use yookassa::Yookassa;

/// How often the house looks whether something is due: an expiry, a notification.
const LOOK: Duration = Duration::from_millis(50);

/// All services, and what they share. Clones share it.
#[derive(Clone, Debug)]
pub struct House {
    clock: HouseClock,
    yookassa: Yookassa,
}

impl House {
    /// A house whose pages are at `address` (`http://127.0.0.1:8095`). `notify` is where shops are told of news that named no address
    /// of their own; `{shop}` in it is the shop's id.
    pub fn new(
        clock: Arc<dyn Clock>,
        ids: SharedIds,
        address: &str,
        notify: Option<&str>,
    ) -> Result<Self, HouseError> {
        let clock = HouseClock::new(clock);
        let yookassa = Yookassa::new(clock.clone(), ids, address, notify)?;
        Ok(Self { clock, yookassa })
    }

    /// All that the house answers.
    pub fn router(&self) -> Router {
        steer::guard(
            Router::new()
                .merge(page::routes(self.clone()))
                .merge(clock::routes(self.clock.clone()))
                .merge(self.yookassa.routes()),
        )
    }

    /// Serves until `stop` is done. What is being answered or sent then is cut off: nothing here is worth waiting for.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send) {
        let routes = self.router();
        tokio::select! {
            () = listen::serve(listener, routes) => {}
            () = self.keep_going() => {}
            () = stop => {}
        }
    }

    /// Lets things expire, and tells shops what happened.
    async fn keep_going(&self) {
        loop {
            self.yookassa.look().await;
            sleep(LOOK).await;
        }
    }
}

/// Why the house cannot be.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    /// No notifications can be sent.
    #[error("notifications cannot be sent: {0}")]
    Sender(#[from] reqwest::Error),
}
