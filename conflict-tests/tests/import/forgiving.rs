//! Files as they come: spreadsheets, contact cards of phones, old encodings, and files that are broken or hostile.

use std::io::{Cursor, Write as _};

use client_core::App;
use client_core::import::{
    Content, Duplicates, ImportError, ImportFailed, Job, Kind, Mode, Outcome, Report, guess,
};
use serde_json::{Value as Json, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::world::{device, export, file};

pub(super) fn fixture(name: &str) -> Vec<u8> {
    file(&format!("tests/fixtures/forgiving/{name}"))
}

/// Imports a file with the map that is guessed.
pub(super) fn guessed(
    app: &mut App,
    kind: Kind,
    bytes: &[u8],
    duplicates: Duplicates,
) -> Result<Report, ImportFailed> {
    let map = guess(kind, &Content::read(bytes)?, "import")?;
    let job = Job { kind, bytes, map: &map, filters: &[], duplicates, mode: Mode::Write };
    app.import(&job, &mut |_, _| {})
}

fn refused(kind: Kind, bytes: &[u8]) -> ImportError {
    let mut app = device(1);
    let before = export(&app);
    let error = match guessed(&mut app, kind, bytes, Duplicates::Ask) {
        Err(ImportFailed::File(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(export(&app), before, "nothing is half written");
    error
}

fn reasons(report: &Report) -> Vec<String> {
    let told = report.rows.iter().filter_map(|row| Some((row.line, row.reason.as_ref()?)));
    told.map(|(line, reason)| format!("{line} {}", reason.code())).collect()
}

#[test]
fn a_spreadsheet_with_dates_numbers_and_formulas() {
    let mut app = device(1);
    let report = guessed(&mut app, Kind::Clients, &fixture("people.xlsx"), Duplicates::Ask).unwrap();
    assert_eq!((report.created, report.problems), (2, 2), "{report:?}");
    assert_eq!(reasons(&report), ["4 cell_error", "5 formula_without_result"]);
    let anna = &app.clients(Some("анна")).unwrap()[0];
    assert_eq!(anna.phone.as_deref(), Some("+79161234567"), "a number without its decimals");
    assert_eq!((anna.birthday.as_deref(), anna.notes.as_str()), (Some("1990-05-01"), "5"));

    let report = guessed(&mut app, Kind::Appointments, &fixture("visits.xlsx"), Duplicates::Ask).unwrap();
    assert_eq!((report.created, report.clients_created), (2, 0), "{report:?}");
    let visits = app.export().unwrap().appointments;
    let shown: Vec<Json> = visits
        .iter()
        .map(|visit| json!([visit.starts_at, visit.price, visit.status, visit.client_id == Some(anna.id)]))
        .collect();
    assert!(shown.contains(&json!(["2026-06-09T10:30:00+03:00", 1500.5, "completed", true])), "{shown:?}");
    assert!(shown.contains(&json!(["2026-06-10T12:00:00+03:00", 3001, "cancelled", false])), "{shown:?}");
}

#[test]
fn the_contact_cards_of_a_mac() {
    let mut app = device(1);
    let report = guessed(&mut app, Kind::Clients, &fixture("macos.vcf"), Duplicates::Ask).unwrap();
    assert_eq!((report.created, report.problems, report.pictures), (2, 0, 1), "{report:?}");
    let clients = app.clients(None).unwrap();
    let [anna, olga] = clients.as_slice() else { panic!("{clients:?}") };
    assert_eq!((anna.name.as_str(), anna.phone.as_deref()), ("Анна Петрова", Some("+79161234567")));
    assert_eq!((anna.email.as_deref(), anna.birthday.as_deref()), (Some("anna@example.ru"), Some("--05-01")));
    assert_eq!(json!(anna.contacts), json!({ "+74950001122": "work", "anna.work@example.ru": "салон" }));
    assert_eq!(anna.tags, ["vip", "утро"]);
    assert_eq!(anna.notes, "Кофе без сахара, аллергия на латекс\nзвонить после 18");
    assert_eq!((olga.phone.as_deref(), olga.birthday.as_deref()), (Some("+79030000001"), Some("--06-12")));
}

#[test]
fn the_contact_cards_of_an_android_phone_one_of_them_cut() {
    let mut app = device(1);
    let report = guessed(&mut app, Kind::Clients, &fixture("android.vcf"), Duplicates::Ask).unwrap();
    assert_eq!((report.created, report.problems, report.pictures), (2, 1, 1), "{report:?}");
    assert_eq!(reasons(&report).last().unwrap(), "17 card_cut");
    let maria = &app.clients(Some("мария")).unwrap()[0];
    assert_eq!(maria.name, "Мария Константинопольская");
    assert_eq!(
        (maria.phone.as_deref(), maria.birthday.as_deref()),
        (Some("+79035554433"), Some("1990-05-01"))
    );
    assert_eq!(json!(maria.contacts), json!({ "+79161110022": "cell" }));
    assert_eq!(maria.notes, "стрижка по вторникам");
}

#[test]
fn a_card_with_a_picture_of_five_megabytes() {
    let line = format!(" {}\r\n", "A".repeat(75));
    let picture = line.repeat(5 * 1024 * 1024 / line.len());
    let card = format!(
        "BEGIN:VCARD\r\nFN:Анна\r\nPHOTO;ENCODING=b:AAAA\r\n{picture}TEL:89161234567\r\nEND:VCARD\r\n"
    );
    let mut app = device(1);
    let report = guessed(&mut app, Kind::Clients, card.as_bytes(), Duplicates::Ask).unwrap();
    assert_eq!((report.created, report.pictures), (1, 1));
    let clients = app.clients(None).unwrap();
    assert_eq!(clients[0].phone.as_deref(), Some("+79161234567"));
    assert!(!export(&app).contains("AAAA"));
}

#[test]
fn a_file_of_dos() {
    let mut app = device(1);
    let report = guessed(&mut app, Kind::Clients, &fixture("people-cp866.csv"), Duplicates::Ask).unwrap();
    assert_eq!((report.created, report.problems), (2, 0), "{report:?}");
    let anna = &app.clients(Some("анна")).unwrap()[0];
    assert_eq!((anna.name.as_str(), anna.birthday.as_deref()), ("Анна Петрова", Some("1990-05-01")));
    assert_eq!((anna.tags.len(), anna.notes.as_str()), (2, "любит кофе без сахара"));
}

#[test]
fn a_spreadsheet_that_explodes_is_refused_before_it_is_unpacked() {
    let bomb = with_sheet(|sheet| {
        sheet.write_all(b"<worksheet><sheetData>").unwrap();
        let spaces = vec![b' '; 1024 * 1024];
        for _ in 0..300 {
            sheet.write_all(&spaces).unwrap();
        }
        sheet.write_all(b"</sheetData></worksheet>").unwrap();
    });
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    assert_eq!(refused(Kind::Clients, &bomb), ImportError::UnpacksTooLarge);
    // It says of itself that it is small.
    let honest = 300_u32 * 1024 * 1024 + 46;
    let mut liar = bomb;
    let small = 100_u32.to_le_bytes();
    let places: Vec<usize> =
        liar.windows(4).enumerate().filter(|(_, w)| **w == honest.to_le_bytes()).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for place in places {
        liar[place..place + 4].copy_from_slice(&small);
    }
    let code = refused(Kind::Clients, &liar).code();
    assert!(["spreadsheet_too_large", "spreadsheet_unreadable"].contains(&code), "{code}");
}

#[test]
fn a_spreadsheet_that_promises_more_texts_than_there_is_memory_ends_nothing() {
    let promise = with_part("xl/sharedStrings.xml", |strings| {
        strings.write_all(br#"<sst uniqueCount="1000000000000"><si><t>x</t></si></sst>"#).unwrap();
    });
    assert_eq!(refused(Kind::Clients, &promise), ImportError::UnpacksTooLarge);
    let empty = with_part("xl/sharedStrings.xml", |strings| {
        strings.write_all(b"<sst>").unwrap();
        strings.write_all(&b"<si/>".repeat(5_000_000)).unwrap();
        strings.write_all(b"</sst>").unwrap();
    });
    assert_eq!(refused(Kind::Clients, &empty), ImportError::UnpacksTooLarge);
}

#[test]
fn one_cell_at_the_end_of_the_world_takes_no_memory() {
    let far = with_sheet(|sheet| {
        let cells = r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Имя</t></is></c></row>
            <row r="1048576"><c r="A1048576" t="inlineStr"><is><t>Анна</t></is></c></row></sheetData></worksheet>"#;
        sheet.write_all(cells.as_bytes()).unwrap();
    });
    let mut app = device(1);
    assert_eq!(guessed(&mut app, Kind::Clients, &far, Duplicates::Ask).unwrap().created, 1);
    let wide = with_sheet(|sheet| {
        let cells = r#"<worksheet><sheetData><row r="1"><c r="XFD1" t="inlineStr"><is><t>Имя</t></is></c></row></sheetData></worksheet>"#;
        sheet.write_all(cells.as_bytes()).unwrap();
    });
    assert_eq!(refused(Kind::Clients, &wide), ImportError::TooManyColumns);
}

#[test]
fn files_that_are_cut_or_too_long_are_refused_and_leave_nothing_behind() {
    let book = fixture("people.xlsx");
    for end in [10, book.len() / 2, book.len() - 1] {
        assert_eq!(refused(Kind::Clients, &book[..end]).code(), "spreadsheet_unreadable");
    }
    let long = format!("Имя\n{}", "Анна\n".repeat(100_000));
    assert_eq!(refused(Kind::Clients, long.as_bytes()), ImportError::TooManyRows);
    assert_eq!(refused(Kind::Clients, b""), ImportError::Empty);
    assert_eq!(refused(Kind::Services, &fixture("macos.vcf")).code(), "cards_are_clients");
    // A table that is cut loses its last row, and says so.
    let mut app = device(1);
    let table = "Код,Имя,Телефон\n1,Анна,\n2,Ольга,\n3,\"Зо";
    let report = guessed(&mut app, Kind::Clients, table.as_bytes(), Duplicates::Ask).unwrap();
    assert_eq!((report.created, report.problems), (2, 1), "{report:?}");
    assert_eq!(report.rows[2].result, Outcome::Skipped);
}

/// The fixture's spreadsheet with another sheet.
fn with_sheet(write: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    with_part("xl/worksheets/sheet1.xml", write)
}

fn with_part(name: &str, write: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut book = ZipArchive::new(Cursor::new(fixture("people.xlsx"))).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..book.len() {
        let entry = book.by_index_raw(index).unwrap();
        if entry.name().unwrap() != name {
            zip.raw_copy_file(entry).unwrap();
        }
    }
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    write(&mut zip);
    zip.finish().unwrap().into_inner()
}
