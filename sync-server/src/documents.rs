//! How REST writes a document: begin with the tenant's lock, keep what an edit made, tell the devices. What the three
//! slices of documents (clients, appointments, notes) share; knows none of them.

use domain::documents::{Chunk, Document};
use domain::ids::TenantId;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};
use crate::{AppState, sync};

/// A transaction that holds the tenant's lock, so that what it reads stays true until it has written.
pub async fn begin(state: &AppState, tenant: TenantId) -> Result<TenantTx, StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    sync::lock(&mut tx).await?;
    Ok(tx)
}

/// Keeps the change that an edit made, if it made one, and ends the transaction.
pub async fn keep(
    state: &AppState,
    mut tx: TenantTx,
    id: Uuid,
    document: Document,
    chunk: Option<Chunk>,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    let Some(chunk) = chunk else { return tx.commit().await };
    let head = Box::pin(sync::write_document(&mut tx, id, document, chunk)).await?;
    tx.commit().await?;
    state.live.poke(tenant, head);
    Ok(())
}
