//! Notes: `/notes`.

use axum::Router;
use axum::routing::MethodFilter;
use domain::api::Listing;
use domain::ids::{AppointmentId, ClientId, NoteId};
use domain::lang::Lang;
use domain::notes::{LIST, NoteEdit};

use super::request::{Ask, Takes, Write};
use super::{Answered, LocalApi, Problem, Reply, appointments, clients, read, write};
use crate::app::App;

pub(super) fn routes() -> Router<LocalApi> {
    Router::new().route("/notes", read(list).merge(write(MethodFilter::POST, Takes::Object, create))).route(
        "/notes/{id}",
        read(get).merge(write(MethodFilter::PATCH, Takes::Object, edit)).merge(write(
            MethodFilter::DELETE,
            Takes::Nothing,
            remove,
        )),
    )
}

fn list(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let mut query = ask.query()?;
    let client: Option<ClientId> = query.parsed("clientId");
    let visit: Option<AppointmentId> = query.parsed("appointmentId");
    let listing = Listing::read(&LIST, query, &app.tenant()?.timezone, &(client, visit))?;
    let mut found = app.notes(client)?;
    found.retain(|note| visit.is_none() || note.appointment_id == visit);
    Reply::ok(&listing.pick(found, |note| note.id.0)?)
}

fn get(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let note = app.note(ask.path("id")?)?;
    let tag = app.version(note.id.0)?;
    Ok(Reply::ok(&note)?.unless_known(ask, &tag))
}

fn create(app: &mut App, write: &mut Write<'_>) -> Answered {
    let edit = NoteEdit::new_from_json(&write.body)?;
    check_names(app, &edit)?;
    let note = app.add_note_as(&edit)?;
    let tag = app.version(note.id.0)?;
    Ok(Reply::created(&format!("notes/{}", note.id), &note)?.tagged(&tag))
}

fn edit(app: &mut App, write: &mut Write<'_>) -> Answered {
    let id = standing(app, write)?;
    let edit = NoteEdit::patch_from_json(&write.body)?;
    check_names(app, &edit)?;
    let note = app.edit_note_as(id, &edit)?;
    Ok(Reply::ok(&note)?.tagged(&app.version(id.0)?))
}

fn remove(app: &mut App, write: &mut Write<'_>) -> Answered {
    let id = standing(app, write)?;
    app.remove_note(id)?;
    Ok(Reply::no_content().tagged(&app.version(id.0)?))
}

fn standing(app: &App, write: &mut Write<'_>) -> Result<NoteId, Problem> {
    let id: NoteId = write.ask.path("id")?;
    app.note(id)?;
    write.changes(app.version(id.0)?);
    Ok(id)
}

fn check_names(app: &App, edit: &NoteEdit) -> Result<(), Problem> {
    clients::check_named(app, "clientId", edit.client_id.value().copied())?;
    appointments::check_named(app, "appointmentId", edit.appointment_id.value().copied())
}
