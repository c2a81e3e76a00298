//! Every night: what is not posted yet is posted, and what the books say is held against the invoices.

use serde::{Deserialize, Serialize};

use super::{catch_up_now, differences};
use crate::jobs::{Job, JobContext, JobError};

/// Follows the log to its end, and looks whether the books agree with it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct CatchUp {}

impl Job for CatchUp {
    const NAME: &'static str = "ledger.catch_up";
    const SCHEDULE: Option<&'static str> = Some("45 3 * * *");

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let count = catch_up_now(&context.state, context.tenant).await.map_err(JobError::failed)?;
        let mut tx = context.begin().await?;
        let differing = differences(&mut tx).await.map_err(JobError::failed)?;
        tx.commit().await?;
        if differing > 0 {
            tracing::error!(differing, "invoices of which the books say something else than they do");
        }
        tracing::info!(count, "the books have followed the log");
        Ok(())
    }
}
