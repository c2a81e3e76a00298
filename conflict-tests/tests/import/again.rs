//! The same file again, and the same import undone again, after she has worked with what it made.

use client_core::app::Span;
use client_core::import::{Duplicates, Kind, Mode, Reason, Report};
use client_core::{App, AppError};
use domain::exports::ExportFormat;
use serde_json::{Map, Value as Json, json};

use super::forgiving::guessed;
use super::world::{device, export, import_text, waiting};

const PEOPLE: &str =
    "Код;Имя;Телефон;Почта\n1;Анна;8 916 123-45-67;\n2;Дочь Анны;+7 916 123 45 67;anna@example.ru\n";

fn fields(json: &Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}

#[test]
fn visits_and_payments_stay_with_a_client_whom_she_has_renamed() {
    let mut app = device(1);
    let anna = app.add_client(&fields(&json!({ "name": "Анна" }))).unwrap().id;
    let services = "Название;Цена;Длительность\nСтрижка;1500;60\n";
    guessed(&mut app, Kind::Services, services.as_bytes(), Duplicates::Ask).unwrap();
    let visits = "Дата;Время;Клиент;Услуга\n09.06.2026;10:30;Анна;Стрижка\n";
    let receipts =
        "source = \"x\"\nkey = [\"n\"]\n[columns]\ndate = \"day\"\namount = \"sum\"\nclient = \"who\"\n";
    let receipt = "n,day,sum,who\n1,2026-06-09,1500,Анна\n".as_bytes();
    let first = guessed(&mut app, Kind::Appointments, visits.as_bytes(), Duplicates::Ask).unwrap();
    assert_eq!((first.created, first.clients_created), (1, 0), "{first:?}");
    assert_eq!(import_text(&mut app, Kind::Payments, receipts, receipt).created, 1);

    app.edit_client(anna, &fields(&json!({ "name": "Анна Петровна" }))).unwrap();
    let before = (export(&app), waiting(&app));
    let again = guessed(&mut app, Kind::Appointments, visits.as_bytes(), Duplicates::Ask).unwrap();
    assert_eq!((again.created, again.updated, again.clients_created), (0, 0, 0), "{again:?}");
    let again = import_text(&mut app, Kind::Payments, receipts, receipt);
    assert_eq!(again.rows[0].reason, Some(Reason::AlreadyThere));
    assert_eq!(again.clients_created, 0);
    assert_eq!((export(&app), waiting(&app)), before);
    assert_eq!(app.appointments(Span::default()).unwrap()[0].client_id, Some(anna));
}

#[test]
fn what_was_taken_back_from_an_export_is_hers_and_no_undo_takes_it() {
    let mut app = device(1);
    let report = guessed(&mut app, Kind::Clients, PEOPLE.as_bytes(), Duplicates::Create).unwrap();
    let anna = app.clients(Some("анна")).unwrap()[0].id;
    app.edit_client(anna, &fields(&json!({ "notes": "моя заметка" }))).unwrap();
    let json = app.export().unwrap().everything().unwrap().write(ExportFormat::Json).unwrap();
    let mut fresh = device(2);
    fresh.restore(&json, Mode::Write, &mut |_, _| {}).unwrap();
    let before = export(&fresh);
    let undone = fresh.undo_import(report.import).unwrap();
    assert_eq!((undone.removed, undone.kept_edited.len()), (0, 2), "{undone:?}");
    assert_eq!(export(&fresh), before);
}

fn merged() -> (App, Report) {
    let mut app = device(1);
    let report = guessed(&mut app, Kind::Clients, PEOPLE.as_bytes(), Duplicates::Merge).unwrap();
    assert_eq!((report.created, report.merged), (1, 1), "{report:?}");
    assert_eq!(app.clients(None).unwrap()[0].email.as_deref(), Some("anna@example.ru"));
    (app, report)
}

#[test]
fn a_merge_of_the_same_import_is_no_edit_of_hers() {
    let (mut app, report) = merged();
    let undone = app.undo_import(report.import).unwrap();
    assert_eq!((undone.removed, undone.kept_edited), (2, vec![]));
    assert!(app.clients(None).unwrap().is_empty());
}

#[test]
fn what_another_import_has_filled_in_keeps_a_client() {
    let (mut app, report) = merged();
    let other = "Код;Имя;Телефон;Заметка\n7;Аня;89161234567;кофе\n";
    let other = guessed(&mut app, Kind::Clients, other.as_bytes(), Duplicates::Merge).unwrap();
    assert_eq!(other.merged, 1, "{other:?}");
    assert_eq!(app.undo_import(report.import).unwrap().kept_edited.len(), 1);
    app.undo_import(other.import).unwrap();
    app.undo_import(report.import).unwrap();
    assert!(app.clients(None).unwrap().is_empty());
}

#[test]
fn a_duplicate_inside_of_a_file_is_one_again_after_an_undo() {
    for duplicates in [Duplicates::Ask, Duplicates::Merge] {
        let mut app = device(1);
        let first = guessed(&mut app, Kind::Clients, PEOPLE.as_bytes(), duplicates).unwrap();
        app.undo_import(first.import).unwrap();
        let again = guessed(&mut app, Kind::Clients, PEOPLE.as_bytes(), duplicates).unwrap();
        assert_eq!(
            (again.created, again.duplicates, again.merged),
            (first.created, first.duplicates, first.merged)
        );
        assert_eq!(app.clients(None).unwrap().len(), 1);
    }
}

#[test]
fn a_number_goes_before_an_address_wherever_it_is_known() {
    let mut app = device(1);
    app.add_client(&fields(&json!({ "name": "Аня", "phone": "+79161234567" }))).unwrap();
    let rows = "Код;Имя;Телефон;Почта\n1;Ольга;;o@example.ru\n2;Анна;89161234567;o@example.ru\n";
    let report = guessed(&mut app, Kind::Clients, rows.as_bytes(), Duplicates::Ask).unwrap();
    assert_eq!(report.rows[1].reason, Some(Reason::SameContact("Аня".to_owned())));
}

#[test]
fn an_address_that_a_row_has_filled_in_is_known_to_the_next_row() {
    let mut app = device(1);
    app.add_client(&fields(&json!({ "name": "Аня", "phone": "+79161234567" }))).unwrap();
    let rows = "Код;Имя;Телефон;Почта\n1;Анна;89161234567;a@example.ru\n2;Анна П.;;a@example.ru\n";
    let report = guessed(&mut app, Kind::Clients, rows.as_bytes(), Duplicates::Merge).unwrap();
    assert_eq!((report.created, report.merged), (0, 2), "{report:?}");
}

#[test]
fn an_undo_offline_waits_for_what_the_import_waits_for() {
    let mut app = device(1);
    let map =
        "source = \"x\"\nkey = [\"n\"]\n[columns]\ndate = \"day\"\namount = \"sum\"\nclient = \"who\"\n";
    let report =
        import_text(&mut app, Kind::Payments, map, "n,day,sum,who\n1,2026-06-09,1500,A1\n".as_bytes());
    assert_eq!((report.created, report.clients_created), (1, 1), "{report:?}");
    app.undo_import(report.import).unwrap();
    let intents = app.store().read::<_, AppError>(|tx| Ok(tx.intents()?)).unwrap();
    let [add, remove] = &intents[..] else { panic!("{intents:?}") };
    assert_eq!(
        (add.intent.action.as_str(), remove.intent.action.as_str()),
        ("payment.add", "payment.remove")
    );
    assert!(!add.intent.after.is_empty());
    assert_eq!(add.intent.after, remove.intent.after);
}
