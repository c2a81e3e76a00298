//! A letter on its way: sealed in the queue, because it may hold a code, and delivered by a worker.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::TenantId;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::Letter;
use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::jobs::{self, Job, JobContext, JobError};

/// Sends a letter once the transaction of its cause commits.
pub async fn send(state: &AppState, tx: &mut TenantTx, letter: &Letter) -> Result<(), StoreError> {
    let plain = serde_json::to_vec(letter).map_err(StoreError::damaged)?;
    let sealed = BASE64.encode(state.sealer.seal(&place(tx.tenant()), &plain));
    jobs::enqueue(tx, &SendLetter { sealed }).await?;
    Ok(())
}

/// A letter to deliver. If a worker dies just after, it is delivered again: better twice than never.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SendLetter {
    sealed: String,
}

impl Job for SendLetter {
    const NAME: &'static str = "mail.send";
    const PRIORITY: i16 = -10;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let sealed = BASE64.decode(&self.sealed).map_err(JobError::failed)?;
        let plain = context.state.sealer.open(&place(context.tenant), &sealed).map_err(JobError::failed)?;
        let letter: Letter =
            serde_json::from_slice(plain.expose_secret()).map_err(|_| JobError::failed("no letter"))?;
        context.state.mail.deliver(&letter).await.map_err(|error| {
            // Who was refused for good is not asked eight times.
            if error.is_passing() { JobError::failed(error) } else { JobError::Hopeless(error.to_string()) }
        })
    }
}

fn place(tenant: TenantId) -> String {
    format!("letter of {tenant}")
}
