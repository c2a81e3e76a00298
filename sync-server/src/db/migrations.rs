//! The migrations, compiled in and run by the owner of the tables on a connection of its own, before the pool opens.
//!
//! Nodes of the version before serve meanwhile, and must not notice: a migration that would wait for a table makes everybody
//! after it wait, too, so it gives up after a moment and tries again. And one of them may start anew while the database is
//! ahead of it already: migrations that it does not know are the next release's, which it survives (docs/operations.md).

use std::sync::LazyLock;
use std::time::Duration;

use secrecy::SecretString;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::time::sleep;

use super::pool::{ConnectError, options};
use super::store;
use crate::jobs::{self, SchemaError};

static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("../migrations");
    migrations.set_ignore_missing(true);
    migrations
});

/// How a migration waits for tables that others use.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// So long others may have to wait behind it.
    lock: Duration,
    /// So long it lets them work before it tries again.
    pause: Duration,
    /// So often it tries.
    tries: u32,
}

/// Some minutes in all: longer than any request, shorter than a person's trust in a deployment.
const PATIENCE: Patience =
    Patience { lock: Duration::from_secs(2), pause: Duration::from_secs(2), tries: 60 };

/// Why the database is not as this build needs it.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// Nobody to migrate.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A migration failed, or one that was run already has been changed since.
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
    apply(&MIGRATIONS, &mut connection, PATIENCE).await?;
    // All is committed; how the goodbye goes does not matter.
    let _ = connection.close().await;
    jobs::bring_up_to_date(options).await?;
    Ok(())
}

async fn apply(
    migrations: &Migrator,
    connection: &mut PgConnection,
    patience: Patience,
) -> Result<(), MigrateError> {
    store::wait_to_migrate(connection, patience.lock).await?;
    let mut tries = 1;
    loop {
        match migrations.run(&mut *connection).await {
            Err(MigrateError::ExecuteMigration(error, version))
                if is_in_use(&error) && tries < patience.tries =>
            {
                tracing::warn!(version, "a migration waits for a table that is in use");
                tries += 1;
                sleep(patience.pause).await;
            }
            done => return done,
        }
    }
}

/// Whether it gave up waiting for a lock, or was the one to give way.
fn is_in_use(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(&*code, "55P03" | "40P01"))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use secrecy::ExposeSecret as _;
    use serde_json::json;
    use sqlx::migrate::{Migration, MigrationType};
    use sqlx::{Executor as _, SqlStr};

    use super::*;
    use crate::testing::{TestDatabase, TestServer};

    async fn owner(database: &TestDatabase) -> PgConnection {
        PgConnection::connect(database.url().expose_secret()).await.unwrap()
    }

    /// What a next release may do: more tables, more columns.
    const NEXT: &str = "alter table clients add column nickname text;
                        alter table appointments add column room integer not null default 0;
                        create table rooms (tenant_id uuid not null references tenants (id), id uuid, primary key (tenant_id, id));";

    #[tokio::test]
    async fn an_old_node_works_while_the_next_release_migrates_and_can_start_anew_after_it() {
        let server = TestServer::start().await;
        let anna = server.register("anna").await;
        anna.add_client("Ирина").await;
        let is_over = Arc::new(AtomicBool::new(false));
        let good = AtomicUsize::new(0);
        let work = async {
            while !is_over.load(Ordering::SeqCst) {
                anna.add_client("Ирина").await;
                anna.get("/clients").await.expect(200);
                anna.get("/appointments").await.expect(200);
                anna.get("/../readyz").await.expect(200);
                good.fetch_add(1, Ordering::SeqCst);
            }
        };
        let next =
            Migration::new(9_999, "next".into(), MigrationType::Simple, SqlStr::from_static(NEXT), false);
        let next = Migrator::with_migrations(MIGRATIONS.iter().cloned().chain([next]).collect());
        let migrate_next = async {
            // Somebody reads the table for a long time, and the migration would wait, with everybody behind it.
            let mut reader = owner(server.database()).await;
            reader.execute("begin; select * from clients").await.unwrap();
            let mut migrator = owner(server.database()).await;
            let patience = Patience {
                lock: Duration::from_millis(100),
                pause: Duration::from_millis(50),
                tries: u32::MAX,
            };
            let applied = async {
                apply(&next, &mut migrator, patience).await.unwrap();
            };
            let read = async {
                let before = good.load(Ordering::SeqCst);
                // In vain it is tried, and they work on in between.
                while good.load(Ordering::SeqCst) < before + 5 {
                    sleep(Duration::from_millis(10)).await;
                }
                reader.execute("commit").await.unwrap();
            };
            tokio::join!(applied, read);
            let before = good.load(Ordering::SeqCst);
            while good.load(Ordering::SeqCst) < before + 3 {
                sleep(Duration::from_millis(10)).await;
            }
            is_over.store(true, Ordering::SeqCst);
        };
        tokio::join!(work, migrate_next);
        // The old version starts anew: it does not know that migration, and leaves it alone.
        migrate(&server.database().url()).await.unwrap();
        let again = server.start_beside(|state| state).await;
        let again = again.with_token(&anna.token);
        again.post("/clients", json!({ "name": "Ольга" })).await.expect(201);
        again.get("/../readyz").await.expect(200);
    }

    #[tokio::test]
    async fn servers_that_start_together_wait_for_one_another_however_long_one_takes() {
        let database = TestDatabase::create().await;
        let mut slow = owner(&database).await;
        store::wait_to_migrate(&mut slow, Duration::from_millis(1)).await.unwrap();
        let url = database.url();
        let mut other = std::pin::pin!(migrate(&url));
        let moment = Duration::from_millis(300);
        assert!(tokio::time::timeout(moment, &mut other).await.is_err(), "it waits");
        slow.close().await.unwrap();
        other.await.unwrap();
    }
}
