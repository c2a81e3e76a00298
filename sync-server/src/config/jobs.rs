//! The worker's settings.

use std::time::Duration;

use clap::Args;

use crate::jobs::WorkerSettings;

/// The worker's settings.
#[derive(Debug, Args)]
pub struct JobsConfig {
    /// How many jobs at a time; with 0, `serve` does none and leaves them to `sync-server worker`
    #[arg(long = "workers", global = true, env = "VELORIA_WORKERS", default_value_t = 4)]
    pub workers: usize,
    /// How many seconds running jobs may go on after a signal to stop; the others return to the queue
    #[arg(long = "job-grace", global = true, env = "VELORIA_JOB_GRACE", default_value_t = 20)]
    pub grace: u64,
    /// For how many seconds a worker may give no sign of life before its jobs return to the queue
    #[arg(
        long = "job-lease",
        global = true,
        env = "VELORIA_JOB_LEASE",
        default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(1..=3_600)
    )]
    pub lease: u64,
}

impl JobsConfig {
    /// What the worker is told; `None` means that there is none.
    #[must_use]
    pub fn settings(&self) -> Option<WorkerSettings> {
        let grace = Duration::from_secs(self.grace);
        let dead_after = Duration::from_secs(self.lease);
        (self.workers > 0).then_some(WorkerSettings { places: self.workers, grace, dead_after })
    }
}
