//! What is done with bytes later: those of a picture that was deleted a month ago go, and those that nothing knows are looked for. Both may run any
//! number of times.

use domain::ids::{MediaId, TenantId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sweep::sweep;
use crate::db::{StoreError, TenantTx};
use crate::jobs::{Job, JobContext, JobError, enqueue_at};

/// Bytes are looked for this long after they may have come: an upload has had its day by then.
const HOURS: i64 = 49;

/// Takes the bytes of a deleted picture away.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RemoveBytes {
    /// The picture.
    pub id: Uuid,
}

impl Job for RemoveBytes {
    const NAME: &'static str = "media.remove";

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let mut tx = context.begin().await?;
        let is_there = super::find(&mut tx, MediaId(self.id)).await?.is_some();
        tx.commit().await?;
        // A server that was restored since may know it again.
        if is_there {
            return Ok(());
        }
        context.state.gallery.remove(context.tenant, self.id).await.map_err(JobError::failed)
    }
}

/// Looks for bytes that nothing knows, and takes away those that are old enough.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sweep {
    /// The day of its cause: one sweep for each is enough.
    day: String,
}

impl Sweep {
    /// Adds it to the transaction that stands before new bytes, so no crash leaves bytes that nobody looks for.
    pub(super) async fn enqueue(tx: &mut TenantTx, now: Timestamp) -> Result<(), StoreError> {
        let day = now.strftime("%Y-%m-%d").to_string();
        enqueue_at(tx, &Self { day }, now + SignedDuration::from_hours(HOURS)).await.map(drop)
    }

    /// Does it now.
    pub async fn now(state: &crate::AppState, tenant: TenantId) -> Result<usize, JobError> {
        Ok(sweep(state, tenant).await.map_err(JobError::failed)?.removed)
    }
}

impl Job for Sweep {
    const NAME: &'static str = "media.sweep";

    fn key(&self) -> Option<String> {
        Some(self.day.clone())
    }

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let swept = sweep(&context.state, context.tenant).await.map_err(JobError::failed)?;
        tracing::info!(removed = swept.removed, count = swept.left, "bytes of pictures were swept");
        if swept.left > 0 {
            let mut tx = context.begin().await?;
            Self::enqueue(&mut tx, context.state.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
