//! What people do, on the real app. Targets are chosen from what the device shows.

use client_core::app::{App, AppError, Span};
use domain::appointments::Step;
use domain::clients::Client;
use domain::ids::{AppointmentId, ClientId, IntentId, NoteId, ServiceId};
use domain::lang::Lang;
use domain::sync::Intent;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::asks;
use super::graph::Key;
use super::history::{Act, ActKind};
use super::oracle::{letter, tokens_in};
use super::undoing;

/// What was done.
#[derive(Debug)]
pub(super) struct Done {
    /// What was really done: without a target something is added instead.
    pub kind: ActKind,
    /// A tag that was taken away.
    pub untagged: Option<(Uuid, u32)>,
    /// Changes that were taken back.
    pub undone: Vec<Key>,
    /// What the server is not to be asked any more.
    pub cancelled: Option<IntentId>,
    /// What the server is to be asked again.
    pub again: Option<Intent>,
    /// Who was merged into whom.
    pub merged: Option<(ClientId, ClientId)>,
    /// What the app showed right after, if the value must be in it.
    pub shown: Option<String>,
}

/// Does an act. `server_now` is the server's time, by which it judges what has a deadline.
pub(super) fn perform(app: &mut App, act: &Act, server_now: Timestamp) -> Result<Done, AppError> {
    let mut done = Done {
        kind: act.kind,
        untagged: None,
        undone: Vec::new(),
        cancelled: None,
        again: None,
        merged: None,
        shown: None,
    };
    let word = letter(act.token).to_string();
    match act.kind {
        // Revoking, enrolling and trespassing are the world's; where they are impossible she does something else.
        ActKind::AddClient
        | ActKind::Revoke
        | ActKind::Enrol
        | ActKind::Trespass
        | ActKind::TrespassHistory => add_client(app, &word, &mut done)?,
        ActKind::EditClient
        | ActKind::WriteAboutClient
        | ActKind::Tag
        | ActKind::Untag
        | ActKind::RemoveClient
        | ActKind::AddNote
        | ActKind::Group
        | ActKind::Book => match pick(app.clients(None)?, act.pick) {
            Some(client) => with_client(app, act, &client, &word, &mut done)?,
            None => add_client(app, &word, &mut done)?,
        },
        ActKind::Move | ActKind::Confirm | ActKind::Cancel | ActKind::Complete => {
            match pick(app.appointments(Span::default())?, act.pick) {
                Some(visit) => with_visit(app, act, visit.id)?,
                None => add_client(app, &word, &mut done)?,
            }
        }
        ActKind::EditNote => match pick(app.notes(None)?, act.pick) {
            Some(note) => edit_note(app, act, note.id, &note.body, &mut done)?,
            None => add_client(app, &word, &mut done)?,
        },
        ActKind::Resolve => resolve(app, act, &word, &mut done)?,
        ActKind::Merge => merge(app, act, &word, &mut done)?,
        ActKind::AddService | ActKind::EditService | ActKind::RemoveService => {
            with_services(app, act, &word, &mut done)?;
        }
        ActKind::Undo => undoing::undo(app, act, &word, &mut done)?,
        ActKind::UndoDevice => undoing::undo_device(app, act, &word, &mut done)?,
        ActKind::TakePayment => asks::take_payment(app, act, &word, &mut done)?,
        ActKind::ChangeSetting => asks::change_setting(app, &word, &mut done)?,
        ActKind::AskInTime => asks::ask_in_time(app, act, &word, server_now)?,
        ActKind::CancelIntent => asks::cancel(app, act, &word, &mut done)?,
        ActKind::AskAgain => asks::ask_again(app, act, &word, &mut done)?,
    }
    Ok(done)
}

pub(super) fn add_client(app: &mut App, word: &str, done: &mut Done) -> Result<(), AppError> {
    done.kind = ActKind::AddClient;
    let client = app
        .add_client(&object(json!({ "name": format!("Client {word}"), "source": "sim", "tags": [word] })))?;
    done.shown = Some(text(&client));
    Ok(())
}

