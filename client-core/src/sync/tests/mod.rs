//! The engine by example: two devices, one small server, and everything that may go wrong between them.

mod faults;
mod server;

use domain::ids::{ClientId, ServiceId};
use serde_json::json;
use server::{Server, sync, sync_with};

use super::*;
use crate::app::App;
use crate::testing::{device, fields, on};

fn export(app: &App) -> String {
    serde_json::to_string(&app.export().unwrap()).unwrap()
}

fn add_client(app: &mut App, name: &str) -> ClientId {
    app.add_client(&fields(json!({ "name": name }))).unwrap().id
}

fn name(app: &App, id: ClientId) -> String {
    app.client(id).unwrap().name
}

fn codes(app: &App) -> Vec<String> {
    app.status().unwrap().notices.into_iter().map(|notice| notice.code).collect()
}

fn assert_sound(app: &mut App) {
    let verified = app.verify().unwrap();
    assert_eq!((verified.unopened, verified.different), (0, 0));
}

#[test]
fn two_devices_that_edited_apart_show_the_same_and_nothing_is_lost() {
    let (mut a, mut b, mut server) = (device(1), device(2), Server::default());
    let anna = add_client(&mut a, "Анна");
    let note = a.add_note(&fields(json!({ "clientId": anna, "body": "Любит кофе." }))).unwrap().id;
    sync(&mut a, &mut server);
    sync(&mut b, &mut server);

    a.edit_client(anna, &fields(json!({ "phone": "89161234567", "tags": ["vip"] }))).unwrap();
    b.edit_client(anna, &fields(json!({ "email": "anna@example.com", "tags": ["утро"] }))).unwrap();
    a.edit_note(note, &fields(json!({ "body": "Очень любит кофе." }))).unwrap();
    b.edit_note(note, &fields(json!({ "body": "Любит кофе. Аллергия на латекс." }))).unwrap();
    let olga = add_client(&mut b, "Ольга");
    for app in [&mut a, &mut b] {
        sync(app, &mut server);
    }
    let report = sync(&mut a, &mut server);
    assert_eq!(report.in_step, Some(true));
    assert_eq!(export(&a), export(&b));
    let seen = a.client(anna).unwrap();
    assert_eq!(seen.tags, ["vip", "утро"]);
    assert_eq!(
        (seen.phone.as_deref(), seen.email.as_deref()),
        (Some("+79161234567"), Some("anna@example.com"))
    );
    assert_eq!(a.note(note).unwrap().body, "Очень любит кофе. Аллергия на латекс.");
    assert_eq!(name(&a, olga), "Ольга");
    assert_eq!((a.pending().unwrap(), b.pending().unwrap()), (0, 0));
    assert_sound(&mut a);
    assert_sound(&mut b);
}

#[test]
fn a_new_device_reads_in_pages_of_any_size_lazily_or_not() {
    let (mut a, mut server) = (device(1), Server::default());
    for n in 0..30 {
        add_client(&mut a, &format!("Клиент {n}"));
    }
    sync(&mut a, &mut server);
    server.fold();
    server.page = 7;
    let (mut lazy, mut eager) = (device(2), device(3));
    sync(&mut lazy, &mut server);
    sync_with(&mut eager, &mut server, Options { rows: false, ..Options::default() });
    assert_eq!(export(&lazy), export(&a));
    assert_eq!(export(&eager), export(&a));
    assert_eq!(lazy.store().read(|tx| tx.unopened(100)).unwrap().len(), 30);
    assert_eq!(lazy.open_idle(100).unwrap(), 0);
    assert_sound(&mut lazy);
}

