//! A job as it lies in the queue: whose it is and which request caused it, around what it needs to know. Opening it puts
//! both on the log lines of all that the job does.

use std::fmt;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use domain::ids::TenantId;
use futures::FutureExt as _;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sqlx::PgPool;
use tokio::time::{sleep, timeout};
use tracing::{Instrument as _, info_span};
use uuid::Uuid;

use super::history::{End, History};
use super::{Job, JobContext, JobError, store_queue};
use crate::AppState;
use crate::http::with_request_id;
use crate::system::Stopwatch;

/// See the module.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Envelope<J> {
    id: Uuid,
    tenant: TenantId,
    request: Option<String>,
    job: Json,
    #[serde(skip)]
    kind: PhantomData<fn() -> J>,
}

impl<J: Job> TaskHandler for Envelope<J> {
    const IDENTIFIER: &'static str = J::NAME;

    async fn run(self, worker: WorkerContext) -> impl IntoTaskHandlerResult {
        let attempt = *worker.job().attempts();
        let span = info_span!(
            "job",
            job = J::NAME,
            job_id = %self.id,
            request_id = self.request.as_deref().unwrap_or_default(),
            tenant = %self.tenant.0,
            attempt,
        );
        let is_last_attempt = attempt >= *worker.job().max_attempts();
        let Some(state) = worker.get_ext::<AppState>().cloned() else {
            return Err(Cause("this worker has no state".to_owned()));
        };
        let history = worker.get_ext::<History>().cloned().unwrap_or_default();
        let now = state.now();
        let pool = worker.pg_pool().clone();
        let context = JobContext { state, tenant: self.tenant, id: self.id, attempt, is_last_attempt };
        let watch = Stopwatch::start();
        let request = self.request.clone();
        let done = with_request_id(request, self.open(context, &pool)).instrument(span.clone()).await;
        let is_dead = match &done {
            Err(JobError::Hopeless(_)) => {
                store_queue::give_up(&pool, *worker.job().id())
                    .await
                    .map_err(|error| Cause(error.to_string()))?;
                true
            }
            Err(_) => is_last_attempt,
            Ok(()) => false,
        };
        if done.is_err() && attempt == 1 && !is_dead {
            store_queue::stand_back(&pool, *worker.job().id(), J::PRIORITY)
                .await
                .map_err(|error| Cause(error.to_string()))?;
        }
        let end = match &done {
            Ok(()) => End::Done,
            Err(_) if is_dead => End::Dead,
            Err(_) => End::Failed,
        };
        let waited = u64::try_from(now.as_millisecond() - worker.job().run_at().timestamp_millis());
        history.note(J::NAME, end, Duration::from_millis(waited.unwrap_or(0)), watch.elapsed());
        span.in_scope(|| match (&done, end) {
            (Ok(()), _) => tracing::info!(micros = watch.micros(), "job done"),
            (Err(cause), End::Dead) => tracing::error!(micros = watch.micros(), %cause, "job is dead"),
            (Err(cause), _) => tracing::warn!(micros = watch.micros(), %cause, "job failed"),
        });
        done.map_err(|error| Cause(error.to_string()))
    }
}

/// The library keeps what `Debug` prints, and operators read it.
struct Cause(String);

impl fmt::Debug for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<J: Job> Envelope<J> {
    /// Runs what is inside. Whatever that does, the worker lives on: a panic, a payload that nobody can read and a job
    /// that does not end are failed attempts.
    async fn open(self, context: JobContext, pool: &PgPool) -> Result<(), JobError> {
        // The error of serde would quote the payload.
        let job: J = serde_json::from_value(self.job)
            .map_err(|_| JobError::Failed("the payload cannot be read".to_owned()))?;
        if let Some((queue, pause)) = job.queue().zip(J::PAUSE) {
            sleep(store_queue::reserve(pool, &queue, pause).await?).await;
        }
        let run = AssertUnwindSafe(timeout(J::LONGEST, job.run(context))).catch_unwind();
        match run.await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(JobError::Failed(format!("not done after {} seconds", J::LONGEST.as_secs()))),
            // Its text may quote what a master typed.
            Err(_) => Err(JobError::Failed("panicked".to_owned())),
        }
    }
}