fn with_client(
    app: &mut App,
    act: &Act,
    client: &Client,
    word: &str,
    done: &mut Done,
) -> Result<(), AppError> {
    let id = client.id;
    let turn = act.pick / 256;
    match act.kind {
        ActKind::EditClient => {
            let fields = match turn % 4 {
                0 => json!({ "name": format!("Name {word}") }),
                1 => json!({ "loyaltyLevel": word }),
                2 => json!({ "email": format!("a{}@example.com", act.token), "source": word }),
                _ => json!({ "preferences": { "tea": word } }),
            };
            done.shown = Some(text(&app.edit_client(id, &object(fields))?));
        }
        ActKind::WriteAboutClient => {
            let notes = inserted(&client.notes, turn, word);
            done.shown = Some(text(&app.edit_client(id, &object(json!({ "notes": notes })))?));
        }
        ActKind::Untag if !client.tags.is_empty() => {
            let mut tags = client.tags.clone();
            let gone = tags.remove(turn as usize % tags.len());
            app.edit_client(id, &object(json!({ "tags": tags })))?;
            done.untagged = tokens_in(&gone).next().map(|token| (id.0, token));
        }
        ActKind::Tag | ActKind::Untag => {
            done.kind = ActKind::Tag;
            let mut tags = client.tags.clone();
            tags.push(word.to_owned());
            done.shown = Some(text(&app.edit_client(id, &object(json!({ "tags": tags })))?));
        }
        ActKind::RemoveClient => app.remove_client(id)?,
        ActKind::AddNote => {
            done.shown = Some(text(&app.add_note(&object(json!({ "clientId": id, "body": word })))?));
        }
        ActKind::Group => {
            let shown = app.in_group(|app| {
                let client = app.edit_client(id, &object(json!({ "loyaltyLevel": word })))?;
                app.add_note(&object(json!({ "clientId": id, "body": word })))?;
                if let Some(visit) = pick(app.appointments(Span::default())?, act.pick) {
                    app.take_step(visit.id, Step::Confirm)?;
                }
                Ok(client)
            })?;
            done.shown = Some(text(&shown));
        }
        _ => {
            let mut fields = object(json!({ "clientId": id, "startsAt": hour(turn), "note": word }));
            match pick(app.services()?, turn) {
                Some(service) => fields.insert("serviceId".to_owned(), json!(service.id)),
                None => fields.insert("durationMin".to_owned(), json!(45)),
            };
            done.shown = Some(text(&app.book(&fields)?));
        }
    }
    Ok(())
}

fn with_visit(app: &mut App, act: &Act, id: AppointmentId) -> Result<(), AppError> {
    match act.kind {
        ActKind::Move => {
            let fields = json!({ "startsAt": hour(act.token * 7 + 3), "durationMin": 30 + act.token % 90 });
            app.move_appointment(id, &object(fields)).map(drop)
        }
        ActKind::Confirm => app.take_step(id, Step::Confirm).map(drop),
        ActKind::Cancel => app.take_step(id, Step::Cancel).map(drop),
        _ => app.take_step(id, Step::Complete).map(drop),
    }
}

fn edit_note(app: &mut App, act: &Act, id: NoteId, body: &str, done: &mut Done) -> Result<(), AppError> {
    let word = letter(act.token).to_string();
    let body = inserted(body, act.pick / 256, &word);
    done.shown = Some(text(&app.edit_note(id, &object(json!({ "body": body })))?));
    Ok(())
}

fn with_services(app: &mut App, act: &Act, word: &str, done: &mut Done) -> Result<(), AppError> {
    let price = 1_000 + act.token % 500;
    let target: Option<ServiceId> = pick(app.services()?, act.pick).map(|service| service.id);
    match (act.kind, target) {
        (ActKind::EditService, Some(id)) => {
            let fields = object(json!({ "name": format!("Service {word}"), "basePrice": price }));
            done.shown = Some(text(&app.edit_service(id, &fields)?));
        }
        (ActKind::RemoveService, Some(id)) => app.remove_service(id)?,
        _ => add_service(app, price, word, done)?,
    }
    Ok(())
}

pub(super) fn add_service(app: &mut App, price: u32, word: &str, done: &mut Done) -> Result<(), AppError> {
    done.kind = ActKind::AddService;
    let name = format!("Service {word}");
    let fields = object(json!({ "name": name, "basePrice": price, "durationMin": 60 }));
    done.shown = Some(text(&app.add_service(&fields)?));
    Ok(())
}

fn resolve(app: &mut App, act: &Act, word: &str, done: &mut Done) -> Result<(), AppError> {
    let told = pick(app.conflicts(false, Lang::En)?, act.pick);
    let choice = told.and_then(|told| Some((told.id, pick(told.resolutions, act.pick / 256)?.id)));
    match choice {
        Some((id, choice)) => app.resolve_conflict(id, &choice, None).map(drop),
        None => add_client(app, word, done),
    }
}

fn merge(app: &mut App, act: &Act, word: &str, done: &mut Done) -> Result<(), AppError> {
    let mut clients = app.clients(None)?;
    if clients.len() < 2 {
        return add_client(app, word, done);
    }
    let gone = clients.swap_remove(act.pick as usize % clients.len()).id;
    let into = clients.swap_remove(act.pick as usize / 256 % clients.len()).id;
    app.merge_clients(gone, into)?;
    done.merged = Some((gone, into));
    Ok(())
}

pub(super) fn pick<T>(mut all: Vec<T>, pick: u32) -> Option<T> {
    if all.is_empty() { None } else { Some(all.swap_remove(pick as usize % all.len())) }
}

/// A text with one more letter in some place.
fn inserted(text: &str, place: u32, word: &str) -> String {
    let count = text.chars().count();
    let place = place as usize % (count + 1);
    let (before, after): (Vec<_>, Vec<_>) = text.chars().enumerate().partition(|(index, _)| *index < place);
    before.iter().map(|(_, c)| *c).chain(word.chars()).chain(after.iter().map(|(_, c)| *c)).collect()
}

fn hour(turn: u32) -> String {
    format!("2026-12-{:02}T{:02}:{:02}", 1 + turn % 9, 9 + turn / 9 % 9, turn / 81 % 60)
}

pub(super) fn object(value: Json) -> Map<String, Json> {
    if let Json::Object(map) = value { map } else { Map::new() }
}

pub(super) fn text(shown: &impl serde::Serialize) -> String {
    serde_json::to_string(shown).unwrap_or_default()
}
