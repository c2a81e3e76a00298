//! What a running job may use.

use domain::ids::TenantId;
use uuid::Uuid;

use super::store;
use crate::AppState;
use crate::db::{StoreError, TenantTx};

/// What a running job may use: the server's state, and who it runs for.
#[derive(Clone, Debug)]
pub struct JobContext {
    /// What handlers use, too.
    pub state: AppState,
    /// Whose job it is.
    pub tenant: TenantId,
    /// The job: the same at every attempt.
    pub id: Uuid,
    /// Which attempt this is, from 1.
    pub attempt: i16,
    /// Whether there will be no other.
    pub is_last_attempt: bool,
}

impl JobContext {
    /// A transaction of the job's tenant.
    pub async fn begin(&self) -> Result<TenantTx, StoreError> {
        self.state.db.tenant(self.tenant).await
    }

    /// A transaction for the job's one effect; `None` if that was made before, by an attempt whose end nobody heard of.
    pub async fn begin_once(&self) -> Result<Option<TenantTx>, StoreError> {
        let mut tx = self.begin().await?;
        Ok(store::is_first(&mut tx, self.id, self.state.now()).await?.then_some(tx))
    }

    /// What a provider is given so that it does a thing once, however often we ask (rule D15).
    #[must_use]
    pub fn provider_key(&self) -> String {
        self.id.hyphenated().to_string()
    }
}
