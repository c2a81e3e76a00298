//! The worker: takes jobs and does them, inside of `serve` or alone. What it cannot do now it tries again; what ends it (a
//! database that is away) it outlives.

use std::future::Future;
use std::time::Duration;

use graphile_worker::{JobRecovery, WorkerOptions, WorkerRecoveryConfig};
use jiff::SignedDuration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::history::History;
use super::store_schema::NAME;
use super::{Kinds, crashed, schedule, store_queue};
use crate::AppState;
use crate::db::JobsDb;
use crate::health::WorkerHealth;

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// How many jobs at a time.
    pub places: usize,
    /// How long running jobs may go on when the worker is told to stop. The others return to the queue at once.
    pub grace: Duration,
    /// Without a sign of life for so long (a lease), a worker is dead and its jobs return. It gives one five times as often.
    pub dead_after: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self { places: 4, grace: Duration::from_secs(20), dead_after: Duration::from_secs(10) }
    }
}

impl WorkerSettings {
    /// How many connections the worker wants: one that listens, and one for every four places, for signs of life and for
    /// jobs, which are taken and given back in a moment and hold no connection while they work (what a job reads is `Db`'s).
    /// Each costs Postgres some 5 MB, all the time.
    #[must_use]
    pub fn connections(&self) -> u32 {
        u32::try_from(self.places.div_ceil(4)).unwrap_or(u32::MAX).saturating_add(1)
    }
}

/// How long a worker that fell over waits before it rises.
const PAUSE: Duration = Duration::from_secs(1);
/// Jobs whose time comes are looked for so often; those for now are heard of at once.
const LOOK: Duration = Duration::from_secs(1);

/// So often the sums of the operators' page are written down.
const WRITE: Duration = Duration::from_secs(5);
/// So long they are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A worker that has not begun yet.
#[derive(Debug)]
pub struct Worker {
    state: AppState,
    db: JobsDb,
    kinds: Kinds,
    settings: WorkerSettings,
    history: History,
}

impl Worker {
    /// A worker of these jobs.
    #[must_use]
    pub fn new(state: AppState, db: JobsDb, kinds: Kinds, settings: WorkerSettings) -> Self {
        Self { state, db, kinds, settings, history: History::default() }
    }

    /// Works until `stop` is done, then lets running jobs end.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) {
        let (stopping, stopped) = watch::channel(false);
        let mut beside = JoinSet::new();
        beside.spawn(async move {
            stop.await;
            stopping.send_replace(true);
        });
        beside.spawn(schedule::keep(self.state.clone(), self.db.clone(), self.kinds.kinds().to_vec()));
        beside.spawn(keep_history(self.history.clone(), self.state.clone(), self.db.clone()));
        while !*stopped.borrow() {
            match self.shift(stopped.clone()).await {
                Ok(()) if *stopped.borrow() => break,
                Ok(()) => tracing::error!("the worker ended untold and begins anew"),
                Err(error) => tracing::error!(error, "the worker fell over and begins anew"),
            }
            self.state.health.note_worker(WorkerHealth::Fallen);
            sleep(PAUSE).await;
        }
        beside.shutdown().await;
        note_history(&self.history, &self.state, &self.db).await;
    }

    /// One life of the library's worker.
    async fn shift(&self, stopped: watch::Receiver<bool>) -> Result<(), String> {
        let WorkerSettings { places, grace, dead_after } = self.settings;
        let recovery = WorkerRecoveryConfig::default()
            .heartbeat_interval(dead_after / 5)
            .sweep_interval(dead_after / 5)
            .sweep_threshold(dead_after)
            .recovery_delay(Duration::ZERO);
        let worker = WorkerOptions::default()
            .pg_pool(self.db.pool().clone())
            .schema(NAME)
            .concurrency(places)
            .poll_interval(LOOK)
            .define_jobs(self.kinds.definitions())
            .add_extension(self.state.clone())
            .add_extension(self.history.clone())
            .worker_recovery(recovery)
            .on(JobRecovery, crashed::counts(self.history.clone()))
            .listen_os_shutdown_signals(false)
            .shutdown_grace_period(grace)
            .shutdown_interrupted_job_retry_delay(Duration::ZERO)
            .shutdown_signal(is_told(stopped))
            .init()
            .await
            .map_err(|error| error.to_string())?;
        tracing::info!(places, "the worker works");
        self.state.health.note_worker(WorkerHealth::Works);
        worker.run().await.map_err(|error| error.to_string())
    }
}

/// Ends when the worker is told to stop; also when nobody is left who could tell.
async fn is_told(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Writes the sums down every few seconds, and forgets old ones.
async fn keep_history(history: History, state: AppState, db: JobsDb) {
    loop {
        sleep(WRITE).await;
        note_history(&history, &state, &db).await;
    }
}

async fn note_history(history: &History, state: &AppState, db: &JobsDb) {
    let now = state.now();
    let noted = async {
        history.flush(db.pool(), now).await?;
        store_queue::forget_minutes(db.pool(), now - KEPT).await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "what became of jobs could not be written down");
    }
}
