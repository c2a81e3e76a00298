//! Imports from end to end: an invented salon's exports through `App`, twice, on two devices, and with mistakes.
//!
//! The fixture has every oddity of real exports: mixed line ends, a visit of nobody, several services in one visit,
//! equal rows, cancellations that match and that do not, refunds, products, zero amounts, taxes with four decimals.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "import/again.rs"]
mod again;
#[path = "import/forgiving.rs"]
mod forgiving;
#[path = "import/undoing.rs"]
mod undoing;
#[path = "import/updating.rs"]
mod updating;
#[path = "import/world.rs"]
mod world;

use client_core::app::Span;
use client_core::import::{
    Duplicates, Filter, ImportError, ImportMap, Job, Kind, Mode, Outcome, Reason, Report, month_totals,
};
use domain::appointments::{Appointment, Status};
use serde_json::json;
use world::{TENANT, device, export, import, import_all, import_text, server, sync, waiting};

fn counts(report: &Report) -> [usize; 6] {
    [
        report.created,
        report.updated,
        report.skipped,
        report.problems,
        report.time_unknown,
        report.clients_created,
    ]
}

const SERVICES: [usize; 6] = [7, 0, 0, 0, 0, 0];
const BOOKINGS: [usize; 6] = [37, 0, 0, 0, 0, 9];
const CANCELLATIONS: [usize; 6] = [5, 6, 0, 0, 5, 1];
const NO_SHOWS: [usize; 6] = [1, 3, 0, 0, 1, 0];
const RECEIPTS: [usize; 6] = [23, 0, 0, 0, 0, 2];

#[test]
fn a_salon_moves_in_and_a_second_time_changes_nothing() {
    let mut app = device(1);
    let reports = import_all(&mut app, Mode::Write);
    assert_eq!(reports.each_ref().map(counts), [SERVICES, BOOKINGS, CANCELLATIONS, NO_SHOWS, RECEIPTS]);
    assert_eq!(reports[1].left_out, 15);

    let all = app.export().unwrap();
    assert_eq!((all.clients.len(), all.appointments.len(), all.payments.len()), (12, 37 + 5 + 1, 23));
    let with = |status: Status, known: bool| {
        let is_it = |a: &&Appointment| a.status == status && a.meta.contains_key("timeUnknown") != known;
        all.appointments.iter().filter(is_it).count()
    };
    // Six rows cancel four bookings: three one of them, and two one each of two that are equal.
    assert_eq!((with(Status::Cancelled, true), with(Status::NoShow, true)), (4, 3));
    assert_eq!((with(Status::Cancelled, false), with(Status::NoShow, false)), (5, 1));
    assert_eq!(all.appointments.iter().filter(|a| a.client_id.is_none()).count(), 1);
    let far = all
        .appointments
        .iter()
        .find(|a| a.starts_at.as_deref() == Some("2020-02-15T13:00:00+03:00"))
        .unwrap();
    assert_eq!(
        (far.duration_min, far.source.as_str(), far.created_at.as_deref()),
        (Some(60), "import", None)
    );
    assert_eq!(far.price.clone().unwrap(), 68);

    let totals: Vec<String> = month_totals(&all.payments).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(totals, ["2019-04 226.15", "2019-05 165.30", "2019-06 424.61"]);
    let refund = all.payments.iter().find(|payment| payment.kind == "refund").unwrap();
    assert_eq!(json!(refund.taxes), json!({ "GST": -1.54, "PST": -2.15 }));
    assert_eq!(refund.metadata["exactTaxes"], json!({ "GST": "-1.5365", "PST": "-2.1511" }));

    let (before, queued) = (export(&app), waiting(&app));
    for report in import_all(&mut app, Mode::Write) {
        assert_eq!((report.created, report.updated, report.problems), (0, 0, 0));
        assert!(report.rows.iter().all(|row| row.reason == Some(Reason::AlreadyThere)), "{report:?}");
    }
    assert_eq!((export(&app), waiting(&app)), (before, queued));
}

#[test]
fn two_devices_import_the_same_files_apart_and_nothing_is_doubled() {
    let (server, mut a, mut b) = (server(), device(1), device(2));
    import_all(&mut a, Mode::Write);
    import_all(&mut b, Mode::Write);
    let documents = a.verify().unwrap().documents;
    for app in [&mut a, &mut b] {
        sync(app, &server);
    }
    sync(&mut a, &server);
    assert_eq!(export(&a), export(&b));
    assert_eq!((waiting(&a), waiting(&b)), ((0, 0), (0, 0)));

    let tables = server.dump(TENANT).unwrap();
    assert_eq!(tables.documents().len() as u64, documents);
    assert!(tables.quarantine().is_empty());
    // One change a document, one a status, one entry a record; the same changes of B were there already.
    let records = 1 + 7 + 23;
    assert_eq!(tables.head(), documents + 6 + 3 + records);
    for app in [&mut a, &mut b] {
        let verified = app.verify().unwrap();
        assert_eq!((verified.unopened, verified.different), (0, 0));
    }
}

