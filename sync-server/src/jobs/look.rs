//! The queue as an operator sees and steers it: counts, causes, retry, discard, pause. Names, ids and errors; never what is in
//! a job.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::store_look as store;
use crate::db::{JobsDb, StoreError};

/// The whole queue.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Workers that gave a sign of life in the last half minute.
    pub workers: i64,
    /// By kind of job.
    pub kinds: Vec<KindLine>,
    /// By queue.
    pub queues: Vec<QueueLine>,
}

/// One kind of job.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KindLine {
    /// Its name.
    pub name: String,
    /// Jobs whose time has come.
    pub waiting: i64,
    /// Jobs whose time will come.
    pub later: i64,
    /// Jobs that run.
    pub running: i64,
    /// Jobs that are out of attempts.
    pub dead: i64,
    /// Done in the last hour.
    pub done: i64,
    /// Failed attempts in the last hour.
    pub failed: i64,
    /// How many seconds an attempt of the last hour had waited.
    pub waited: f64,
    /// How many seconds it ran.
    pub ran: f64,
    /// Whether an operator has paused it.
    pub is_paused: bool,
}

/// One queue, of those that have a name.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueLine {
    /// Its name.
    pub name: String,
    /// Its jobs, whenever their time comes.
    pub waiting: i64,
    /// Whether an operator has paused it.
    pub is_paused: bool,
}

/// A job that failed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Troubled {
    /// Its number in the queue.
    pub id: i64,
    /// Its kind.
    pub name: String,
    /// Whose it is.
    pub tenant: Option<String>,
    /// The request that caused it.
    pub request: Option<String>,
    /// How often it was tried.
    pub attempts: i16,
    /// How often it may be.
    pub max_attempts: i16,
    /// Why it failed last.
    pub error: String,
    /// Whether there will be no other attempt by itself.
    pub is_dead: bool,
    /// When the next attempt is.
    pub seconds_until_next: i64,
}

/// Jobs to retry or to discard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dead {
    /// One, dead or waiting for its next attempt.
    One(i64),
    /// All dead ones of a kind.
    AllOf(String),
}

impl fmt::Display for Dead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(number) => write!(formatter, "number {number}"),
            Self::AllOf(name) => write!(formatter, "all dead of {name}"),
        }
    }
}

/// What can be paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pause {
    /// A kind of job.
    Job,
    /// A queue.
    Queue,
}

impl Pause {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Queue => "queue",
        }
    }
}

/// The whole queue.
pub async fn overview(db: &JobsDb) -> Result<Overview, StoreError> {
    Ok(Overview {
        workers: store::workers(db.pool()).await?,
        kinds: store::kinds(db.pool()).await?,
        queues: store::queues(db.pool()).await?,
    })
}

/// Jobs that failed, the newest trouble first, at most 200.
pub async fn troubled(db: &JobsDb, name: Option<&str>) -> Result<Vec<Troubled>, StoreError> {
    store::troubled(db.pool(), name).await
}

/// Tries again at once, with all attempts. Gives how many.
pub async fn retry(db: &JobsDb, dead: &Dead) -> Result<u64, StoreError> {
    store::retry(db.pool(), dead).await
}

/// Throws away. Gives how many.
pub async fn discard(db: &JobsDb, dead: &Dead) -> Result<u64, StoreError> {
    store::discard(db.pool(), dead).await
}

/// Nothing of this is begun until it is resumed; what runs, runs to its end.
pub async fn pause(db: &JobsDb, what: Pause, name: &str) -> Result<(), StoreError> {
    store::pause(db.pool(), what.as_str(), name).await
}

/// Ends a pause.
pub async fn resume(db: &JobsDb, what: Pause, name: &str) -> Result<(), StoreError> {
    store::resume(db.pool(), what.as_str(), name).await
}
