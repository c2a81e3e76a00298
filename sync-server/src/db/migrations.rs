//! The migrations, compiled in and run by the owner of the tables on a connection of its own, before the pool opens.

use secrecy::SecretString;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{ConnectOptions, Connection};

use super::pool::{ConnectError, options};
use crate::jobs::{self, SchemaError};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// Why the database is not as this build needs it.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// Nobody to migrate.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A migration failed, or the database has been migrated by a newer build.
    #[error("cannot migrate the database: {0}")]
    Migrate(#[from] MigrateError),
    /// The same of the queue's tables, which have migrations of their own.
    #[error(transparent)]
    Jobs(#[from] SchemaError),
}

/// The newest migration that this build knows.
#[must_use]
pub fn our_newest_migration() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Brings the database up to date; several servers that start together wait for each other.
pub async fn migrate(url: &SecretString) -> Result<(), MigrationError> {
    let options = options(url)?;
    let mut connection = options.connect().await.map_err(ConnectError::Connect)?;
    MIGRATIONS.run(&mut connection).await?;
    // All is committed; how the goodbye goes does not matter.
    let _ = connection.close().await;
    jobs::bring_up_to_date(options).await?;
    Ok(())
}

/// A short name that changes with any migration.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn fingerprint() -> String {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    for migration in MIGRATIONS.iter() {
        hasher.update(&*migration.checksum);
    }
    hasher.update(jobs::SCHEMA);
    hex::encode(&hasher.finalize()[..8])
}
