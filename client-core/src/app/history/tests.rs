//! History on one device, offline.

use std::sync::Arc;

use domain::errors::ErrorCode;
use domain::lang::Lang;
use serde_json::json;

use super::*;
use crate::testing::{CountingIds, NOW, StillClock, device, fields};

#[test]
fn a_settled_conflict_tells_its_story_and_an_undo_brings_it_back() {
    let mut app = device(1);
    let visits = ["2026-12-01T10:00", "2026-12-01T10:30"]
        .map(|at| app.book(&fields(json!({ "startsAt": at, "durationMin": 60 }))).unwrap().appointment.id);
    let told = app.conflicts(false, Lang::En).unwrap().remove(0);
    app.resolve_conflict(told.id, &format!("cancel:{}", visits[1]), None).unwrap();
    assert!(app.conflicts(false, Lang::En).unwrap().is_empty());
    let home = *told.about.first().unwrap();
    let story = app.history(home, None, 10, None).unwrap();
    assert_eq!(story[0].command, "conflict.decide");
    let taken = app.undo_change(home, story[0].id).unwrap();
    assert_eq!(taken.undone.len(), 2, "the decision, and the cancellation that it made: {taken:?}");
    assert_eq!(app.appointment(visits[1]).unwrap().status, domain::appointments::Status::Booked);
    assert_eq!(app.conflicts(false, Lang::En).unwrap()[0].id, told.id, "it is back");
    let again = app.undo_change(home, story[0].id).unwrap_err();
    assert_eq!(again.code(), ErrorCode::Conflict, "what was undone is not undone twice");
}

#[test]
fn everything_a_device_did_since_a_moment_is_taken_back() {
    let mut app = device(1);
    let anna = app.add_client(&fields(json!({ "name": "Анна" }))).unwrap().id;
    app.edit_client(anna, &fields(json!({ "name": "Ольга" }))).unwrap();
    let nobody = app.undo_device("phone", Timestamp::UNIX_EPOCH).unwrap_err();
    assert_eq!(nobody.code(), ErrorCode::Conflict);
    let later = Timestamp::from_second(NOW + 1).unwrap();
    assert_eq!(app.undo_device("device 1", later).unwrap_err().code(), ErrorCode::Conflict);
    let taken = app.undo_device("device 1", Timestamp::from_second(NOW).unwrap()).unwrap();
    assert_eq!(taken.undone.len(), 2);
    assert!(app.client(anna).is_err(), "what it added is removed");
}

#[test]
fn the_base_at_a_moment_is_read_and_nothing_changes() {
    let mut app = device(1);
    let anna = app.add_client(&fields(json!({ "name": "Анна" }))).unwrap().id;
    app.remove_client(anna).unwrap();
    app.add_client(&fields(json!({ "name": "Ольга" }))).unwrap();
    let pending = app.pending().unwrap();
    let now = Timestamp::from_second(NOW).unwrap();
    let before = Timestamp::from_second(NOW - 1).unwrap();
    let names = |at| app.clients_at(at).unwrap().into_iter().map(|client| client.name).collect::<Vec<_>>();
    assert_eq!((names(before), names(now)), (vec![], vec!["Ольга".to_owned()]));
    assert_eq!(app.pending().unwrap(), pending);
    assert!(app.appointments_at(now).unwrap().is_empty() && app.notes_at(now).unwrap().is_empty());
}

#[test]
fn what_was_changed_since_is_as_it_was_and_what_was_not_is_as_it_is() {
    let mut first = device(1);
    let anna = first.add_client(&fields(json!({ "name": "Анна" }))).unwrap().id;
    first.add_client(&fields(json!({ "name": "Ольга" }))).unwrap();
    let store = first.store().duplicate().unwrap();
    let mut app = App::new(store, Arc::new(StillClock(NOW + 100)), Box::new(CountingIds::of(9))).unwrap();
    app.edit_client(anna, &fields(json!({ "name": "Аня" }))).unwrap();
    app.add_client(&fields(json!({ "name": "Зоя" }))).unwrap();
    let names = |at| {
        let all = app.clients_at(Timestamp::from_second(at).unwrap()).unwrap();
        all.into_iter().map(|client| client.name).collect::<Vec<_>>()
    };
    assert_eq!(names(NOW - 1), Vec::<String>::new());
    assert_eq!(names(NOW), ["Анна", "Ольга"]);
    assert_eq!(names(NOW + 99), ["Анна", "Ольга"]);
    assert_eq!(names(NOW + 100), ["Аня", "Зоя", "Ольга"]);
}
