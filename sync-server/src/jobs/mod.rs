//! Jobs: everything slow or outside is enqueued in the transaction of its cause, and carried out by a worker later
//! (rule D16, docs/adr/0011).
//!
//! A slice makes a struct a [`Job`] in its `jobs.rs`, names it in [`Kinds::all`], and calls [`enqueue`] with the transaction
//! of the cause: rolled back, there is no job. A job runs at least once, so its effect belongs into the transaction of
//! [`JobContext::begin_once`], or carries [`JobContext::provider_key`] to a provider. Knows `db` and the queue's schema; no
//! slice but by the list of kinds.

mod context;
mod crashed;
mod envelope;
mod error;
mod history;
mod kinds;
pub mod look;
mod schedule;
mod store;
mod store_look;
mod store_queue;
mod store_schema;
mod sweep;
#[cfg(test)]
mod tests;
mod worker;

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};
use crate::http::current_request_id;

pub use context::JobContext;
pub use error::JobError;
pub use kinds::Kinds;
#[cfg(any(test, feature = "testing"))]
pub(crate) use store_schema::SCHEMA;
pub use store_schema::SchemaError;
pub(crate) use store_schema::bring_up_to_date;
pub use sweep::SweepEffects;
pub use worker::{Worker, WorkerSettings};

/// Something to do later. Its fields are what it needs to know: ids rather than what stands under them, because the world
/// may have changed when it runs.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What it is called in the database and on the operators' page: `slice.verb`. Never changes.
    const NAME: &'static str;
    /// The lower, the sooner.
    const PRIORITY: i16 = 0;
    /// How often it is tried before it stays behind as a dead letter.
    const MAX_ATTEMPTS: i16 = 8;
    /// When it is done again and again, for each tenant by the wall of her zone: the five fields of cron. Such a job has no
    /// fields of its own.
    const SCHEDULE: Option<&'static str> = None;
    /// Between two jobs of its queue at least so much time passes: how often a provider may be asked. Survives restarts.
    const PAUSE: Option<Duration> = None;
    /// Whoever runs longer has failed.
    const LONGEST: Duration = Duration::from_mins(10);

    /// Jobs of one queue run one after the other, whatever they are.
    fn queue(&self) -> Option<String> {
        None
    }

    /// Of one name and key only one job of a tenant waits: the newest.
    fn key(&self) -> Option<String> {
        None
    }

    /// Does it. May be called again after it has succeeded.
    fn run(self, context: JobContext) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// Adds a job to the transaction of its cause. Gives the job's id.
pub async fn enqueue<J: Job>(tx: &mut TenantTx, job: &J) -> Result<Uuid, StoreError> {
    add(tx, job, None).await
}

/// The same, to be done no earlier than at a moment.
pub async fn enqueue_at<J: Job>(tx: &mut TenantTx, job: &J, run_at: Timestamp) -> Result<Uuid, StoreError> {
    add(tx, job, Some(run_at)).await
}

/// Takes back the job that waits under a key, if there is one.
pub async fn cancel<J: Job>(tx: &mut TenantTx, key: &str) -> Result<(), StoreError> {
    store::cancel(tx, J::NAME, key).await
}

async fn add<J: Job>(tx: &mut TenantTx, job: &J, run_at: Option<Timestamp>) -> Result<Uuid, StoreError> {
    let entry = store::Entry {
        name: J::NAME,
        job: serde_json::to_string(job).map_err(StoreError::damaged)?,
        queue: job.queue(),
        run_at,
        max_attempts: J::MAX_ATTEMPTS,
        key: job.key(),
        priority: J::PRIORITY,
        request: current_request_id(),
    };
    store::add(tx, &entry).await
}
