//! Duplicates, undoing, and the full export: what an import does to things that are there.

use client_core::app::Span;
use client_core::import::{Duplicates, ImportMap, Job, Kind, Mode, Outcome, Reason, Report, RowReport};
use client_core::{App, AppError};
use domain::exports::{ExportFormat, tables};
use domain::ids::PaymentId;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::forgiving::guessed;
use super::world::{device, export, file, import, import_all, import_text, server, sync, waiting};

const PEOPLE: &str = "Код;Имя;Телефон;Почта;Теги\n1;Анна;8 916 123-45-67;anna@example.ru;vip\n2;Ольга;;OLGA@example.ru;\n\
                      3;Дочь Анны;+7 916 123 45 67;;\n";

fn people(app: &mut App, duplicates: Duplicates) -> Report {
    guessed(app, Kind::Clients, PEOPLE.as_bytes(), duplicates).unwrap()
}

fn with_anna() -> App {
    let mut app = device(1);
    let anna = json!({ "name": "Аня", "phone": "+79161234567", "tags": ["утро"] });
    app.add_client(anna.as_object().unwrap()).unwrap();
    app
}

fn names(app: &App) -> Vec<String> {
    app.clients(None).unwrap().into_iter().map(|client| client.name).collect()
}

#[test]
fn somebody_who_is_there_is_proposed_and_not_doubled() {
    let mut app = with_anna();
    let report = people(&mut app, Duplicates::Ask);
    assert_eq!((report.created, report.duplicates), (1, 2), "{report:?}");
    assert_eq!(report.rows[0].result, Outcome::Duplicate);
    assert_eq!(report.rows[0].reason, Some(Reason::SameContact("Аня".to_owned())));
    assert_eq!(names(&app), ["Аня", "Ольга"]);
    let before = (export(&app), waiting(&app));
    assert_eq!(people(&mut app, Duplicates::Ask).created, 0);
    assert_eq!((export(&app), waiting(&app)), before);
}

#[test]
fn a_merge_fills_what_is_empty_and_a_second_time_changes_nothing() {
    let mut app = with_anna();
    let report = people(&mut app, Duplicates::Merge);
    assert_eq!((report.created, report.merged), (1, 2), "{report:?}");
    let anna = &app.clients(Some("аня")).unwrap()[0];
    assert_eq!((anna.name.as_str(), anna.email.as_deref()), ("Аня", Some("anna@example.ru")));
    assert_eq!(anna.tags, ["vip", "утро"]);
    let before = (export(&app), waiting(&app));
    for duplicates in [Duplicates::Merge, Duplicates::Ask, Duplicates::Create] {
        let report = people(&mut app, duplicates);
        assert_eq!((report.created, report.merged, report.skipped), (0, 0, 3), "{report:?}");
    }
    assert_eq!((export(&app), waiting(&app)), before);

    // A row that has learnt something fills that in, too.
    let learnt = PEOPLE.replace("vip", "vip;кофе").replace("Теги", "Теги;Заметка").replace(";;\n", ";;;\n");
    let learnt = learnt.replace("OLGA@example.ru;\n", "OLGA@example.ru;;\n");
    let report = guessed(&mut app, Kind::Clients, learnt.as_bytes(), Duplicates::Ask).unwrap();
    assert_eq!((report.merged, report.created), (1, 0), "{report:?}");
    assert_eq!(app.clients(Some("аня")).unwrap()[0].notes, "кофе");

    // Other files find her by the code of the row that was merged into her.
    let visits = "source = \"import\"\n[columns]\nclient = \"Код\"\ndate = \"Дата\"\n";
    let report = import_text(&mut app, Kind::Appointments, visits, "Код;Дата\n1;2026-06-09\n".as_bytes());
    assert_eq!(report.clients_created, 0);
    assert_eq!(app.appointments(Span::default()).unwrap()[0].client_id, Some(anna.id));
}

#[test]
fn visits_of_a_program_without_codes_find_their_clients_by_name_and_number() {
    let mut app = device(1);
    let clients =
        "Имя;Телефон\nАнна Петрова;8 916 123-45-67\nОльга;+7 903 000-00-01\nОльга;+7 903 000-00-02\n";
    guessed(&mut app, Kind::Clients, clients.as_bytes(), Duplicates::Ask).unwrap();
    let visits = "Дата;Время;Клиент\n09.06.2026;10:30;анна петрова\n09.06.2026;12:00;+7 (903) 000-00-02\n\
                  09.06.2026;14:00;Ольга\n";
    let report = guessed(&mut app, Kind::Appointments, visits.as_bytes(), Duplicates::Ask).unwrap();
    // Two are called Olga, and nobody guesses which of them came.
    assert_eq!((report.created, report.clients_created), (3, 1), "{report:?}");
    let named = |query: &str| app.clients(Some(query)).unwrap()[0].id;
    let visits = app.appointments(Span::default()).unwrap();
    assert_eq!(visits[0].client_id, Some(named("петрова")));
    assert_eq!(visits[1].client_id, Some(named("9030000002")));
}

