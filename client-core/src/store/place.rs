//! Where a store is, and how a connection to it is made: cipher, journal, durability, migrations.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Result, StoreError};

/// Where a store is.
#[derive(Clone, Debug)]
pub enum Place {
    /// Nowhere but in this process.
    Memory,
    /// An encrypted file, and its key in hexadecimal.
    File(PathBuf, SecretString),
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Memory, Self::Memory) => true,
            (Self::File(a, _), Self::File(b, _)) => a == b,
            _ => false,
        }
    }
}

impl Place {
    pub(super) fn connect(&self) -> Result<Connection> {
        let mut conn = self.connect_bare()?;
        let steps = [
            include_str!("schema.sql"),
            include_str!("schema_2.sql"),
            include_str!("schema_3.sql"),
            include_str!("schema_4.sql"),
            include_str!("schema_5.sql"),
            include_str!("schema_6.sql"),
            include_str!("schema_7.sql"),
            include_str!("schema_8.sql"),
        ];
        Migrations::new(steps.map(M::up).to_vec()).to_latest(&mut conn)?;
        Ok(conn)
    }

    pub(super) fn connect_bare(&self) -> Result<Connection> {
        let conn = match self {
            Self::Memory => Connection::open_in_memory()?,
            Self::File(path, key) => {
                let conn = Connection::open(path)?;
                conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"", key.expose_secret()))?;
                conn
            }
        };
        conn.busy_timeout(Duration::from_secs(20))?;
        // With a wrong key the first look at the file says "not a database".
        conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .map_err(|error| StoreError::from(error).while_opening())?;
        // Every page that is not in the cache has to be decrypted again, so the cache holds 16 MiB.
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA cache_size = -16384",
        )?;
        // The app has about 150 statements, and a sync needs most of them over and over.
        conn.set_prepared_statement_cache_capacity(256);
        Ok(conn)
    }

    /// A fresh connection, or `None` where there is nothing but the old one.
    pub(super) fn reconnect(&self) -> Result<Option<Connection>> {
        match self {
            Self::Memory => Ok(None),
            Self::File(..) => self.connect().map(Some),
        }
    }
}
