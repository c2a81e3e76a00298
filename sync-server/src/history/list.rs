//! `GET /{clients,appointments,notes}/{id}/changes`.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::documents::{Collection, Hash};
use domain::history::{Change, changes};
use domain::ids::{AppointmentId, ClientId, NoteId};
use utoipa::IntoParams;
use uuid::Uuid;

use super::store;
use crate::http::{After, Asked, ItemListErrors, Page, PageQuery, PathId, Problem, QueryFields, Read};
use crate::{devices, sync};

/// What may be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct ChangeQuery {
    /// Only changes of this field of the document: who made it what it is?
    #[param(example = "time")]
    field: Option<String>,
}

/// List the changes of a client
#[utoipa::path(
    get, path = "/clients/{id}/changes", operation_id = "listClientChanges", tag = "history",
    params(("id" = ClientId, Path, description = "The client's id"), ChangeQuery, PageQuery),
    responses((status = 200, description = "A page of changes, the newest first", body = Page<Change>), ItemListErrors)
)]
pub(super) async fn client_changes(
    read: Read,
    PathId(id): PathId<ClientId>,
    Asked(query): Asked,
) -> Result<Json<Page<Change>>, Problem> {
    list(read, Collection::Clients, id.0, query).await
}

/// List the changes of an appointment
#[utoipa::path(
    get, path = "/appointments/{id}/changes", operation_id = "listAppointmentChanges", tag = "history",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), ChangeQuery, PageQuery),
    responses((status = 200, description = "A page of changes, the newest first", body = Page<Change>), ItemListErrors)
)]
pub(super) async fn appointment_changes(
    read: Read,
    PathId(id): PathId<AppointmentId>,
    Asked(query): Asked,
) -> Result<Json<Page<Change>>, Problem> {
    list(read, Collection::Appointments, id.0, query).await
}

/// List the changes of a note
#[utoipa::path(
    get, path = "/notes/{id}/changes", operation_id = "listNoteChanges", tag = "history",
    params(("id" = NoteId, Path, description = "The note's id"), ChangeQuery, PageQuery),
    responses((status = 200, description = "A page of changes, the newest first", body = Page<Change>), ItemListErrors)
)]
pub(super) async fn note_changes(
    read: Read,
    PathId(id): PathId<NoteId>,
    Asked(query): Asked,
) -> Result<Json<Page<Change>>, Problem> {
    list(read, Collection::Notes, id.0, query).await
}

async fn list(
    Read { mut tx, .. }: Read,
    collection: Collection,
    id: Uuid,
    mut query: QueryFields,
) -> Result<Json<Page<Change>>, Problem> {
    let field = query.text("field");
    let (limit, cursor) = query.page("changes", &[&id, &field])?;
    let mut document = sync::load(&mut tx, collection, id).await?.ok_or_else(Problem::not_found)?;
    let after: Option<Hash> = cursor.after().and_then(|after| after.0.as_deref()?.parse().ok());
    let most = usize::try_from(limit.and_one()).unwrap_or(usize::MAX);
    let mut found = changes(&mut document, after, most, field.as_deref());
    let hashes: Vec<Hash> = found.iter().map(|change| change.id).collect();
    let received = store::received(&mut tx, id, &hashes).await?;
    let names = devices::names(&mut tx).await?;
    tx.commit().await?;
    for change in &mut found {
        if let Some(name) = names.get(&change.device) {
            name.clone_into(&mut change.device);
        }
        change.received_at = received.get(&change.id).map(ToString::to_string);
    }
    Ok(Json(cursor.page(limit, found, |change| After(Some(change.id.to_string()), id), |change| change)))
}