#[test]
fn second_clients_are_made_when_she_says_so_and_once() {
    let mut app = with_anna();
    assert_eq!(people(&mut app, Duplicates::Create).created, 3);
    assert_eq!(people(&mut app, Duplicates::Create).skipped, 3);
    assert_eq!(names(&app).len(), 4);
}

#[test]
fn who_has_paid_since_stays_when_an_import_is_undone() {
    let mut app = device(1);
    let report = people(&mut app, Duplicates::Create);
    let olga = app.clients(Some("ольга")).unwrap()[0].id;
    let paid = json!({ "date": "2026-11-20", "amount": 1500, "clientId": olga });
    app.add_payment(PaymentId(Uuid::from_u128(77)), paid.as_object().unwrap()).unwrap();
    let undone = app.undo_import(report.import).unwrap();
    assert_eq!((undone.removed, undone.kept_in_use), (2, vec![olga.0]));
    assert_eq!(names(&app), ["Ольга"]);
}

#[test]
fn an_import_is_undone_as_one_step_but_for_what_she_touched_and_can_come_again() {
    let mut app = with_anna();
    let before = export(&app);
    let report = people(&mut app, Duplicates::Merge);
    let done = export(&app);
    let undone = app.undo_import(report.import).unwrap();
    assert_eq!((undone.removed, undone.restored), (3, 1), "{undone:?}");
    assert!(same_but_times(&export(&app), &before));
    assert_eq!(app.imports().unwrap()[0].standing, 0);

    let again = people(&mut app, Duplicates::Merge);
    assert_eq!((again.created, again.merged), (1, 2), "{again:?}");
    assert!(same_but_times(&export(&app), &done));

    let olga = app.clients(Some("ольга")).unwrap()[0].id;
    app.edit_client(olga, json!({ "notes": "моя заметка" }).as_object().unwrap()).unwrap();
    let undone = app.undo_import(report.import).unwrap();
    assert_eq!(undone.kept_edited, [olga.0]);
    assert_eq!(names(&app), ["Аня", "Ольга"]);
    assert!(matches!(app.undo_import(uuid(9)), Err(AppError::NotFound(_))));
}

#[test]
fn a_client_who_has_visits_of_her_own_stays() {
    let mut app = device(1);
    let report = people(&mut app, Duplicates::Create);
    let anna = app.clients(Some("анна")).unwrap()[0].id;
    let visit = json!({ "startsAt": "2026-12-01T10:00", "durationMin": 60, "clientId": anna });
    app.book(visit.as_object().unwrap()).unwrap();
    let undone = app.undo_import(report.import).unwrap();
    assert_eq!((undone.removed, undone.kept_in_use), (2, vec![anna.0]));
}

#[test]
fn an_import_is_undone_on_another_device_after_a_sync() {
    let (server, mut a, mut b) = (server(), device(1), device(2));
    let report = people(&mut a, Duplicates::Create);
    for app in [&mut a, &mut b] {
        sync(app, &server);
    }
    assert_eq!(b.imports().unwrap()[0].id, report.import);
    assert_eq!(b.undo_import(report.import).unwrap().removed, 3);
    sync(&mut b, &server);
    sync(&mut a, &server);
    assert_eq!(names(&a), Vec::<String>::new());
    assert_eq!(export(&a), export(&b));
    assert_eq!(people(&mut a, Duplicates::Create).created, 3);
}

#[test]
fn two_files_with_one_row_imported_apart_leave_its_text_once() {
    let (server, mut a, mut b) = (server(), device(1), device(2));
    let row = "Код;Имя;Заметка\n1;Анна;кофе без сахара\n";
    let june = guessed(&mut a, Kind::Clients, row.as_bytes(), Duplicates::Ask).unwrap();
    let longer = format!("{row}2;Ольга;\n");
    guessed(&mut b, Kind::Clients, longer.as_bytes(), Duplicates::Ask).unwrap();
    for _ in 0..2 {
        sync(&mut a, &server);
        sync(&mut b, &server);
    }
    assert_eq!(export(&a), export(&b));
    let anna = &a.clients(Some("анна")).unwrap()[0];
    assert_eq!(anna.notes, "кофе без сахара");
    assert_eq!(a.clients(None).unwrap().len(), 2);
    // Whichever of the two marks has won, one of the two imports takes her out.
    for listed in a.imports().unwrap() {
        a.undo_import(listed.id).unwrap();
    }
    assert!(a.clients(None).unwrap().is_empty(), "{:?}", june.import);
}

