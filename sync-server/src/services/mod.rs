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

use std::collections::BTreeMap;

use domain::ids::ServiceId;
use domain::services::Service;
use domain::sync::{RecordKind, record_digest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::http::Problem;
use crate::sync;
use crate::writes::{Reply, Tag, Write};

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

/// The whole price list.
pub async fn all(tx: &mut TenantTx) -> Result<BTreeMap<ServiceId, Service>, StoreError> {
    let services = store::all(tx).await?;
    Ok(services.into_iter().map(|service| (service.id, service)).collect())
}

/// Keeps a service as it is now, and ends.
async fn keep(state: &AppState, mut write: Write, service: &Service, reply: Reply) -> Result<Reply, Problem> {
    let body = serde_json::to_value(service).map_err(|error| Problem::internal(&error))?;
    let reply = reply.tagged(&tag(service)?);
    let written = sync::write_record(&mut write.tx, RecordKind::Service, service.id.0, Some(&body));
    let head = Box::pin(written).await?;
    write.finish(state, Some(head), reply).await
}

/// The version of a service.
fn tag(service: &Service) -> Result<Tag, Problem> {
    let body = serde_json::to_value(service).map_err(|error| Problem::internal(&error))?;
    Ok(Tag::of_record(record_digest(RecordKind::Service.as_str(), service.id.0, &body)))
}
