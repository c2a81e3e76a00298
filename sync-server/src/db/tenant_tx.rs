//! A transaction that sees one tenant: the only way to a tenant's rows (rule D12).

use domain::ids::TenantId;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use super::StoreError;
use super::store::{Isolation, begin_as};

/// One transaction on behalf of one tenant. Dropped without [`TenantTx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct TenantTx {
    tenant: TenantId,
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
        Ok(Self { tenant, tx })
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

    /// Keeps what was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}