#[test]
fn a_status_meets_a_booking_that_she_has_edited_on_one_device() {
    let (server, mut a, mut b) = (server(), device(1), device(2));
    for app in [&mut a, &mut b] {
        import(app, Kind::Services, "service-listing", "services", Mode::Write);
        import(app, Kind::Appointments, "future-bookings", "bookings", Mode::Write);
    }
    let all = a.appointments(Span::default()).unwrap();
    for visit in &all {
        let note = json!({ "note": "позвонить" });
        a.edit_appointment(visit.id, note.as_object().unwrap()).unwrap();
    }
    for app in [&mut a, &mut b] {
        import(app, Kind::Appointments, "client-cancellations", "cancellations", Mode::Write);
    }
    for _ in 0..2 {
        sync(&mut a, &server);
        sync(&mut b, &server);
    }
    assert_eq!(export(&a), export(&b));
    let all = b.appointments(Span::default()).unwrap();
    assert_eq!(all.iter().filter(|v| v.status == Status::Cancelled && v.note == "позвонить").count(), 4);
    assert_eq!(all.len(), 37 + 5);
}

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing() {
    let mut app = device(1);
    let before = export(&app);
    let told = import(&mut app, Kind::Services, "service-listing", "services", Mode::DryRun);
    assert_eq!((counts(&told), told.dry_run), (SERVICES, true));
    import(&mut app, Kind::Payments, "receipt-transactions", "receipts", Mode::DryRun);
    assert_eq!((export(&app), waiting(&app)), (before, (0, 0)));

    import(&mut app, Kind::Services, "service-listing", "services", Mode::Write);
    let told = import(&mut app, Kind::Appointments, "future-bookings", "bookings", Mode::DryRun);
    let done = import(&mut app, Kind::Appointments, "future-bookings", "bookings", Mode::Write);
    assert_eq!((counts(&told), &told.rows), (BOOKINGS, &done.rows));
}

const CLIENTS: &str = r#"
source = "журнал"
key = ["Код"]
[columns]
name = ["Имя", "Фамилия"]
phone = "Телефон"
birthday = "Рождение"
tags = "Группы"
[formats]
birthday = "%d.%m"
list = "/"
"#;

#[test]
fn an_old_windows_file_with_semicolons_and_names_for_known_codes() {
    let mut app = device(1);
    let visits = "source = \"журнал\"\n[columns]\nclient = \"Код\"\nstarts = \"Начало\"\nnote = \"Что\"\n[formats]\n\
                  datetime = \"%d.%m.%Y %H:%M\"\n[durations]\ndefault = 45\n";
    let file = "Код\tНачало\tЧто\nА1\t09.06.2026 10:30\tстрижка\n";
    assert_eq!(
        counts(&import_text(&mut app, Kind::Appointments, visits, file.as_bytes())),
        [1, 0, 0, 0, 0, 1]
    );

    let text = "Код;Имя;Фамилия;Телефон;Рождение;Группы\r\nА1;Ёлка;Цой;8 916 123-45-67;09.06;утро/vip\r\nБ2;Ия;;12;31.31;\r\n";
    let old: Vec<u8> = text.chars().map(windows_1251).collect();
    let report = import_text(&mut app, Kind::Clients, CLIENTS, &old);
    assert_eq!(counts(&report), [1, 1, 0, 0, 0, 0], "{report:?}");
    let clients = app.clients(None).unwrap();
    let [first, second] = clients.as_slice() else { panic!("{clients:?}") };
    assert_eq!((first.name.as_str(), first.phone.as_deref()), ("Ёлка Цой", Some("+79161234567")));
    assert_eq!((first.birthday.as_deref(), first.tags.len()), (Some("--06-09"), 2));
    assert_eq!(second.meta["unread"], json!({ "phone": "12", "birthday": "31.31" }));
    assert!(matches!(report.rows[1].reason, Some(Reason::KeptUnread(_))));
    assert_eq!(app.appointments(Span::default()).unwrap()[0].client_id, Some(first.id));
}

#[test]
fn her_own_edits_are_not_undone_by_an_old_file_but_a_new_row_is_taken() {
    let mut app = device(1);
    let file = |name: &str| format!("Код,Имя,Фамилия,Телефон,Рождение,Группы\nА1,{name},,,,\n");
    let done = import_text(&mut app, Kind::Clients, CLIENTS, file("Анна").as_bytes());
    let id = done.rows[0].id.unwrap().into();
    app.edit_client(id, json!({ "name": "Анна Петровна" }).as_object().unwrap()).unwrap();
    assert_eq!(
        counts(&import_text(&mut app, Kind::Clients, CLIENTS, file("Анна").as_bytes())),
        [0, 0, 1, 0, 0, 0]
    );
    assert_eq!(app.client(id).unwrap().name, "Анна Петровна");
    assert_eq!(
        counts(&import_text(&mut app, Kind::Clients, CLIENTS, file("Аня").as_bytes())),
        [0, 1, 0, 0, 0, 0]
    );
    assert_eq!(app.client(id).unwrap().name, "Аня");
    app.remove_client(id).unwrap();
    let again = import_text(&mut app, Kind::Clients, CLIENTS, file("Анна").as_bytes());
    assert_eq!(again.rows[0].reason, Some(Reason::Removed));
}

