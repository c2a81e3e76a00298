//! This room's own job: which effects were made is forgotten once no attempt can come that would ask.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Job, JobContext, JobError, store};

const KEPT: SignedDuration = SignedDuration::from_hours(60 * 24);

/// See the module.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepEffects;

impl Job for SweepEffects {
    const NAME: &'static str = "jobs.sweep_effects";
    const SCHEDULE: Option<&'static str> = Some("50 3 * * *");
    const PRIORITY: i16 = 100;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let mut tx = context.begin().await?;
        store::forget_effects(&mut tx, context.state.now() - KEPT).await?;
        Ok(tx.commit().await?)
    }
}
