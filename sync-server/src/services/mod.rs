//! Services: her price list. Records, so only the server writes them; devices ask for the same through intents.
//!
//! May use `db`, `http`, `auth` (currency) and the door of `sync`. The rules are `domain::services`.

mod create;
mod edit;
mod get;
mod list;
mod remove;
mod schemas;
mod store;
#[cfg(test)]
mod tests;

use domain::ids::ServiceId;
use domain::services::Service;
use domain::sync::RecordKind;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::sync;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create::create_service, list::list_services)).routes(routes!(
        get::get_service,
        edit::edit_service,
        remove::remove_service
    ))
}

/// A service of the price list.
pub async fn find(tx: &mut TenantTx, id: ServiceId) -> Result<Option<Service>, StoreError> {
    let body = sync::record(tx, RecordKind::Service, id.0).await?;
    body.map(|body| serde_json::from_value(body).map_err(StoreError::damaged)).transpose()
}
