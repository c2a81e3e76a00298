//! Appointments: visits, and blocks of personal time. Documents, so every write goes through the door of `sync`.
//!
//! May use `db`, `http`, `auth` (the tenant's zone), `clients` and `services` (does what a visit names exist?),
//! `settings` (which rules hold for it). The
//! rules are `domain::appointments`.

mod clash;
mod create;
mod edit;
mod get;
mod list;
mod policies;
mod remove;
mod reschedule;
mod schemas;
mod step;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use domain::Projection;
use domain::appointments::{AppointmentEdit, AppointmentRow};
use domain::documents::{Collection, Document};
use domain::errors::FieldProblem;
use domain::ids::{AppointmentId, ClientId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::{StoreError, TenantTx};
use crate::http::Problem;
use crate::writes::Tag;
use crate::{AppState, clients, services, sync};

#[cfg(test)]
pub(crate) use store::LIST;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_appointment, list::list_appointments))
        .routes(routes!(get::get_appointment, edit::edit_appointment, remove::remove_appointment))
        .routes(routes!(policies::get_appointment_policies))
        .routes(routes!(reschedule::reschedule_appointment))
        .routes(routes!(step::confirm_appointment))
        .routes(routes!(step::cancel_appointment))
        .routes(routes!(step::complete_appointment))
        .routes(routes!(step::no_show_appointment))
}

/// An appointment that was not removed.
pub async fn find(tx: &mut TenantTx, id: AppointmentId) -> Result<Option<AppointmentRow>, StoreError> {
    Ok(find_with_tag(tx, id).await?.map(|(row, _)| row))
}

/// The same with its version.
async fn find_with_tag(
    tx: &mut TenantTx,
    id: AppointmentId,
) -> Result<Option<(AppointmentRow, Tag)>, StoreError> {
    match sync::row(tx, Collection::Appointments, id.0).await? {
        Some((Projection::Appointments(row), heads)) if row.deleted_at.is_none() => {
            Ok(Some((*row, Tag::of_heads(&heads))))
        }
        _ => Ok(None),
    }
}

/// When each of these clients came last: the start of the latest completed visit, RFC 3339.
pub async fn last_visits(
    tx: &mut TenantTx,
    clients: &[ClientId],
) -> Result<HashMap<ClientId, String>, StoreError> {
    let rows = store::last_completed(tx, clients).await?;
    let starts =
        rows.into_iter().filter_map(|(client, row)| Some((client, row.visit_time()?.starts_at_rfc3339())));
    Ok(starts.collect())
}

/// The appointments that touch a span of time.
pub async fn touching(
    tx: &mut TenantTx,
    from: jiff::Timestamp,
    until: jiff::Timestamp,
) -> Result<Vec<(AppointmentId, AppointmentRow)>, StoreError> {
    let found = store::touching(tx, from, until).await?;
    Ok(found.into_iter().map(|found| (found.id, found.row)).collect())
}

/// The document of an appointment that was not removed.
async fn open(tx: &mut TenantTx, id: AppointmentId) -> Result<Option<Document>, StoreError> {
    let document = sync::load(tx, Collection::Appointments, id.0).await?;
    Ok(document.and_then(|mut document| {
        AppointmentRow::read(&mut document).deleted_at.is_none().then_some(document)
    }))
}

/// Refuses an edit that names what is not there.
async fn check_names(tx: &mut TenantTx, edit: &AppointmentEdit) -> Result<(), Problem> {
    if let Some(client) = edit.client_id.value()
        && clients::find(tx, *client).await?.is_none()
    {
        return Err(Problem::not_found().field("clientId", FieldProblem::Unknown));
    }
    if let Some(service) = edit.service_id.value()
        && services::find(tx, *service).await?.is_none()
    {
        return Err(Problem::not_found().field("serviceId", FieldProblem::Unknown));
    }
    for (_, item) in edit.items.value().into_iter().flatten() {
        let named = item.get("serviceId").and_then(serde_json::Value::as_str).and_then(|id| id.parse().ok());
        if let Some(service) = named
            && services::find(tx, service).await?.is_none()
        {
            return Err(Problem::not_found().field("items", FieldProblem::Unknown));
        }
    }
    Ok(())
}
