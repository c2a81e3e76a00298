//! Calls to the provider as jobs. Each may run any number of times: what is asked lies in its row under its key. One that does not get
//! through is tried again; after its last attempt the sweep goes on with it, so nothing is left behind.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use uuid::Uuid;

use super::calls::{self, Called};
use super::events;
use crate::jobs::{Job, JobContext, JobError, enqueue_at};

/// Longer than the provider takes to give up, twice.
const LONGEST: Duration = Duration::from_mins(2);

/// How long a job waits for a free line to the provider. Lines are few, so that a provider that takes half a minute for each answer leaves
/// places of the worker for everything else.
const WAIT: Duration = Duration::from_secs(2);
/// When a job comes again that found none.
const LATER: SignedDuration = SignedDuration::from_secs(10);

/// A free line to the provider; without one the job is put off, which costs it no attempt.
pub(super) async fn line<J: Job>(
    context: &JobContext,
    job: &J,
) -> Result<Option<OwnedSemaphorePermit>, JobError> {
    let lines = context.state.online.lines();
    if let Ok(Ok(line)) = timeout(WAIT, lines.acquire_owned()).await {
        return Ok(Some(line));
    }
    let mut tx = context.begin().await?;
    enqueue_at(&mut tx, job, context.state.now() + LATER).await?;
    tx.commit().await?;
    Ok(None)
}

/// The end of an attempt.
pub(super) fn ended(called: Called, context: &JobContext) -> Result<(), JobError> {
    match called {
        Called::Done => Ok(()),
        Called::Again(_) if context.is_last_attempt => Ok(()),
        Called::Again(error) => Err(JobError::failed(error)),
    }
}

/// Asks for a payment.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Create {
    /// Ours.
    pub id: Uuid,
}

impl Job for Create {
    const NAME: &'static str = "online.create";
    // Somebody waits for the link.
    const PRIORITY: i16 = -5;
    const LONGEST: Duration = LONGEST;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let Some(_line) = line(&context, &self).await? else { return Ok(()) };
        let called = Box::pin(calls::create(&context.state, context.tenant, self.id)).await?;
        ended(called, &context)
    }
}

/// Takes a hold or lets it go.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Act {
    /// Ours.
    pub id: Uuid,
}

impl Job for Act {
    const NAME: &'static str = "online.act";
    const LONGEST: Duration = LONGEST;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let Some(_line) = line(&context, &self).await? else { return Ok(()) };
        let called = Box::pin(calls::act(&context.state, context.tenant, self.id)).await?;
        ended(called, &context)
    }
}

/// Asks for a refund.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GiveBack {
    /// Ours.
    pub id: Uuid,
}

impl Job for GiveBack {
    const NAME: &'static str = "online.refund";
    const LONGEST: Duration = LONGEST;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let Some(_line) = line(&context, &self).await? else { return Ok(()) };
        let called = Box::pin(calls::give_back(&context.state, context.tenant, self.id)).await?;
        ended(called, &context)
    }
}

/// Looks at what the provider has told us of.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Look {
    /// The event.
    pub id: Uuid,
}

impl Job for Look {
    const NAME: &'static str = "online.look";
    const PRIORITY: i16 = -5;
    const LONGEST: Duration = LONGEST;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let Some(_line) = line(&context, &self).await? else { return Ok(()) };
        let called = Box::pin(events::follow(&context.state, context.tenant, self.id)).await?;
        ended(called, &context)
    }
}
