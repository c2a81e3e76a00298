//! What can go wrong with the device's file.

use rusqlite::ErrorCode as Sqlite;

/// What went wrong with the device's file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The passphrase is not the one of this home.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file of keys cannot be understood.
    #[error("the key file is damaged: {0}")]
    KeyFile(String),
    /// A newer app has written the file.
    #[error("this home was last used by a newer version of the app")]
    NewerFile,
    /// Another process holds the file for too long.
    #[error("another program is using this home")]
    Busy,
    /// The disk is full, read-only or failing. What was confirmed before is safe; this was not saved.
    #[error("the disk refused to save: {0}")]
    Disk(String),
    /// The file is damaged.
    #[error("the file is damaged: {0}")]
    Corrupt(String),
    /// Only a store in memory can do this.
    #[error("only a store in memory can be duplicated")]
    NotInMemory,
    /// Reading or writing a file of the home.
    #[error("cannot use the home folder: {0}")]
    Io(#[from] std::io::Error),
    /// Anything else from SQLite: a mistake of ours.
    #[error("the local database says: {0}")]
    Sqlite(rusqlite::Error),
    /// A stored value is not what was put there.
    #[error("a stored value cannot be read: {0}")]
    Value(String),
}

impl StoreError {
    /// While opening, a file that is no database means a wrong key.
    pub(super) fn while_opening(self) -> Self {
        match self {
            Self::Corrupt(_) => Self::WrongPassphrase,
            other => other,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => Self::Busy,
            Some(Sqlite::DiskFull | Sqlite::SystemIoFailure | Sqlite::ReadOnly | Sqlite::CannotOpen) => {
                Self::Disk(error.to_string())
            }
            Some(Sqlite::NotADatabase | Sqlite::DatabaseCorrupt) => Self::Corrupt(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            rusqlite_migration::Error::MigrationDefinition(_) => Self::NewerFile,
            other => Self::Value(other.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Value(error.to_string())
    }
}