#[test]
fn a_change_leaves_the_outbox_only_when_the_server_has_it() {
    let (mut a, mut server) = (device(1), Server::default());
    add_client(&mut a, "Анна");
    let mut engine = Engine::new(Options::default());
    let Effect::Send(ticket, request) = a.sync_step(&mut engine, Event::Wake).unwrap() else { panic!() };
    let lost = server.reply(&request);
    assert!(matches!(
        a.sync_step(&mut engine, Event::Failed(ticket, Failure::Timeout)).unwrap(),
        Effect::Sleep(until) if until > a.now()
    ));
    assert_eq!(a.pending().unwrap(), 1);
    let late = a.sync_step(&mut engine, Event::Answered(ticket, lost)).unwrap();
    assert_eq!(late, Effect::Ignored, "its time is over");
    let report = sync(&mut a, &mut server);
    assert_eq!((report.pushed, a.pending().unwrap()), (1, 0), "the server answers `duplicate`");
}

#[test]
fn a_snapshot_is_merged_with_edits_that_were_not_sent() {
    let (mut a, mut b, mut server) = (device(1), device(2), Server::default());
    let anna = add_client(&mut a, "Анна");
    sync(&mut a, &mut server);
    sync(&mut b, &mut server);
    a.edit_client(anna, &fields(json!({ "phone": "+79161234567" }))).unwrap();
    sync(&mut a, &mut server);
    b.edit_client(anna, &fields(json!({ "email": "anna@example.com" }))).unwrap();
    server.fold();
    b.store_mut().write::<_, crate::StoreError>(|tx| tx.clear_meta(CURSOR)).unwrap();
    sync(&mut b, &mut server);
    sync(&mut a, &mut server);
    let client = b.client(anna).unwrap();
    assert!(client.phone.is_some() && client.email.is_some());
    assert_eq!(sync(&mut b, &mut server).in_step, Some(true));
    b.store_mut().write::<_, crate::StoreError>(|tx| tx.clear_meta(CURSOR)).unwrap();
    sync(&mut b, &mut server);
    assert_sound(&mut b);
}

#[test]
fn a_service_is_there_at_once_and_on_the_other_device_after_its_sync() {
    let (mut a, mut b, mut server) = (device(1), device(2), Server::default());
    let cut =
        a.add_service(&fields(json!({ "name": "Стрижка", "basePrice": "2500", "durationMin": 90 }))).unwrap();
    let booked = a.book(&fields(json!({ "serviceId": cut.id, "startsAt": "2026-12-01T10:00" }))).unwrap();
    assert_eq!((booked.appointment.duration_min, booked.appointment.price), (Some(90), Some(json!(2500))));
    sync(&mut a, &mut server);
    sync(&mut b, &mut server);
    assert_eq!(b.service(cut.id).unwrap().name, "Стрижка");
    assert_eq!(export(&a), export(&b));
    assert_eq!(a.pending().unwrap(), 0);
}

#[test]
fn a_refused_intent_is_told_and_its_effect_is_taken_back() {
    let (mut a, mut server) = (device(1), Server { refuse_intents: true, ..Server::default() });
    let cut = a.add_service(&fields(json!({ "name": "Стрижка", "basePrice": 1, "durationMin": 5 }))).unwrap();
    sync(&mut a, &mut server);
    assert!(a.service(ServiceId(cut.id.0)).is_err());
    assert_eq!(codes(&a), [crate::app::notices::INTENT_REFUSED]);
    assert_eq!(a.status().unwrap().intents[0].state, "refused");
}

#[test]
fn a_copied_home_writes_under_a_name_of_its_own() {
    let (mut a, mut server) = (device(1), Server::default());
    let anna = add_client(&mut a, "Анна");
    a.edit_client(anna, &fields(json!({ "tags": ["до"] }))).unwrap();
    let mut copy = on(a.store().duplicate().unwrap(), 9);
    a.edit_client(anna, &fields(json!({ "phone": "+79161234567" }))).unwrap();
    copy.edit_client(anna, &fields(json!({ "email": "anna@example.com" }))).unwrap();
    for app in [&mut a, &mut copy] {
        assert_eq!(sync(app, &mut server).refused, 0);
    }
    sync(&mut a, &mut server);
    assert_eq!(export(&a), export(&copy));
    assert!(a.client(anna).unwrap().email.is_some());
}
