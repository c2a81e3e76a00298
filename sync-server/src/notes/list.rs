//! `GET /notes`: all, or those about a client or a visit.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::api::Listing;
use domain::ids::{AppointmentId, ClientId, NoteId};
use domain::notes::{Note, NoteRow};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::store;
use crate::auth;
use crate::http::{Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::listing::{page, parameters};

/// What may be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct NoteQuery {
    /// Only notes about this client.
    client_id: Option<ClientId>,
    /// Only notes of this visit.
    appointment_id: Option<AppointmentId>,
}

/// Its filters and orders.
struct NoteFilters;

impl IntoParams for NoteFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(store::LIST.spec)
    }
}

/// List notes
#[utoipa::path(
    get, path = "/notes", operation_id = "listNotes", tag = "notes",
    params(NoteQuery, NoteFilters, PageQuery),
    responses((status = 200, description = "A page of notes, by id unless asked otherwise", body = Page<Note>), ListErrors)
)]
pub(super) async fn list_notes(
    Read { mut tx, .. }: Read,
    Asked(mut query): Asked,
) -> Result<Json<Page<Note>>, Problem> {
    let client: Option<ClientId> = query.parsed("clientId");
    let appointment: Option<AppointmentId> = query.parsed("appointmentId");
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(store::LIST.spec, query, &zone, &(client, appointment))?;
    let found = store::list(&mut tx, client, appointment, &listing).await?;
    tx.commit().await?;
    Ok(Json(page(listing, found, |id: NoteId, row: NoteRow| row.show(id))?))
}
