//! `GET /notes`: all, or those about a client or a visit.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use axum::extract::State;
use domain::ids::{AppointmentId, ClientId};
use domain::notes::Note;
use utoipa::IntoParams;

use super::store;
use crate::AppState;
use crate::http::{After, ListErrors, Page, PageQuery, Principal, Problem, QueryFields};

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

/// List notes
#[utoipa::path(
    get, path = "/notes", operation_id = "listNotes", tag = "notes",
    params(NoteQuery, PageQuery),
    responses((status = 200, description = "A page of notes, by id", body = Page<Note>), ListErrors)
)]
pub(super) async fn list_notes(
    State(state): State<AppState>,
    principal: Principal,
    mut query: QueryFields,
) -> Result<Json<Page<Note>>, Problem> {
    let client: Option<ClientId> = query.parsed("clientId");
    let appointment: Option<AppointmentId> = query.parsed("appointmentId");
    let (limit, cursor) = query.page("notes", &[&client, &appointment])?;
    let after = cursor.after().map(|after| after.1);
    let mut tx = state.db.tenant(principal.tenant).await?;
    let rows = store::list(&mut tx, client, appointment, after, limit.and_one()).await?;
    tx.commit().await?;
    Ok(Json(cursor.page(limit, rows, |(id, _)| After(None, id.0), |(id, row)| row.show(id))))
}
