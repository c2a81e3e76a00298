//! `veloria import` and `veloria export` as a script sees them, and 20,000 rows while others answer.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "cli_import/page.rs"]
mod page;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use client_core::app::{Account, DeviceIdentity, Home, Tenant};
use client_core::system::{SystemClock, SystemIds, fill_random};
use domain::ids::{DeviceId, TenantId};
use domain::money::Currency;
use serde_json::{Value as Json, json};
use uuid::Uuid;

const PASSPHRASE: &str = "тёплый-лак-42";

fn home(tenant: u128) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let passphrase = PASSPHRASE.to_owned().into();
    let mut app = home
        .open_or_create(&passphrase, &mut fill_random, Arc::new(SystemClock), Box::new(SystemIds))
        .unwrap();
    app.sign_in(&Account {
        server: "http://127.0.0.1:9".to_owned(),
        user: json!({}),
        tenant: Tenant {
            id: TenantId(Uuid::from_u128(tenant)),
            name: "Салон".to_owned(),
            timezone: "Europe/Moscow".to_owned(),
            locale: "ru".to_owned(),
            currency: Currency::RUB,
            plan: "ivory".to_owned(),
            entitlement: None,
        },
        device: DeviceIdentity { id: DeviceId(Uuid::from_u128(1)), name: "laptop".to_owned() },
        token: "token".to_owned().into(),
        entitlement_key: None,
    })
    .unwrap();
    folder
}

fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veloria"));
    command.arg("--home").arg(home).args(arguments).env("VELORIA_PASSPHRASE", PASSPHRASE);
    command.env("LANG", "C").env_remove("VELORIA_HOME").current_dir(home);
    command
}

fn veloria(home: &Path, arguments: &[&str]) -> Output {
    command(home, arguments).output().unwrap()
}

