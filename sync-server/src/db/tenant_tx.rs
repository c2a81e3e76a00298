//! A transaction that sees one tenant: the only way to a tenant's rows (rule D12).

use domain::audit::Event;
use domain::ids::TenantId;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use super::store::{Isolation, begin_as};
use super::{Cause, StoreError};
use crate::audit;

/// One transaction on behalf of one tenant. Dropped without [`TenantTx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct TenantTx {
    tenant: TenantId,
    cause: Cause,
    /// What the journal is to say of it, in one statement at the end: an import has thousands of lines.
    events: Vec<Event>,
    tx: Transaction<'static, Postgres>,
}

impl TenantTx {
    /// Begins one.
    pub(super) async fn begin(
        pool: &PgPool,
        tenant: TenantId,
        isolation: Isolation,
    ) -> Result<Self, StoreError> {
        let tx = pool.begin_with(begin_as(tenant, isolation)).await?;
        Ok(Self { tenant, cause: Cause::default(), events: Vec::new(), tx })
    }

    /// Says on whose behalf it is; without it, the server works on its own.
    #[must_use]
    pub fn caused_by(self, cause: Cause) -> Self {
        Self { cause, ..self }
    }

    /// Whose rows it sees.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// For the queries of a `store.rs`.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Notes for the journal what this transaction does. For `audit::record`, which is how a slice says it.
    pub(crate) fn note(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Keeps what was written, and what the journal says of it, together.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if !self.events.is_empty() {
            audit::keep(&mut self.tx, self.tenant, &self.cause, &self.events).await?;
        }
        Ok(self.tx.commit().await?)
    }
}
