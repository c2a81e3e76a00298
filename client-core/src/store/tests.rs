//! The file by example: all or nothing, durable, encrypted, and honest about a full disk.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::appointments::Appointment;
use domain::documents::{Collection, Hash};
use domain::ids::{AppointmentId, ClientId};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::app::{App, AppError, Span};
use crate::testing::{device, fields};

fn file(folder: &std::path::Path, key: char) -> Place {
    Place::File(folder.join("veloria.db"), SecretString::from(key.to_string().repeat(64)))
}

fn set(store: &mut Store, value: &str) -> Result<()> {
    store.write(|tx| tx.set_meta("value", &value))
}

fn value(store: &Store) -> Option<String> {
    store.read::<_, StoreError>(|tx| tx.meta("value")).unwrap()
}

#[test]
fn what_was_written_is_there_after_opening_again_and_only_with_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(file(folder.path(), 'a')).unwrap();
    set(&mut store, "kept").unwrap();
    assert!(matches!(Store::open(file(folder.path(), 'b')), Err(StoreError::WrongPassphrase)));
    drop(store);
    let store = Store::open(file(folder.path(), 'a')).unwrap();
    assert_eq!(value(&store).as_deref(), Some("kept"));
    let durable: i64 = store.conn.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap();
    assert_eq!(durable, 2, "FULL: without it a power cut loses what was confirmed");
}

#[test]
fn a_part_that_fails_takes_only_itself_back() {
    let mut store = Store::in_memory().unwrap();
    store.begin().unwrap();
    set(&mut store, "outer").unwrap();
    let failed: Result<()> = store.write(|tx| {
        tx.set_meta("value", &"inner")?;
        Err(StoreError::NotInMemory)
    });
    assert!(failed.is_err());
    assert_eq!(value(&store).as_deref(), Some("outer"));
    store.rollback();
    assert_eq!(value(&store), None);
}

#[test]
fn a_full_disk_says_so_and_the_store_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(file(folder.path(), 'a')).unwrap();
    set(&mut store, "before").unwrap();
    let pages: i64 = store.conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    store.conn.execute_batch(&format!("PRAGMA max_page_count = {pages}")).unwrap();
    assert!(matches!(set(&mut store, &"x".repeat(100_000)), Err(StoreError::Disk(_))));
    assert_eq!(value(&store).as_deref(), Some("before"), "reading goes on");
    store.conn.execute_batch("PRAGMA max_page_count = 1000000").unwrap();
    set(&mut store, "after").unwrap();
    assert_eq!(value(&store).as_deref(), Some("after"));
}

#[test]
fn a_commit_that_fails_is_not_tried_again_on_the_same_connection() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(file(folder.path(), 'a')).unwrap();
    store.begin().unwrap();
    // Ending it behind the store's back makes its own COMMIT fail.
    store.conn.execute_batch("ROLLBACK").unwrap();
    assert!(store.commit().is_err());
    assert_eq!(store.generation(), 1, "whoever writes takes a new actor");
    set(&mut store, "works").unwrap();
}

#[test]
fn the_kept_sums_are_those_of_what_is_stored() {
    let mut store = Store::in_memory().unwrap();
    let id = Uuid::from_u128(7);
    let mut document = StoredDocument {
        collection: Collection::Clients,
        form: Form::Snapshot,
        bytes: b"x".to_vec(),
        heads: vec![Hash([1; 32])],
        synced: vec![Hash([1; 32])],
        sound: true,
    };
    store
        .write::<_, StoreError>(|tx| {
            let body = serde_json::json!({ "name": "Стрижка" });
            for _ in 0..2 {
                tx.put_document(id, &document)?;
                tx.put_record("service", id, Some(&body), 1)?;
                assert_eq!(tx.digest()?, tx.recomputed_digest()?);
                document.synced = vec![Hash([2; 32])];
            }
            tx.set_synced(id, &Vec::new())?;
            tx.put_record("service", id, None, 2)?;
            assert_eq!(tx.digest()?, tx.recomputed_digest()?);
            assert!(tx.digest()?.values().all(|sum| *sum == domain::sync::Sum::default()));
            Ok(())
        })
        .unwrap();
}

/// What SQLite does for something, in its own instructions: the same on every machine.
fn instructions<T>(app: &mut App, act: impl FnOnce(&mut App) -> T) -> u64 {
    let counted = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&counted);
    let step = move || {
        count.fetch_add(1, Ordering::Relaxed);
        false
    };
    app.store().conn.progress_handler(1, Some(step)).unwrap();
    act(app);
    app.store().conn.progress_handler(0, None::<fn() -> bool>).unwrap();
    counted.load(Ordering::Relaxed)
}

/// Books a visit a day, each with a client and a note of her own, from the day on that is this many after the first.
fn book_days(app: &mut App, days: std::ops::Range<i64>) {
    let first = jiff::civil::date(2026, 12, 1);
    app.in_batch(|app| {
        for n in days {
            let day = first.checked_add(jiff::Span::new().days(n)).unwrap();
            let phone = format!("+7916{n:07}");
            let client = app.add_client(&fields(json!({ "name": format!("Анна {n}"), "phone": phone })))?.id;
            app.add_note(&fields(json!({ "clientId": client, "body": "кофе" })))?;
            let visit = app.book(&fields(
                json!({ "startsAt": format!("{day}T10:00"), "durationMin": 60, "clientId": client }),
            ))?;
            let visit = visit.appointment.id;
            app.store.write::<_, AppError>(|tx| {
                Ok(tx.put_record("payment", visit.0, Some(&paid(client, visit, day)), 1)?)
            })?;
        }
        Ok::<_, AppError>(())
    })
    .unwrap();
}