fn json_of(home: &Path, arguments: &[&str]) -> Json {
    let output = veloria(home, &[&["--json"], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn clients(home: &Path) -> usize {
    json_of(home, &["clients", "list"])["data"].as_array().unwrap().len()
}

const PEOPLE: &str = "Код;Имя;Телефон\n1;Анна;8 916 123-45-67\n2;Ольга;12\n";

#[test]
fn a_guess_is_shown_first_and_nothing_is_written_before_she_agrees() {
    let folder = home(2);
    let home = folder.path();
    fs::write(home.join("people.csv"), PEOPLE).unwrap();
    let shown = json_of(home, &["import", "clients", "people.csv"]);
    assert_eq!((&shown["guessed"], &shown["rows"]), (&json!(true), &json!(2)));
    assert_eq!(shown["sample"][0], json!({ "name": "Анна", "phone": "8 916 123-45-67" }));
    let map = shown["map"].as_str().unwrap();
    assert!(map.contains("phone = \"Телефон\""), "{map}");
    assert_eq!(clients(home), 0);
    let people = veloria(home, &["--lang", "ru", "import", "clients", "people.csv"]);
    let people = String::from_utf8(people.stdout).unwrap();
    assert!(people.contains("ничего не записано") && people.contains("Анна"), "{people}");

    json_of(home, &["import", "clients", "people.csv", "--write-map", "people.toml"]);
    assert_eq!(fs::read_to_string(home.join("people.toml")).unwrap(), map);
    assert_eq!(json_of(home, &["import", "clients", "people.csv", "--dry-run"])["created"], 2);
    assert_eq!(clients(home), 0);

    let done = json_of(home, &["import", "clients", "people.csv", "--yes"]);
    assert_eq!((&done["created"], &done["rows"][1]["code"]), (&json!(2), &json!("kept_unread")));
    // The written map is the same import.
    let again = json_of(home, &["import", "clients", "people.csv", "--map", "people.toml"]);
    assert_eq!((&again["created"], &again["import"]), (&json!(0), &done["import"]));
    let listed = json_of(home, &["import", "list"]);
    let import = done["import"].as_str().unwrap();
    assert_eq!((&listed["data"][0]["id"], &listed["data"][0]["standing"]), (&json!(import), &json!(2)));
    assert_eq!(json_of(home, &["import", "undo", import])["removed"], 2);
    assert_eq!(clients(home), 0);
    assert_eq!(veloria(home, &["import", "undo", &Uuid::from_u128(9).to_string()]).status.code(), Some(4));
}

#[test]
fn files_that_cannot_be_imported_have_a_code() {
    let folder = home(2);
    let home = folder.path();
    fs::write(home.join("cut.xlsx"), b"PK\x03\x04half").unwrap();
    fs::write(home.join("strange.csv"), "x,y\n1,2\n").unwrap();
    for (kind, file, code) in
        [("clients", "cut.xlsx", "spreadsheet_unreadable"), ("payments", "strange.csv", "map_needed")]
    {
        let output = veloria(home, &["--json", "import", kind, file]);
        assert_eq!(output.status.code(), Some(2));
        let error: Json = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(error["error"]["code"], code, "{error}");
    }
}

#[test]
fn an_export_is_imported_into_an_empty_home_and_is_equal() {
    let (one, two) = (home(2), home(2));
    fs::write(one.path().join("people.csv"), PEOPLE).unwrap();
    json_of(one.path(), &["import", "clients", "people.csv", "--yes"]);
    let file = one.path().join("all.json");
    json_of(one.path(), &["export", "--format", "json", "--out", file.to_str().unwrap()]);
    let report = json_of(two.path(), &["import", "all", file.to_str().unwrap()]);
    assert_eq!(report["created"], 2);
    assert_eq!(json_of(one.path(), &["export"]), json_of(two.path(), &["export"]));
    let written = json_of(one.path(), &["export", "--format", "csv", "--out", "tables"]);
    assert_eq!(written["files"].as_array().unwrap().len(), 5);
    json_of(one.path(), &["export", "--format", "csv", "--out", "tables.zip"]);
    json_of(one.path(), &["export", "--format", "vcard", "--out", "clients.vcf"]);
    json_of(one.path(), &["export", "--format", "ics", "--out", "visits.ics"]);
    for (file, start) in
        [("tables.zip", "PK"), ("clients.vcf", "BEGIN:VCARD"), ("visits.ics", "BEGIN:VCALENDAR")]
    {
        assert!(fs::read(one.path().join(file)).unwrap().starts_with(start.as_bytes()), "{file}");
    }
}

#[test]
fn twenty_thousand_rows_go_in_while_other_commands_answer() {
    const ROWS: usize = 20_000;
    let folder = home(2);
    let home = folder.path();
    let rows = (0..ROWS).fold("Код;Имя\n".to_owned(), |rows, n| format!("{rows}{n};Клиент {n}\n"));
    fs::write(home.join("people.csv"), rows).unwrap();
    let mut import = command(home, &["--json", "import", "clients", "people.csv", "--yes"])
        // Nobody reads while it runs, and a pipe would be full.
        .stdout(fs::File::create(home.join("report.json")).unwrap())
        .stderr(fs::File::create(home.join("progress.txt")).unwrap())
        .spawn()
        .unwrap();
    let (mut answers, mut written, mut seen) = (0, 0, Vec::new());
    while import.try_wait().unwrap().is_none() {
        seen.push(clients(home) - written);
        answers += 1;
        if written < 3 {
            json_of(home, &["clients", "add", "--name", "Между делом"]);
            written += 1;
        }
    }
    let report: Json = serde_json::from_slice(&fs::read(home.join("report.json")).unwrap()).unwrap();
    assert_eq!((&report["created"], &report["problems"]), (&json!(ROWS), &json!(0)));
    let progress = fs::read_to_string(home.join("progress.txt")).unwrap();
    assert!(progress.contains(&format!("{ROWS} / {ROWS}")), "{progress}");
    // They answered while it ran: before, in the middle, and with what was there by then.
    assert!(answers >= 3 && seen.iter().any(|count| (1..ROWS).contains(count)), "{seen:?}");
    assert_eq!(clients(home), ROWS + written);
}
