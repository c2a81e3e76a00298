//! The app by example, offline.

use domain::appointments::{Status, Step};
use domain::errors::ErrorCode;
use domain::ids::{ClientId, PaymentId};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::testing::{account, device, fields};

#[test]
fn a_search_finds_cyrillic_whatever_the_case_and_yo_and_parts_of_phones() {
    let mut app = device(1);
    let id =
        app.add_client(&fields(json!({ "name": "Алёна Ёлкина", "phone": "8 916 123-45-67" }))).unwrap().id;
    app.add_client(&fields(json!({ "name": "Борис" }))).unwrap();
    for query in ["елкина", "АЛЕНА ёлк", "алё", "8 916 12", "+7 916", "916123", "4567", "1234567"]
    {
        let found: Vec<_> = app.clients(Some(query)).unwrap().iter().map(|client| client.id).collect();
        assert_eq!(found, [id], "{query}");
    }
    for query in ["лкина", "\"*", "борисова", "999"] {
        assert_eq!(app.clients(Some(query)).unwrap(), [], "{query}");
    }
    app.remove_client(id).unwrap();
    assert_eq!(app.clients(Some("елкина")).unwrap(), []);
}

#[test]
fn overlaps_are_told_and_never_refused() {
    let mut app = device(1);
    let first = app.book(&fields(json!({ "startsAt": "2026-12-01T10:00", "durationMin": 90 }))).unwrap();
    let second = app.book(&fields(json!({ "startsAt": "2026-12-01T11:00", "durationMin": 30 }))).unwrap();
    assert_eq!(second.overlaps, [first.appointment.id]);
    let moved = fields(json!({ "startsAt": "2026-12-01T11:30" }));
    assert_eq!(app.move_appointment(second.appointment.id, &moved).unwrap().overlaps, []);
    app.take_step(first.appointment.id, Step::Cancel).unwrap();
    assert_eq!(app.appointment(first.appointment.id).unwrap().status, Status::Cancelled);
}

#[test]
fn the_last_visit_is_the_latest_completed_one() {
    let mut app = device(1);
    let anna = app.add_client(&fields(json!({ "name": "Анна" }))).unwrap().id;
    for day in ["2026-03-05", "2026-03-01"] {
        let visit =
            fields(json!({ "clientId": anna, "startsAt": format!("{day}T10:00"), "durationMin": 60 }));
        let id = app.book(&visit).unwrap().appointment.id;
        app.take_step(id, Step::Complete).unwrap();
    }
    let seen = app.client(anna).unwrap().last_visit_at;
    assert_eq!(seen.as_deref(), Some("2026-03-05T10:00:00+03:00"));
    assert_eq!(app.clients(None).unwrap()[0].last_visit_at, seen);
}

#[test]
fn names_that_are_not_here_and_wrong_fields_are_told() {
    let mut app = device(1);
    let nobody = ClientId(Uuid::from_u128(77));
    let error = app.add_note(&fields(json!({ "clientId": nobody, "body": "?" }))).unwrap_err();
    assert_eq!(serde_json::to_value(error.fields()).unwrap(), json!({ "clientId": "unknown" }));
    assert_eq!(app.edit_client(nobody, &fields(json!({}))).unwrap_err().code(), ErrorCode::NotFound);
    assert_eq!(app.add_client(&fields(json!({}))).unwrap_err().code(), ErrorCode::ValidationFailed);
    assert_eq!(app.pending().unwrap(), 0);
}

#[test]
fn a_group_is_saved_whole_or_not_at_all() {
    let mut app = device(1);
    let failed: Result<()> = app.in_group(|app| {
        app.add_client(&fields(json!({ "name": "Анна" })))?;
        app.add_client(&fields(json!({ "name": "" }))).map(drop)
    });
    assert!(failed.is_err());
    assert_eq!((app.clients(None).unwrap().len(), app.pending().unwrap()), (0, 0));
    app.in_group(|app| {
        app.add_client(&fields(json!({ "name": "Анна" })))?;
        app.add_client(&fields(json!({ "name": "Ольга" })))
    })
    .unwrap();
    let batch = app.store().read(|tx| tx.outbox_batch(1)).unwrap();
    assert_eq!(batch.len(), 2, "one byte is enough for a whole group");
    assert!(batch[0].group.is_some() && batch[0].group == batch[1].group);
    let too_many: Result<()> = app.in_group(|app| {
        (0..65).try_for_each(|n| app.add_client(&fields(json!({ "name": format!("{n}") }))).map(drop))
    });
    assert!(matches!(too_many, Err(AppError::GroupTooLarge)));
    assert_eq!(app.clients(None).unwrap().len(), 2);
}

#[test]
fn payments_are_shown_at_once_and_known_twice_only_once() {
    let mut app = device(1);
    let id = PaymentId(Uuid::from_u128(5));
    let payment = fields(json!({ "date": "2018-06-09", "amount": -65.5 }));
    app.add_payment(id, &payment).unwrap();
    assert!(matches!(app.add_payment(id, &payment), Err(AppError::Exists(_))));
    assert_eq!(app.payments(Some("2018-06")).unwrap()[0].kind, "refund");
    assert_eq!(app.payments(Some("2018-07")).unwrap(), []);
}

#[test]
fn a_home_belongs_to_one_tenant() {
    let mut app = device(1);
    let mut other = account(1);
    other.tenant.id = domain::ids::TenantId(Uuid::from_u128(99));
    assert!(matches!(app.sign_in(&other), Err(AppError::OtherTenant)));
}

#[test]
fn a_copied_home_is_told_and_enrolled_anew() {
    let mut app = device(1);
    app.compare_fingerprint("machine 1").unwrap();
    assert!(!app.needs_enrolment().unwrap());
    app.compare_fingerprint("machine 2").unwrap();
    assert!(app.needs_enrolment().unwrap());
    let fresh = account(2);
    app.enrol(&fresh.device, &fresh.token).unwrap();
    assert!(!app.needs_enrolment().unwrap());
    assert_eq!(app.take_notices().unwrap()[0].code, notices::COPIED_HOME);
    assert_eq!(app.take_notices().unwrap(), []);
}
