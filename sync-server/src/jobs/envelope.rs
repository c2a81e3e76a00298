//! A job as it lies in the queue: whose it is and which request caused it, around what it needs to know. Opening it puts
//! both on the log lines of all that the job does.

use std::fmt;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;

use domain::ids::TenantId;
use futures::FutureExt as _;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tokio::time::timeout;
use tracing::{Instrument as _, info_span};
use uuid::Uuid;

use super::{Job, JobContext, JobError};
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
        let context = JobContext { state, tenant: self.tenant, id: self.id, attempt, is_last_attempt };
        let watch = Stopwatch::start();
        let request = self.request.clone();
        let done = with_request_id(request, self.open(context)).instrument(span.clone()).await;
        span.in_scope(|| match &done {
            Ok(()) => tracing::info!(micros = watch.micros(), "job done"),
            Err(cause) if is_last_attempt => tracing::error!(micros = watch.micros(), cause, "job is dead"),
            Err(cause) => tracing::warn!(micros = watch.micros(), cause, "job failed"),
        });
        done.map_err(Cause)
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
    async fn open(self, context: JobContext) -> Result<(), String> {
        // The error of serde would quote the payload.
        let job: J = serde_json::from_value(self.job).map_err(|_| "the payload cannot be read".to_owned())?;
        let run = AssertUnwindSafe(timeout(J::LONGEST, job.run(context))).catch_unwind();
        match run.await {
            Ok(Ok(done)) => done.map_err(|error: JobError| error.to_string()),
            Ok(Err(_)) => Err(format!("not done after {} seconds", J::LONGEST.as_secs())),
            Err(panic) => {
                let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
                Err(format!("panicked: {text}"))
            }
        }
    }
}