#[test]
fn a_salon_moves_out_again_in_five_steps() {
    let mut app = device(1);
    let reports = import_all(&mut app, Mode::Write);
    let moved_in = export(&app);
    for report in reports.iter().rev() {
        let undone = app.undo_import(report.import).unwrap();
        assert!(undone.kept_edited.is_empty() && undone.kept_in_use.is_empty(), "{undone:?}");
    }
    let all = app.export().unwrap();
    assert!(
        all.clients.is_empty()
            && all.appointments.is_empty()
            && all.payments.is_empty()
            && all.services.is_empty()
    );
    let again = import_all(&mut app, Mode::Write);
    assert!(same_but_times(&export(&app), &moved_in));
    assert_eq!(again[4].created, reports[4].created);
}

#[test]
fn a_status_that_an_import_put_on_a_booking_is_taken_off_again() {
    let mut app = device(1);
    import(&mut app, Kind::Services, "service-listing", "services", Mode::Write);
    import(&mut app, Kind::Appointments, "future-bookings", "bookings", Mode::Write);
    let before = export(&app);
    let report = import(&mut app, Kind::Appointments, "client-cancellations", "cancellations", Mode::Write);
    let undone = app.undo_import(report.import).unwrap();
    assert_eq!((undone.removed, undone.restored), (6, 4), "{undone:?}");
    assert!(same_but_times(&export(&app), &before));
}

/// A base with one of everything.
fn salon() -> App {
    let mut app = device(1);
    import_all(&mut app, Mode::Write);
    people(&mut app, Duplicates::Create);
    let anna = app.clients(Some("анна")).unwrap()[0].id;
    let edit = json!({
        "birthday": "--05-01", "contacts": { "+74950001122": "работа", "@anna": "" }, "allergies": ["латекс"],
        "preferences": { "drink": "кофе" }, "notes": "=формула\nвторая строка", "source": "сарафан",
    });
    app.edit_client(anna, edit.as_object().unwrap()).unwrap();
    let note = json!({ "clientId": anna, "body": "7.1 + 6%", "kind": "formula" });
    app.add_note(note.as_object().unwrap()).unwrap();
    let visit = json!({ "startsAt": "2026-12-01T10:00", "durationMin": 90, "clientId": anna, "price": 1500, "note": "-" });
    app.book(visit.as_object().unwrap()).unwrap();
    app
}

#[test]
fn a_full_export_taken_back_into_an_empty_base_gives_an_equal_one() {
    let app = salon();
    let everything = app.export().unwrap().everything().unwrap();
    let json = everything.write(ExportFormat::Json).unwrap();
    let (server, mut fresh, mut other) = (server(), device(2), device(3));
    let report = fresh.restore(&json, Mode::Write, &mut |_, _| {}).unwrap();
    assert_eq!(report.created, report.rows.len(), "{report:?}");
    assert_eq!(export(&fresh), export(&app));
    let again = fresh.restore(&json, Mode::Write, &mut |_, _| {}).unwrap();
    assert_eq!((again.created, again.skipped), (0, report.rows.len()));
    sync(&mut fresh, &server);
    sync(&mut other, &server);
    assert_eq!(export(&other), export(&app));
    let cut = fresh.restore(&json[..json.len() / 2], Mode::Write, &mut |_, _| {});
    assert!(cut.unwrap_err().to_string().contains("not a whole export"));
}

