//! Why a job was not done. The text is kept with the job and shown to operators: ids and codes, nothing that a master typed.

use crate::db::StoreError;

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The database did not answer as it should.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It did not work now; it may work later.
    #[error("{0}")]
    Failed(String),
    /// It will never work: the address does not exist. There is no other attempt.
    #[error("{0}")]
    Hopeless(String),
}

impl JobError {
    /// It did not work now, because of this.
    #[must_use]
    pub fn failed(cause: impl std::fmt::Display) -> Self {
        Self::Failed(cause.to_string())
    }
}