#[test]
fn broken_rows_are_told_by_line_and_the_others_go_in() {
    let mut app = device(1);
    let map = "source = \"x\"\nkey = [\"n\"]\n[columns]\ndate = \"day\"\namount = \"sum\"\n[formats]\ndate = \"%d.%m.%Y\"\n\
               decimal = \",\"\n";
    let file = "n;day;sum\r\n1;09.06.2026;1 500,50 ₽\n2;31.02.2026;5,00\r\n3;09.06.2026;5.5\n4;10.06.2026\n\n;;\n5;;7\n\
                6;11.06.2026;0,005\n7;11.06.2026;-3\n";
    let report = import_text(&mut app, Kind::Payments, map, file.as_bytes());
    assert_eq!(counts(&report), [2, 0, 5, 5, 0, 0], "{report:?}");
    let told: Vec<String> = report
        .rows
        .iter()
        .filter(|row| row.result == Outcome::Skipped)
        .map(|row| format!("{} {}", row.line, row.reason.as_ref().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            "3 date: \"31.02.2026\" is not written as %d.%m.%Y",
            "4 amount: \"5.5\" is not written as an amount (see `decimal` in the map)",
            "5 2 cells instead of 3",
            "8 date is empty",
            "9 amount: \"0,005\" is not written as an amount of at most two decimals",
        ]
    );
    let sums: Vec<String> = app.payments(None).unwrap().iter().map(|p| p.amount.to_string()).collect();
    assert_eq!(sums, ["1500.5", "-3"]);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        (&json["created"], &json["timeUnknown"], &json["rows"][1]["result"]),
        (&json!(2), &json!(0), &json!("skipped"))
    );
}

#[test]
fn a_map_that_does_not_fit_is_refused_before_anything_is_read() {
    let mut app = device(1);
    let mut refuse = |kind: Kind, map: &str, filter: &str| {
        let parsed = ImportMap::parse(map);
        let map = match parsed {
            Ok(map) => map,
            Err(error) => return error.to_string(),
        };
        let filters: Vec<Filter> = vec![filter.parse().unwrap()];
        let job = Job {
            kind,
            bytes: b"a,b,b\n1,2,3\n",
            map: &map,
            filters: &filters,
            duplicates: Duplicates::Ask,
            mode: Mode::Write,
        };
        app.import(&job, &mut |_, _| {}).unwrap_err().to_string()
    };
    let payments = "source = \"x\"\n[columns]\ndate = \"a\"\namount = ";
    assert!(
        refuse(Kind::Payments, &format!("{payments}\"c\""), "a=1")
            .contains("no column \"c\"; it has a, b, b")
    );
    assert!(refuse(Kind::Payments, &format!("{payments}\"b\""), "a=1").contains("two columns \"b\""));
    assert!(refuse(Kind::Payments, &format!("{payments}\"a\""), "c=1").contains("no column \"c\""));
    assert!(
        refuse(Kind::Payments, "source = \"x\"\n[columns]\ndate = \"a\"", "a=1")
            .contains("nothing about amount")
    );
    assert!(
        refuse(Kind::Clients, "source = \"x\"\n[columns]\nprice = \"a\"", "a=1")
            .contains("no field \"price\"")
    );
    assert!(refuse(Kind::Clients, "source = \"x\"", "a=1").contains("`key`"));
    assert!(refuse(Kind::Clients, "source = \"x\"\ncolour = 1", "a=1").contains("colour"));
    assert!(refuse(Kind::Clients, "source = \"x\"\n[formats]\ndate = \"%E\"", "a=1").contains("%E"));
    assert!("Staff".parse::<Filter>().is_err_and(|error| matches!(error, ImportError::Filter(_))));
}

#[test]
fn the_documentation_shows_the_maps_that_are_tested() {
    let text = String::from_utf8(world::file("../docs/import.md")).unwrap();
    for name in ["services", "clients", "bookings", "cancellations", "no-shows", "receipts"] {
        let map = String::from_utf8(world::file(&format!("maps/{name}.toml"))).unwrap();
        assert!(
            text.contains(&format!("```toml\n{map}```")),
            "docs/import.md does not show maps/{name}.toml as it is"
        );
    }
}

/// The letters that the test uses.
fn windows_1251(letter: char) -> u8 {
    match letter {
        'Ё' => 0xA8,
        'ё' => 0xB8,
        'А'..='я' => u8::try_from(u32::from(letter) - u32::from('А')).unwrap() + 0xC0,
        other => u8::try_from(other).unwrap(),
    }
}
