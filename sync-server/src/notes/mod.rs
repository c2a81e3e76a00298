//! Notes about clients and visits, and colour formulas. Documents, so every write goes through the door of `sync`.
//!
//! May use `db`, `http`, `clients` and `appointments` (does what a note names exist?). The rules are `domain::notes`.

mod create;
mod edit;
mod get;
mod list;
mod remove;
mod schemas;
mod store;
#[cfg(test)]
mod tests;

use domain::documents::{Collection, Document};
use domain::errors::FieldProblem;
use domain::ids::NoteId;
use domain::notes::{NoteEdit, NoteRow};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::{StoreError, TenantTx};
use crate::http::Problem;
use crate::{AppState, appointments, clients, sync};

#[cfg(test)]
pub(crate) use store::LIST;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create::create_note, list::list_notes)).routes(routes!(
        get::get_note,
        edit::edit_note,
        remove::remove_note
    ))
}

/// The document of a note that was not removed.
async fn open(tx: &mut TenantTx, id: NoteId) -> Result<Option<Document>, StoreError> {
    let document = sync::load(tx, Collection::Notes, id.0).await?;
    Ok(document
        .and_then(|mut document| NoteRow::read(&mut document).deleted_at.is_none().then_some(document)))
}

/// Refuses an edit that names what is not there.
async fn check_names(tx: &mut TenantTx, edit: &NoteEdit) -> Result<(), Problem> {
    if let Some(client) = edit.client_id.value()
        && clients::find(tx, *client).await?.is_none()
    {
        return Err(Problem::not_found().field("clientId", FieldProblem::Unknown));
    }
    if let Some(appointment) = edit.appointment_id.value()
        && appointments::find(tx, *appointment).await?.is_none()
    {
        return Err(Problem::not_found().field("appointmentId", FieldProblem::Unknown));
    }
    Ok(())
}
