//! Connections: each becomes the role `veloria_app` before anybody may use it, so row-level security binds it.

use std::time::Duration;

use domain::ids::TenantId;
use secrecy::{ExposeSecret, SecretString};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::store::Isolation;
use super::{StoreError, TenantTx, store};

/// A connection that nobody wanted for so long is closed: each costs Postgres some megabytes.
const IDLE: Duration = Duration::from_mins(1);

/// The database, as the rest of the server knows it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
}

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is not one; its text is not shown, for there may be a password in it.
    #[error(
        "the address of the database cannot be read; it looks like postgres://user:password@host:5432/name"
    )]
    Address,
    /// Nobody answers, or not to us.
    #[error("cannot connect to the database: {0}")]
    Connect(#[source] sqlx::Error),
}

impl Db {
    /// Opens a pool. The database must have its migrations already.
    pub async fn connect(url: &SecretString, most_connections: u32) -> Result<Self, ConnectError> {
        let pool = PgPoolOptions::new()
            .max_connections(most_connections)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout(IDLE)
            .after_connect(|connection, _| Box::pin(async move { store::settle(connection).await }))
            .connect_with(options(url)?)
            .await
            .map_err(ConnectError::Connect)?;
        Ok(Self { pool })
    }

    /// A transaction that sees this tenant and no other.
    pub async fn tenant(&self, tenant: TenantId) -> Result<TenantTx, StoreError> {
        TenantTx::begin(&self.pool, tenant, Isolation::Usual).await
    }

    /// The same for reading only: all its statements see one moment.
    pub async fn tenant_at_one_moment(&self, tenant: TenantId) -> Result<TenantTx, StoreError> {
        TenantTx::begin(&self.pool, tenant, Isolation::OneMoment).await
    }

    /// A connection that sees no tenant at all: for the directory of e-mails and for asking whether anybody is there.
    pub async fn without_tenant(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        Ok(self.pool.acquire().await?)
    }

    /// The newest migration that the database has; an error if it does not answer.
    pub async fn newest_migration(&self) -> Result<i64, StoreError> {
        Ok(store::newest_migration(&mut *self.without_tenant().await?).await?)
    }

    /// How many connections are open, and how many of them idle.
    #[must_use]
    pub fn connections(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle())
    }

    /// Lets running queries end and closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// The queue, as the worker and the operators' page know it: connections that each become `veloria_jobs` and see no row of
/// a tenant's tables (rule D11). Cheap to clone.
#[derive(Clone, Debug)]
pub struct JobsDb {
    pool: PgPool,
}

impl JobsDb {
    /// Opens a pool. The database must have its migrations already.
    pub async fn connect(url: &SecretString, most_connections: u32) -> Result<Self, ConnectError> {
        let pool = PgPoolOptions::new()
            .max_connections(most_connections)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout(IDLE)
            .after_connect(|connection, _| Box::pin(async move { store::settle_worker(connection).await }))
            .connect_with(options(url)?)
            .await
            .map_err(ConnectError::Connect)?;
        Ok(Self { pool })
    }

    /// For the library, and for the statements of `jobs`.
    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

pub(crate) fn options(url: &SecretString) -> Result<PgConnectOptions, ConnectError> {
    let options: PgConnectOptions = url.expose_secret().parse().map_err(|_| ConnectError::Address)?;
    Ok(options.application_name("veloria"))
}