/// What a visit brought.
fn paid(client: ClientId, visit: AppointmentId, day: jiff::civil::Date) -> serde_json::Value {
    json!({
        "id": visit, "kind": "payment", "date": day, "amount": 2500, "currency": "RUB", "taxes": {}, "clientId": client,
        "appointmentId": visit, "receipt": null, "description": null, "quantity": null, "provider": "cash", "metadata": {},
        "createdAt": "2026-12-01T09:00:00Z",
    })
}

#[test]
fn what_a_screen_asks_of_all_visits_and_payments_costs_the_same_however_many_there_are() {
    let mut app = device(1);
    book_days(&mut app, 300..330);
    let client = app.clients(Some("Анна 305")).unwrap()[0].id;
    let visit = app.appointments_of(client, Span::default()).unwrap()[0].0;
    let same = BTreeSet::from([client]);
    let last = Walk { is_descending: true, ..Walk::default() };
    let measure = |app: &mut App| {
        [
            (
                "her visits",
                instructions(app, |app| {
                    assert_eq!(app.appointments_of(client, Span::default()).unwrap().len(), 1);
                }),
            ),
            (
                "her money",
                instructions(app, |app| assert_eq!(app.payments_of_clients(&same).unwrap().len(), 1)),
            ),
            (
                "the money of a visit",
                instructions(app, |app| {
                    assert_eq!(app.payments_of_visits(&BTreeSet::from([visit])).unwrap().len(), 1);
                }),
            ),
            (
                "the last visits",
                instructions(app, |app| {
                    assert_eq!(app.walk_appointments(last, 10, |_| Ok(true)).unwrap().len(), 10);
                }),
            ),
        ]
    };
    let few = measure(&mut app);
    book_days(&mut app, 0..300);
    for ((what, few), (_, many)) in few.into_iter().zip(measure(&mut app)) {
        assert!(many < few * 3 / 2, "{what}: {few} instructions with 30 visits, {many} with 330");
    }
}

#[test]
fn a_walk_meets_every_visit_once_in_its_order_wherever_it_goes_on() {
    let mut app = device(1);
    book_days(&mut app, 0..9);
    // Two at one moment, and two of which nobody knows when.
    app.book(&fields(json!({ "startsAt": "2026-12-03T10:00", "durationMin": 30 }))).unwrap();
    let timed = app.walk_appointments(Walk::default(), 1, |_| Ok(true)).unwrap()[0].id;
    let mut untimed = app.appointment_row(timed).unwrap();
    untimed.time = None;
    app.store
        .write::<_, StoreError>(|tx| {
            for id in [Uuid::from_u128(3), Uuid::max()] {
                tx.put_appointment(id, &untimed, &serde_json::to_string(&untimed)?)?;
            }
            Ok(())
        })
        .unwrap();
    let walk = |walk: Walk, most: usize| -> Vec<(Option<i64>, Uuid)> {
        let place = |shown: &Appointment| {
            let start = shown.starts_at.as_deref().and_then(|at| at.parse::<jiff::Timestamp>().ok());
            (start.map(jiff::Timestamp::as_second), shown.id.0)
        };
        app.walk_appointments(walk, most, |_| Ok(true)).unwrap().iter().map(place).collect()
    };
    for is_descending in [false, true] {
        let begin = Walk { is_descending, ..Walk::default() };
        let all = walk(begin, usize::MAX);
        assert_eq!(all.len(), 12);
        let mut sorted = all.clone();
        sorted.sort_by_key(|(start, id)| (start.unwrap_or(i64::MAX), *id));
        if is_descending {
            sorted.reverse();
        }
        assert_eq!(all, sorted);
        for most in [1, 2, 5] {
            let (mut pages, mut after) = (Vec::new(), None);
            loop {
                let page = walk(Walk { after, ..begin }, most);
                let Some(last) = page.last() else { break };
                after = Some(*last);
                pages.extend(page);
            }
            assert_eq!(pages, all, "{most} at a time");
        }
        let bounded = walk(Walk { from: all[5].0, until: all[5].0, ..begin }, usize::MAX);
        assert!(bounded.iter().all(|(start, _)| *start == all[5].0) && bounded.contains(&all[5]));
    }
}

#[test]
fn a_week_a_card_and_an_edit_cost_the_same_however_much_there_is() {
    let mut app = device(1);
    book_days(&mut app, 300..330);
    let week = app.now().checked_add(jiff::Span::new().hours(310 * 24)).unwrap();
    let span = Span { from: Some(week), until: week.checked_add(jiff::Span::new().hours(7 * 24)).ok() };
    let visit = app.appointments(span).unwrap()[0].id;
    let client = app.clients(Some("Анна 305")).unwrap()[0].id;
    let mut minutes = 60;
    let mut measure = |app: &mut App| {
        minutes += 1;
        [
            ("a week", instructions(app, |app| assert_eq!(app.appointments(span).unwrap().len(), 7))),
            ("her notes", instructions(app, |app| assert_eq!(app.notes(Some(client)).unwrap().len(), 1))),
            (
                "a client changed",
                instructions(app, |app| {
                    let phone = format!("+7917{minutes:07}");
                    app.edit_client(client, &fields(json!({ "phone": phone }))).unwrap();
                }),
            ),
            (
                "a visit changed",
                instructions(app, |app| {
                    app.edit_appointment(visit, &fields(json!({ "durationMin": minutes }))).unwrap();
                }),
            ),
        ]
    };
    let few = measure(&mut app);
    book_days(&mut app, 0..300);
    for ((what, few), (_, many)) in few.into_iter().zip(measure(&mut app)) {
        assert!(many < few * 3 / 2, "{what}: {few} instructions with 30 visits, {many} with 330");
    }
}
