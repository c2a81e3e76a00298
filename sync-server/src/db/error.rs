//! What can go wrong between us and the database. Its text is for our log, never for the caller.

use std::fmt::Display;

/// A question to the database that brought no answer, or one that cannot be right.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused, or could not be reached.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// What is stored is not what was stored.
    #[error("stored data are damaged: {0}")]
    Damaged(String),
}

impl StoreError {
    /// For stored bytes or text that can no longer be read.
    #[must_use]
    pub fn damaged(cause: impl Display) -> Self {
        Self::Damaged(cause.to_string())
    }

    /// Whether it may work again in a moment, with nobody repairing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_)) => true,
            // Shutting down, out of connections, gave up waiting for a lock, or the longest query was cut.
            Self::Database(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                matches!(
                    &*code,
                    "57P01" | "57P02" | "57P03" | "53300" | "55P03" | "57014" | "40001" | "40P01"
                )
            }),
            Self::Database(_) | Self::Damaged(_) => false,
        }
    }

    /// The name of the unique or foreign key that a write broke.
    #[must_use]
    pub fn broken_constraint(&self) -> Option<&str> {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.constraint(),
            Self::Database(_) | Self::Damaged(_) => None,
        }
    }
}
