//! The job of this slice: uploaded files are not kept for ever. What an import made stays, and so do its rows and marks; an
//! undo needs no file.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::store;
use crate::jobs::{Job, JobContext, JobError};

/// How long the file of an import that was run is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Drops files that nobody will ask for, each night.
#[derive(Debug, Serialize, Deserialize)]
pub struct DropFiles;

impl Job for DropFiles {
    const NAME: &'static str = "imports.drop_files";
    const SCHEDULE: Option<&'static str> = Some("35 3 * * *");
    const PRIORITY: i16 = 100;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let now = context.state.now();
        let mut tx = context.begin().await?;
        store::drop_files(&mut tx, now - KEPT).await?;
        store::sweep(&mut tx, now).await?;
        Ok(tx.commit().await?)
    }
}
