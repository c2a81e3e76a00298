//! Calls to the provider as jobs. Each may run any number of times: what is asked lies in its row under its key. One that does not get
//! through is tried again; after its last attempt the sweep goes on with it, so nothing is left behind.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::calls::{self, Called};
use super::events;
use crate::jobs::{Job, JobContext, JobError};

/// Longer than the provider takes to give up, twice.
const LONGEST: Duration = Duration::from_mins(2);

/// Two calls at a time for the whole worker: a provider that takes half a minute for each answer leaves places for everything else.
pub(super) fn lane(id: Uuid) -> Option<String> {
    Some(format!("yookassa {}", id.as_bytes()[15] % 2))
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

    fn queue(&self) -> Option<String> {
        lane(self.id)
    }

    async fn run(self, context: JobContext) -> Result<(), JobError> {
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

    fn queue(&self) -> Option<String> {
        lane(self.id)
    }

    async fn run(self, context: JobContext) -> Result<(), JobError> {
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

    fn queue(&self) -> Option<String> {
        lane(self.id)
    }

    async fn run(self, context: JobContext) -> Result<(), JobError> {
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

    fn queue(&self) -> Option<String> {
        lane(self.id)
    }

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let called = Box::pin(events::follow(&context.state, context.tenant, self.id)).await?;
        ended(called, &context)
    }
}
