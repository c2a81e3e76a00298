//! `GET /clients/{id}/export`: everything that is known of one person, for the person who asks for it.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::IntoResponse;
use domain::appointments::Appointment;
use domain::clients::{Client, ClientRow};
use domain::dates::format_seconds;
use domain::documents::{Collection, Document};
use domain::ids::{AppointmentId, ClientId, NoteId};
use domain::media::Media;
use domain::notes::Note;
use domain::payments::Payment;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store_export::{self, Kind};
use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::http::{ItemErrors, PathId, Principal, Problem, now_text};
use crate::sync;

/// Everything about one person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientExport {
    /// RFC 3339: as of when.
    exported_at: String,
    /// The card, with every consent that was given or taken back.
    client: Client,
    /// Visits that were not removed.
    appointments: Vec<Appointment>,
    /// Notes that were not removed.
    notes: Vec<Note>,
    /// Payments and refunds.
    payments: Vec<Payment>,
    /// What is known of the pictures; `GET /media/{id}` has links to them.
    media: Vec<Media>,
    /// What was done to the card, and when.
    history: Vec<HistoryLine>,
}

/// One thing that was done to the card.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HistoryLine {
    /// RFC 3339, by the clock of the device.
    #[schema(example = "2026-12-01T07:00:00Z")]
    at: Option<String>,
    /// What was done.
    #[schema(example = "client.edit")]
    command: String,
}

/// Export everything about a client
///
/// For a person who asks what is kept about them: the card with its consents, visits, notes, payments, pictures, and what was done
/// to the card.
#[utoipa::path(
    get, path = "/clients/{id}/export", operation_id = "exportClient", tag = "clients",
    params(("id" = ClientId, Path, description = "The client's id")),
    responses((status = 200, description = "Everything of one moment", body = ClientExport), ItemErrors)
)]
pub(super) async fn export_client(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<ClientId>,
) -> Result<impl IntoResponse, Problem> {
    let mut tx = state.db.tenant_at_one_moment(principal.tenant).await?;
    let row = super::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let export = read(&mut tx, id, row, now_text(state.now())).await?;
    tx.commit().await?;
    let disposition = format!("attachment; filename=\"client-{id}.json\"");
    Ok(([(CONTENT_DISPOSITION, disposition)], Json(export)))
}

async fn read(
    tx: &mut TenantTx,
    id: ClientId,
    row: ClientRow,
    exported_at: String,
) -> Result<ClientExport, Problem> {
    let client = super::show(tx, id, row).await?;
    let appointments = all(tx, id, Kind::Visits).await?;
    let notes = all(tx, id, Kind::Notes).await?;
    let document = sync::load(tx, Collection::Clients, id.0).await?;
    Ok(ClientExport {
        exported_at,
        client,
        appointments: appointments
            .into_iter()
            .map(|(id, row): (Uuid, domain::appointments::AppointmentRow)| row.show(AppointmentId(id)))
            .collect(),
        notes: notes
            .into_iter()
            .map(|(id, row): (Uuid, domain::notes::NoteRow)| row.show(NoteId(id)))
            .collect(),
        payments: all(tx, id, Kind::Payments).await?.into_iter().map(|(_, payment)| payment).collect(),
        media: all(tx, id, Kind::Media).await?.into_iter().map(|(_, media)| media).collect(),
        history: document.map(history).unwrap_or_default(),
    })
}

async fn all<T: DeserializeOwned>(
    tx: &mut TenantTx,
    client: ClientId,
    kind: Kind,
) -> Result<Vec<(Uuid, T)>, StoreError> {
    let found = store_export::of_client(tx, client, kind).await?;
    found
        .into_iter()
        .map(|(id, json)| Ok((id, serde_json::from_str(&json).map_err(StoreError::damaged)?)))
        .collect()
}

fn history(mut document: Document) -> Vec<HistoryLine> {
    let lines = document.history().into_iter();
    let line = |(_, at, said): (_, i64, String)| {
        // Behind the command stand version and device.
        let command = said.split(' ').next().unwrap_or_default().to_owned();
        HistoryLine { at: format_seconds(at), command }
    };
    lines.map(line).collect()
}
