//! What every handler may use: the database, the outside world, and the few things that one process shares.

use std::fmt;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::HOST;
use domain::documents::Author;
use domain::ids::{Clock, Ids as _};
use domain::plans::Prices;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::auth::{LoginGuard, Passwords};
use crate::billing::Billing;
use crate::db::{Db, StoreError, TenantTx};
use crate::health::Health;
use crate::http::{Edge, Principal};
use crate::mail::Mailer;
use crate::media::Gallery;
use crate::online::Online;
use crate::redis::Redis;
use crate::sealed::{Sealer, SigningKeys};
use crate::sync::Live;
use crate::system::{SharedIds, random_bytes};

/// Imports that one process works on at the same time: each takes a thread and, batch by batch, a connection.
const IMPORT_PLACES: usize = 3;

/// Exports that one process makes at the same time.
const EXPORT_PLACES: usize = 3;

/// The server's state. Cheap to clone; nothing in it outlives the process (nodes hold no state of a tenant).
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// What the parts of this process say of themselves.
    pub health: Health,
    /// What nodes share and may lose; empty if there is none.
    pub redis: Redis,
    /// Tells connected devices that there is news.
    pub live: Live,
    /// Who writes the documents that REST writes: an actor of this process start (rule D8).
    pub author: Author,
    /// Hashes passwords, a few at a time.
    pub passwords: Passwords,
    /// Slows guessing down.
    pub login_guard: LoginGuard,
    /// How letters leave.
    pub mail: Mailer,
    /// Seals secrets that are kept.
    pub sealer: Sealer,
    /// Signs the links to invoices.
    pub invoice_links: SigningKeys,
    /// The address of this server as its clients reach it, if the settings name one.
    pub address: Option<Arc<str>>,
    /// How money comes over the internet.
    pub online: Online,
    /// Where pictures lie.
    pub gallery: Gallery,
    /// Whether cookies are only for https.
    pub is_production: bool,
    /// A few imports at a time read and write in this process; more wait for a place, and hold nothing while they do.
    pub import_places: Arc<Semaphore>,
    /// A few exports at a time are made in this process: each holds a whole business in memory.
    pub export_places: Arc<Semaphore>,
    /// Prices of plans, and who signs them.
    pub billing: Billing,
    /// Limits, proxies, foreign pages.
    pub edge: Arc<Edge>,
    /// Where ids come from.
    pub ids: SharedIds,
    clock: Arc<dyn Clock>,
}

impl AppState {
    /// The state of a process that has just started.
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: SharedIds, gallery: Gallery, is_production: bool) -> Self {
        Self {
            db,
            health: Health::default(),
            redis: Redis::default(),
            live: Live::default(),
            author: Author::new(random_bytes(), "api"),
            passwords: Passwords::default(),
            login_guard: LoginGuard::default(),
            mail: Mailer::none(),
            sealer: Sealer::passing(),
            invoice_links: SigningKeys::passing(),
            address: None,
            online: Online::none(),
            import_places: Arc::new(Semaphore::new(IMPORT_PLACES)),
            export_places: Arc::new(Semaphore::new(EXPORT_PLACES)),
            gallery,
            is_production,
            edge: Arc::new(Edge::open()),
            billing: Billing::new(Prices::default(), &random_bytes()),
            ids,
            clock,
        }
    }

    /// The same with Redis, over which its nodes tell each other news and count wrong passwords together. Needs the async
    /// runtime.
    #[must_use]
    pub fn with_redis(self, redis: Redis) -> Self {
        let (live, login_guard) = (Live::across(redis.clone()), LoginGuard::across(redis.clone()));
        Self { redis, live, login_guard, ..self }
    }

    /// The same, with devices told in another way that there is news.
    #[must_use]
    pub fn with_live(self, live: Live) -> Self {
        Self { live, ..self }
    }

    /// The same, with letters that leave this way.
    #[must_use]
    pub fn with_mail(self, mail: Mailer) -> Self {
        Self { mail, ..self }
    }

    /// The same, with secrets that are sealed under keys that outlive the process.
    #[must_use]
    pub fn with_sealer(self, sealer: Sealer) -> Self {
        Self { sealer, ..self }
    }

    /// The same, with links to invoices that outlive the process.
    #[must_use]
    pub fn with_invoice_links(self, invoice_links: SigningKeys) -> Self {
        Self { invoice_links, ..self }
    }

    /// The same, with a provider of payments over the internet.
    #[must_use]
    pub fn with_online(self, online: Online) -> Self {
        Self { online, ..self }
    }

    /// The same, under an address that clients reach it by.
    #[must_use]
    pub fn with_address(self, address: Option<&str>) -> Self {
        Self { address: address.map(Into::into), ..self }
    }

    /// The same, with the edge of an installation.
    #[must_use]
    pub fn with_edge(self, edge: Edge) -> Self {
        Self { edge: Arc::new(edge), ..self }
    }

    /// The same, with the prices and the key of an installation.
    #[must_use]
    pub fn with_billing(self, billing: Billing) -> Self {
        Self { billing, ..self }
    }

    /// A transaction on behalf of somebody who asks.
    pub async fn begin(&self, principal: &Principal) -> Result<TenantTx, StoreError> {
        Ok(self.db.tenant(principal.tenant).await?.caused_by(principal.cause()))
    }

    /// Scheme, host and port under which clients reach this server: what the settings name, else what this caller used.
    #[must_use]
    pub fn address_for(&self, headers: &HeaderMap) -> String {
        if let Some(address) = &self.address {
            return address.to_string();
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let scheme = if self.is_production { "https" } else { "http" };
        format!("{scheme}://{host}")
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An id that nobody has used.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        self.ids.clone().uuid()
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AppState").field("is_production", &self.is_production).finish_non_exhaustive()
    }
}
