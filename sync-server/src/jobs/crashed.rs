//! Jobs whose worker died while it ran them. Nobody can tell a victim from the culprit, so each has failed once: its attempt
//! was counted before the run and stays counted, it waits as after any failure, and one that kills every process that takes
//! it is a dead letter after its eight attempts. The library by itself would give the attempt back, for ever.

use std::future::{Ready, ready};
use std::time::Duration;

use graphile_worker::{FailureReason, JobRecoveryContext, JobRecoveryResult};

use super::history::{End, History};

/// What the library writes down as the error of such a job.
pub(super) const LIBRARYS_WORD: &str = "WorkerCrashed";
/// What we say instead.
pub(super) const CAUSE: &str = "the worker died while it did this";

/// Decides for each job that returns. One that we interrupted ourselves, to end in order, has not failed.
pub(super) fn counts(
    history: History,
) -> impl Fn(JobRecoveryContext) -> Ready<JobRecoveryResult> + Clone + Send + Sync + 'static {
    move |JobRecoveryContext { job, reason, .. }| {
        if !matches!(reason, FailureReason::WorkerCrashed) {
            return ready(JobRecoveryResult::Default);
        }
        let name = job.task_identifier();
        let (attempt, is_dead) = (*job.attempts(), job.attempts() >= job.max_attempts());
        let job_id = job.payload().get("id").and_then(|id| id.as_str()).unwrap_or_default();
        if is_dead {
            tracing::error!(job = name, job_id, attempt, cause = CAUSE, "job is dead");
        } else {
            tracing::warn!(job = name, job_id, attempt, cause = CAUSE, "job failed");
        }
        // How long it waited and ran went with its worker.
        let end = if is_dead { End::Dead } else { End::Failed };
        history.note(name, end, Duration::ZERO, Duration::ZERO);
        ready(JobRecoveryResult::FailWithBackoff)
    }
}