#[test]
fn tables_cards_and_calendar_bring_back_what_they_can_carry() {
    let app = salon();
    let everything = app.export().unwrap().everything().unwrap();
    let tables = tables(&everything).unwrap();
    let table = |name: &str| tables.iter().find(|table| table.name == name).unwrap().bytes.clone();
    let mut fresh = device(2);
    for (kind, name) in [
        (Kind::Services, "services.csv"),
        (Kind::Clients, "clients.csv"),
        (Kind::Appointments, "appointments.csv"),
        (Kind::Payments, "payments.csv"),
    ] {
        let report = guessed(&mut fresh, kind, &table(name), Duplicates::Create).unwrap();
        assert_eq!((report.problems, report.clients_created), (0, 0), "{name} {report:?}");
    }
    let (old, new) = (app.export().unwrap(), fresh.export().unwrap());
    assert_eq!(
        [old.clients.len(), old.appointments.len(), old.services.len(), old.payments.len()],
        [new.clients.len(), new.appointments.len(), new.services.len(), new.payments.len()]
    );
    let before = &app.clients(Some("анна")).unwrap()[0];
    let after = &fresh.clients(Some("анна")).unwrap()[0];
    assert_eq!(
        (&before.contacts, &before.birthday, &before.notes, &before.tags, &before.allergies),
        (&after.contacts, &after.birthday, &after.notes, &after.tags, &after.allergies)
    );
    let clients = String::from_utf8(table("clients.csv")).unwrap();
    assert!(clients.contains("\"'=формула") && clients.contains(",'--05-01,"), "{clients}");

    let mut phone = device(3);
    let cards = everything.write(ExportFormat::Vcard).unwrap();
    let report = guessed(&mut phone, Kind::Clients, &cards, Duplicates::Create).unwrap();
    assert_eq!((report.created, report.problems), (old.clients.len(), 0), "{report:?}");
    let after = &phone.clients(Some("анна")).unwrap()[0];
    assert_eq!((&before.contacts, &before.birthday), (&after.contacts, &after.birthday));
    assert_eq!((&before.notes, &before.tags), (&after.notes, &after.tags));
    let calendar = everything.write(ExportFormat::Ics).unwrap();
    let report = guessed(&mut phone, Kind::Appointments, &calendar, Duplicates::Create).unwrap();
    assert_eq!((report.created, report.clients_created), (old.appointments.len(), 0), "{report:?}");
    let times = |app: &App| {
        let visits = app.appointments(Span::default()).unwrap();
        let mut all: Vec<_> = visits
            .into_iter()
            .map(|visit| (visit.starts_at, visit.duration_min, visit.status.as_str()))
            .collect();
        all.sort();
        all
    };
    assert_eq!(times(&phone), times(&app));
}

/// She edited a visit, renamed a client and removed another since; a removed client is none whom a file brings back.
#[test]
fn her_own_tables_cards_and_calendar_change_nothing_where_they_came_from() {
    let mut app = salon();
    let everything = app.export().unwrap().everything().unwrap();
    let removed = everything.clients.iter().find(|client| client.name == "Анна").unwrap().id;
    let visits = |app: &App| app.export().unwrap().appointments.len();
    let mut files = vec![
        (Kind::Clients, everything.write(ExportFormat::Vcard).unwrap()),
        (Kind::Appointments, everything.write(ExportFormat::Ics).unwrap()),
    ];
    for (kind, name) in [
        (Kind::Services, "services.csv"),
        (Kind::Clients, "clients.csv"),
        (Kind::Appointments, "appointments.csv"),
        (Kind::Payments, "payments.csv"),
    ] {
        let tables = tables(&everything).unwrap();
        files.push((kind, tables.into_iter().find(|table| table.name == name).unwrap().bytes));
    }
    app.edit_client(everything.clients[0].id, json!({ "name": "Иначе" }).as_object().unwrap()).unwrap();
    app.remove_client(removed).unwrap();
    let before = (export(&app), waiting(&app), visits(&app));
    for duplicates in [Duplicates::Create, Duplicates::Merge, Duplicates::Ask] {
        for (kind, bytes) in &files {
            let report = guessed(&mut app, *kind, bytes, duplicates).unwrap();
            assert_eq!(
                (report.created, report.updated, report.merged, report.problems),
                (0, 0, 0, 0),
                "{report:?}"
            );
            let is_removed = |row: &&RowReport| row.reason == Some(Reason::Removed);
            let removed = report.rows.iter().filter(is_removed).count();
            assert_eq!(removed, usize::from(*kind == Kind::Clients), "{report:?}");
        }
    }
    assert_eq!((export(&app), waiting(&app), visits(&app)), before);
}

#[test]
fn a_mad_map_changes_the_import_and_not_its_things() {
    let mut app = device(1);
    let map = ImportMap::parse(&String::from_utf8(file("maps/services.toml")).unwrap()).unwrap();
    let bytes = file("tests/fixtures/salon/service-listing.csv");
    let job = |mode| Job {
        kind: Kind::Services,
        bytes: &bytes,
        map: &map,
        filters: &[],
        duplicates: Duplicates::Ask,
        mode,
    };
    let tried = app.import(&job(Mode::DryRun), &mut |_, _| {}).unwrap();
    let done = app.import(&job(Mode::Write), &mut |_, _| {}).unwrap();
    assert_eq!(tried.import, done.import, "a trial is told under the same name");
}

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Equal but for when something was written, and what an undo and a second coming leave in `meta`.
pub(crate) fn same_but_times(one: &str, other: &str) -> bool {
    let plain = |text: &str| {
        let mut all: Json = serde_json::from_str(text).unwrap();
        for list in ["clients", "appointments", "services", "payments"] {
            for entry in all[list].as_array_mut().unwrap() {
                let entry = entry.as_object_mut().unwrap();
                entry.remove("updatedAt");
                entry.remove("createdAt");
                if let Some(meta) = entry.get_mut("meta").and_then(Json::as_object_mut) {
                    meta.remove("importFilled");
                }
            }
        }
        all
    };
    assert_eq!(plain(one), plain(other));
    true
}
