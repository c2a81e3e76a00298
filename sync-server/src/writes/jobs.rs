//! The job of this room: keys whose time is over go, also those of a tenant who sends no more.

use serde::{Deserialize, Serialize};

use super::store;
use crate::jobs::{Job, JobContext, JobError};

/// Takes forgotten keys away, each night.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepKeys;

impl Job for SweepKeys {
    const NAME: &'static str = "writes.sweep_keys";
    const SCHEDULE: Option<&'static str> = Some("20 3 * * *");
    const PRIORITY: i16 = 100;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        loop {
            let mut tx = context.begin().await?;
            let swept = store::sweep(&mut tx, context.state.now(), store::MOST_AT_NIGHT).await?;
            tx.commit().await?;
            if swept == 0 {
                return Ok(());
            }
        }
    }
}
