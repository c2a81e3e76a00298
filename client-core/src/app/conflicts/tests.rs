//! Conflicts on one device, offline: kept beside the rows, told, settled as one action.

use domain::appointments::Status;
use domain::errors::ErrorCode;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

use super::*;
use crate::store::{Store, StoreError};
use crate::testing::{device, fields, on};

fn book(app: &mut App, at: &str) -> AppointmentId {
    let visit = fields(json!({ "startsAt": at, "durationMin": 60, "price": 2500 }));
    app.book(&visit).unwrap().appointment.id
}

fn listed(app: &App) -> Vec<Told> {
    app.conflicts(false, Lang::En).unwrap()
}

/// What is kept is what the rows say, whoever looks.
fn is_kept_up(app: &App) {
    let (kept, anew) = app
        .store()
        .read::<_, StoreError>(|tx| Ok((tx.all_conflicts()?, conflicts::found_anew(tx)?)))
        .unwrap();
    assert_eq!(kept, anew.into_values().collect::<Vec<_>>());
}

#[test]
fn two_visits_of_one_hour_are_told_and_a_move_settles_them() {
    let mut app = device(1);
    let first = book(&mut app, "2026-12-01T10:00");
    book(&mut app, "2026-12-01T10:30");
    let told = listed(&app).remove(0);
    assert!(told.title.contains("30 min"), "{}", told.title);
    assert_eq!(told.versions[0].device.as_deref(), Some("device 1"));
    let pending = app.pending().unwrap();
    let choice = told.resolutions.iter().find(|r| r.id.starts_with(&format!("move:{first}"))).unwrap();
    app.resolve_conflict(told.id, &choice.id, Some(told.facts)).unwrap();
    assert_eq!(listed(&app), []);
    assert!(app.pending().unwrap() > pending, "the decision and the move wait to be sent");
    is_kept_up(&app);
    let gone = app.resolve_conflict(told.id, "keepBoth", None).unwrap_err();
    assert_eq!(gone.code(), ErrorCode::NotFound);
}

#[test]
fn what_is_kept_on_purpose_is_not_listed_until_the_facts_change() {
    let mut app = device(1);
    let first = book(&mut app, "2026-12-01T10:00");
    book(&mut app, "2026-12-01T10:30");
    let told = listed(&app).remove(0);
    app.resolve_conflict(told.id, "keepBoth", None).unwrap();
    assert_eq!(listed(&app), []);
    assert_eq!(app.conflict(told.id, Lang::Ru).unwrap().id, told.id, "it can still be looked at");
    app.move_appointment(first, &fields(json!({ "startsAt": "2026-12-01T10:10" }))).unwrap();
    assert_eq!(listed(&app)[0].id, told.id);
    let stale = app.resolve_conflict(told.id, "keepBoth", Some(told.facts)).unwrap_err();
    assert_eq!(stale.code(), ErrorCode::PreconditionFailed);
}

#[test]
fn cancelling_and_telling_queues_a_message_that_follows_the_cancellation() {
    let mut app = device(1);
    let first = book(&mut app, "2026-12-01T10:00");
    book(&mut app, "2026-12-01T10:30");
    let told = listed(&app).remove(0);
    let settled = app.resolve_conflict(told.id, &format!("cancelAndTell:{first}"), None).unwrap();
    assert_eq!(app.appointment(first).unwrap().status, Status::Cancelled);
    let stored =
        app.store().read::<_, StoreError>(|tx| tx.intent(settled.message.unwrap())).unwrap().unwrap();
    assert_eq!(stored.intent.action, "client.tell");
    assert!(!stored.intent.after.is_empty(), "not before the server knows that it is off");
}

#[test]
fn a_wrong_choice_changes_nothing() {
    let mut app = device(1);
    let first = book(&mut app, "2026-12-01T10:00");
    let told = {
        book(&mut app, "2026-12-01T10:30");
        listed(&app).remove(0)
    };
    let pending = app.pending().unwrap();
    let taken = format!("move:{first}:2026-12-01T10:30[Europe/Moscow]");
    for (choice, code) in [
        ("explode", ErrorCode::ValidationFailed),
        ("restore", ErrorCode::ValidationFailed),
        (taken.as_str(), ErrorCode::SlotTaken),
    ] {
        assert_eq!(app.resolve_conflict(told.id, choice, None).unwrap_err().code(), code, "{choice}");
    }
    assert_eq!((app.pending().unwrap(), listed(&app).len()), (pending, 1));
}

