//! The job of this slice: keys and codes that have long been dead go, each night. Keys of a device that was revoked stay: it is
//! told so whenever it comes.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{store_codes, store_sessions};
use crate::jobs::{Job, JobContext, JobError};

/// How long a dead one is kept: whoever shows it is told the same as somebody whose key never was.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// See the module.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepSignIns;

impl Job for SweepSignIns {
    const NAME: &'static str = "auth.sweep_sign_ins";
    const SCHEDULE: Option<&'static str> = Some("25 3 * * *");
    const PRIORITY: i16 = 100;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let before = context.state.now() - KEPT;
        let mut tx = context.begin().await?;
        store_sessions::sweep(&mut tx, before).await?;
        store_codes::sweep(&mut tx, before).await?;
        Ok(tx.commit().await?)
    }
}
