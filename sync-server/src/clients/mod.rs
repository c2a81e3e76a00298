//! Clients: what the master knows about a person. Documents, so every write goes through the door of `sync`.
//!
//! May use `db`, `http`, `appointments` (the last visit) and `sync`. The rules are `domain::clients`.

mod consent;
mod create;
mod edit;
mod exists;
mod export;
mod get;
mod history;
mod list;
mod remove;
mod schemas;
mod store;
mod store_export;
mod store_history;
#[cfg(test)]
mod tests;

use domain::Projection;
use domain::clients::{Client, ClientRow};
use domain::documents::{Collection, Document};
use domain::ids::ClientId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::{StoreError, TenantTx};
use crate::writes::Tag;
use crate::{AppState, appointments, sync};

#[cfg(test)]
pub(crate) use store::LIST;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_client, list::list_clients))
        .routes(routes!(get::get_client, edit::edit_client, remove::remove_client))
        .routes(routes!(consent::record_consent))
        .routes(routes!(history::client_history))
        .routes(routes!(export::export_client))
}

/// A client who was not removed.
pub async fn find(tx: &mut TenantTx, id: ClientId) -> Result<Option<ClientRow>, StoreError> {
    Ok(find_with_tag(tx, id).await?.map(|(row, _)| row))
}

/// The same with its version.
async fn find_with_tag(tx: &mut TenantTx, id: ClientId) -> Result<Option<(ClientRow, Tag)>, StoreError> {
    match sync::row(tx, Collection::Clients, id.0).await? {
        Some((Projection::Clients(row), heads)) if row.deleted_at.is_none() => {
            Ok(Some((*row, Tag::of_heads(&heads))))
        }
        _ => Ok(None),
    }
}

/// The client as it is shown, if not removed.
pub async fn show_one(tx: &mut TenantTx, id: ClientId) -> Result<Option<Client>, StoreError> {
    match find(tx, id).await? {
        Some(row) => show(tx, id, row).await.map(Some),
        None => Ok(None),
    }
}

/// The document of a client who was not removed.
async fn open(tx: &mut TenantTx, id: ClientId) -> Result<Option<Document>, StoreError> {
    let document = sync::load(tx, Collection::Clients, id.0).await?;
    Ok(document
        .and_then(|mut document| ClientRow::read(&mut document).deleted_at.is_none().then_some(document)))
}

/// A row with what other documents say of the client.
async fn show(tx: &mut TenantTx, id: ClientId, row: ClientRow) -> Result<Client, StoreError> {
    let last_visit = appointments::last_visits(tx, &[id]).await?.remove(&id);
    Ok(row.show(id, last_visit))
}