#[test]
fn clients_are_merged_but_not_with_themselves_and_not_in_a_circle() {
    let mut app = device(1);
    let ids = ["Анна", "Аня"]
        .map(|name| app.add_client(&fields(json!({ "name": name, "phone": "+79161234567" }))).unwrap().id);
    let visit = fields(json!({ "clientId": ids[1], "startsAt": "2026-12-01T10:00", "durationMin": 60 }));
    let visit = app.book(&visit).unwrap().appointment.id;
    assert_eq!(listed(&app).len(), 1);
    let itself = app.merge_clients(ids[0], ids[0]).unwrap_err();
    assert_eq!(itself.code(), ErrorCode::Conflict);
    app.merge_clients(ids[1], ids[0]).unwrap();
    assert_eq!(app.appointment(visit).unwrap().client_id, Some(ids[0]));
    assert_eq!(listed(&app), []);
    assert_eq!(app.merge_clients(ids[0], ids[1]).unwrap_err().code(), ErrorCode::NotFound);
    is_kept_up(&app);
}

#[test]
fn a_service_that_is_offered_no_more_is_told_before_any_sync() {
    let mut app = device(1);
    let service = fields(json!({ "name": "Cut", "basePrice": 2500, "durationMin": 60 }));
    let service = app.add_service(&service).unwrap().id;
    let visit = fields(json!({ "serviceId": service, "startsAt": "2026-12-01T10:00" }));
    app.book(&visit).unwrap();
    assert_eq!(listed(&app), []);
    app.edit_service(service, &fields(json!({ "bufferAfterMin": 30 }))).unwrap();
    app.book(&fields(json!({ "serviceId": service, "startsAt": "2026-12-01T11:10" }))).unwrap();
    assert!(listed(&app)[0].title.contains("20 min short"), "the minutes after the first are missing");
    app.remove_service(service).unwrap();
    let kinds: Vec<String> = listed(&app).iter().map(|told| told.kind.to_string()).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "inactive_service").count(), 2, "{kinds:?}");
    is_kept_up(&app);
}

#[test]
fn whatever_is_done_what_is_kept_is_what_the_rows_say() {
    let mut app = device(1);
    let mut rng = StdRng::seed_from_u64(7);
    let shapes = [json!({}), json!({ "bufferBeforeMin": 15 }), json!({ "active": false })];
    let mut services = Vec::new();
    for name in ["Cut", "Colour"] {
        let service = fields(json!({ "name": name, "basePrice": 1, "durationMin": 45 }));
        services.push(app.add_service(&service).unwrap().id);
    }
    for round in 0..300 {
        let clients = app.clients(None).unwrap();
        let visits = app.appointments(crate::app::Span::default()).unwrap();
        let pick = rng.random_range(0..1_000_usize);
        let at = format!("2026-12-0{}T{:02}:{:02}", 1 + pick % 2, 9 + pick % 9, pick % 4 * 15);
        match rng.random_range(0..9_u8) {
            0 => {
                let phone = format!("+7916000000{}", pick % 4);
                app.add_client(&fields(json!({ "name": "Anna", "phone": phone }))).unwrap();
            }
            1 if !clients.is_empty() => app.remove_client(clients[pick % clients.len()].id).unwrap(),
            2 | 3 if !visits.is_empty() => {
                let id = visits[pick % visits.len()].id;
                app.move_appointment(id, &fields(json!({ "startsAt": at }))).unwrap();
            }
            4 if !visits.is_empty() => {
                app.take_step(visits[pick % visits.len()].id, domain::appointments::Step::Cancel).unwrap();
            }
            5 => {
                let shape = shapes[pick % shapes.len()].clone();
                app.edit_service(services[pick % 2], &fields(shape)).unwrap();
            }
            6 if clients.len() > 3 => {
                app.merge_clients(clients[0].id, clients[1].id).unwrap();
            }
            7 => {
                if let Some(told) = listed(&app).first() {
                    let choice = &told.resolutions[pick % told.resolutions.len()].id;
                    app.resolve_conflict(told.id, choice, None).unwrap();
                }
            }
            _ => {
                let client = clients.get(pick % clients.len().max(1)).map(|client| client.id);
                let visit = json!({ "startsAt": at, "serviceId": services[pick % 2], "clientId": client });
                app.book(&fields(visit)).unwrap();
            }
        }
        if round % 10 == 0 {
            is_kept_up(&app);
        }
    }
    is_kept_up(&app);
    assert!(!listed(&app).is_empty());
}

#[test]
fn a_file_of_the_version_before_finds_its_conflicts_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let place = || crate::store::Place::File(folder.path().join("store"), "00".repeat(32).into());
    let mut app = on(Store::open(place()).unwrap(), 1);
    app.sign_in(&crate::testing::account(1)).unwrap();
    book(&mut app, "2026-12-01T10:00");
    book(&mut app, "2026-12-01T10:30");
    // As the version before left it.
    app.store_mut().forget_conflicts_for_test().unwrap();
    drop(app);
    let app = on(Store::open(place()).unwrap(), 1);
    let kept = app.store().read::<_, StoreError>(|tx| Ok(tx.open_conflicts()?.len())).unwrap();
    assert_eq!(kept, 1);
}
