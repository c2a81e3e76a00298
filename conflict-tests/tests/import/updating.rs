//! A newer file of the same program: it changes what is there, and its undoing sets that back as one step.

use client_core::App;
use client_core::import::{Duplicates, Kind, Report};
use serde_json::json;

use super::forgiving::guessed;
use super::undoing::same_but_times;
use super::world::{device, export, import_text, server, sync};

const JUNE: &str = "Код;Имя;Телефон;Заметка\n1;Анна;8 916 123-45-67;кофе\n2;Ольга;;\n";
const JULY: &str = "Код;Имя;Телефон;Заметка\n1;Анна Петрова;8 916 765-43-21;кофе с молоком\n2;Ольга;;\n";

fn people(app: &mut App, file: &str) -> Report {
    guessed(app, Kind::Clients, file.as_bytes(), Duplicates::Ask).unwrap()
}

fn prices(app: &mut App, price: u32, minutes: u32) -> Report {
    let map =
        "source = \"x\"\nkey = [\"n\"]\n[columns]\nname = \"name\"\nprice = \"price\"\nduration = \"min\"\n";
    let file = format!("n,name,price,min\n1,Маникюр,{price},{minutes}\n");
    import_text(app, Kind::Services, map, file.as_bytes())
}

fn visits(app: &mut App, hour: u32, note: &str) -> Report {
    let map =
        "source = \"x\"\nkey = [\"n\"]\n[columns]\nstarts = \"at\"\nduration = \"min\"\nnote = \"note\"\n";
    let file = format!("n,at,min,note\n1,2026-12-01 {hour}:00,60,{note}\n");
    import_text(app, Kind::Appointments, map, file.as_bytes())
}

#[test]
fn clients_that_a_newer_file_changed_are_set_back_and_can_be_changed_again() {
    let mut app = device(1);
    people(&mut app, JUNE);
    let june = export(&app);
    let report = people(&mut app, JULY);
    assert_eq!((report.updated, report.skipped), (1, 1), "{report:?}");
    assert_eq!(app.imports().unwrap().iter().find(|listed| listed.id == report.import).unwrap().changed, 1);

    let undone = app.undo_import(report.import).unwrap();
    assert_eq!((undone.removed, undone.restored, undone.kept_edited.len()), (0, 1, 0), "{undone:?}");
    assert!(same_but_times(&export(&app), &june));
    let again = app.undo_import(report.import).unwrap();
    assert_eq!((again.removed, again.restored), (0, 0), "{again:?}");

    assert_eq!(people(&mut app, JULY).updated, 1);
    let anna = &app.clients(Some("анна")).unwrap()[0];
    assert_eq!((anna.name.as_str(), anna.notes.as_str()), ("Анна Петрова", "кофе с молоком"));
}

#[test]
fn what_she_edited_after_a_newer_file_stays_and_is_told() {
    let mut app = device(1);
    people(&mut app, JUNE);
    let report = people(&mut app, JULY);
    let anna = app.clients(Some("анна")).unwrap()[0].id;
    let edit = json!({ "name": "Аня", "notes": "кофе с молоком, без сахара" });
    app.edit_client(anna, edit.as_object().unwrap()).unwrap();
    let undone = app.undo_import(report.import).unwrap();
    assert_eq!((undone.restored, undone.kept_edited), (1, vec![anna.0]));
    let anna = &app.clients(Some("аня")).unwrap()[0];
    assert_eq!(anna.phone.as_deref(), Some("+79161234567"));
    assert_eq!(
        anna.notes, "кофе, без сахара",
        "of a text what she wrote stays, and what the file wrote goes"
    );
}

#[test]
fn two_files_undone_in_turn_leave_nothing() {
    let mut app = device(1);
    let june = people(&mut app, JUNE);
    let july = people(&mut app, JULY);
    let kept = app.undo_import(june.import).unwrap();
    assert_eq!((kept.removed, kept.kept_edited.len()), (1, 1), "what July changed stands: {kept:?}");
    app.undo_import(july.import).unwrap();
    let gone = app.undo_import(june.import).unwrap();
    assert_eq!((gone.removed, gone.kept_edited.len()), (1, 0), "{gone:?}");
    assert!(app.clients(None).unwrap().is_empty());
}

#[test]
fn prices_and_visits_are_set_back_on_another_device_and_everywhere() {
    let (server, mut a, mut b) = (server(), device(1), device(2));
    prices(&mut a, 1500, 60);
    visits(&mut a, 10, "в студии");
    sync(&mut a, &server);
    let before = export(&a);
    let newer = [prices(&mut a, 1900, 75), visits(&mut a, 12, "на дому")];
    assert!(newer.iter().all(|report| report.updated == 1), "{newer:?}");
    for app in [&mut a, &mut b] {
        sync(app, &server);
    }
    assert_eq!((a.services().unwrap()[0].duration_min, b.services().unwrap()[0].duration_min), (75, 75));
    for report in &newer {
        assert!(b.imports().unwrap().iter().any(|listed| listed.id == report.import && listed.changed == 1));
        let undone = b.undo_import(report.import).unwrap();
        assert_eq!((undone.removed, undone.restored), (0, 1), "{undone:?}");
    }
    assert!(same_but_times(&export(&b), &before), "before the server knows of it");
    sync(&mut b, &server);
    sync(&mut a, &server);
    assert_eq!(export(&a), export(&b));
    assert!(same_but_times(&export(&a), &before));
}

#[test]
fn a_price_that_she_changed_after_a_newer_file_stays() {
    let (server, mut app) = (server(), device(1));
    prices(&mut app, 1500, 60);
    let report = prices(&mut app, 1900, 75);
    let id = app.services().unwrap()[0].id;
    app.edit_service(id, json!({ "basePrice": 2100 }).as_object().unwrap()).unwrap();
    let undone = app.undo_import(report.import).unwrap();
    assert_eq!((undone.restored, undone.kept_edited), (1, vec![id.0]));
    sync(&mut app, &server);
    let service = &app.services().unwrap()[0];
    assert_eq!((service.base_price.to_string().as_str(), service.duration_min), ("2100", 60));
    assert!(!service.meta.keys().any(|name| name.starts_with("importUpdated")));
}
