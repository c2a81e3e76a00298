//! What became of jobs, summed up: by each process in memory, and every few seconds for all of them in the database, where
//! the operators' page looks. What a process could not write down is missing there; nothing depends on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;

use super::store_queue;
use crate::db::StoreError;
use jiff::Timestamp;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Done,
    Failed,
    Dead,
}

impl End {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}

/// The sums of one name.
#[derive(Clone, Debug, Default)]
pub(super) struct Minute {
    pub(super) name: String,
    pub(super) done: i64,
    pub(super) failed: i64,
    pub(super) dead: i64,
    pub(super) waited_ms: i64,
    pub(super) ran_ms: i64,
}

/// The sums that are not in the database yet. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct History(Arc<Mutex<HashMap<String, Minute>>>);

impl History {
    pub(super) fn note(&self, name: &str, end: End, waited: Duration, ran: Duration) {
        metrics::counter!("veloria_jobs_total", "job" => name.to_owned(), "end" => end.as_str()).increment(1);
        metrics::histogram!("veloria_job_seconds", "job" => name.to_owned()).record(ran.as_secs_f64());
        metrics::histogram!("veloria_job_wait_seconds", "job" => name.to_owned())
            .record(waited.as_secs_f64());
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Minute { name: name.to_owned(), ..Minute::default() };
        let sum = sums.entry(name.to_owned()).or_insert_with(new);
        match end {
            End::Done => sum.done += 1,
            End::Failed => sum.failed += 1,
            End::Dead => sum.dead += 1,
        }
        sum.waited_ms += millis(waited);
        sum.ran_ms += millis(ran);
    }

    /// Writes the sums down. What could not be written is not in the sums of the database.
    pub(super) async fn flush(&self, pool: &PgPool, now: Timestamp) -> Result<(), StoreError> {
        let sums: Vec<Minute> = {
            let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            sums.drain().map(|(_, sum)| sum).collect()
        };
        store_queue::note(pool, now, &sums).await
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
