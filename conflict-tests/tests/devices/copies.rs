//! Copies and wrong clocks: a home copied and running twice, a server restored from yesterday, a clock a year off.

use std::fs;
use std::sync::Arc;

use client_core::App;
use client_core::app::Home;
use client_core::driver::account::Accounts;
use client_core::driver::http::Http;
use client_core::driver::{Ended, sync_once};
use client_core::store::StoreError;
use client_core::sync::{Engine, Options};
use client_core::system::{SystemClock, SystemIds};
use domain::ids::Clock;
use domain::lang::Lang;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value as Json, json};
use sqlx::{Connection as _, PgConnection};
use sync_server::testing::TestServer;
use tempfile::TempDir;

use super::homes::{Device, fields, passphrase, settle};

#[tokio::test]
async fn a_copied_home_is_told_and_both_go_on() {
    let server = TestServer::start().await;
    let owner = server.register("copy").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let client = a.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client").id;
    a.sync(&server).await;
    // Something unsent is in the copy too.
    a.app.edit_client(client, &fields(json!({ "loyaltyLevel": "gold" }))).expect("edits");

    let twin = TempDir::new().expect("a folder");
    // A checkpoint, so that the copied file is whole: the app is closed for a moment.
    let Device { app, folder, .. } = a;
    drop(app);
    for entry in fs::read_dir(folder.path()).expect("the home").flatten() {
        fs::copy(entry.path(), twin.path().join(entry.file_name())).expect("copies");
    }
    let open = |path: &std::path::Path| -> App {
        Home::new(path).open(&passphrase(), Arc::new(SystemClock), Box::new(SystemIds)).expect("opens")
    };
    let (mut first, mut second) = (open(folder.path()), open(twin.path()));
    assert!(!first.needs_enrolment().expect("the store works"));
    assert!(second.needs_enrolment().expect("the store works"), "the copy notices");
    let accounts = Accounts::new(server.url(), "en").expect("an HTTP client");
    let token = second.token().expect("the store works").expect("signed in");
    let (identity, token) = accounts.enrol(&token, "twin").await.expect("the server takes it");
    second.enrol(&identity, &token).expect("the store works");

    first.edit_client(client, &fields(json!({ "notes": "from the first" }))).expect("edits");
    second.edit_client(client, &fields(json!({ "email": "second@example.com" }))).expect("edits");
    for _ in 0..2 {
        for app in [&mut first, &mut second] {
            let token = app.token().expect("the store works").expect("signed in");
            let http = Http::new(server.url(), token).expect("an HTTP client");
            let ended =
                sync_once(app, &mut Engine::new(Options::default()), &http).await.expect("the store works");
            assert!(matches!(&ended, Ended::Done(report) if report.in_step == Some(true)), "{ended:?}");
        }
    }
    let export = |app: &App| serde_json::to_string(&app.export().expect("exports")).expect("JSON");
    assert_eq!(export(&first), export(&second));
    let anna = first.client(client).expect("she is here");
    assert_eq!(anna.notes, "from the first");
    assert_eq!(anna.email.as_deref(), Some("second@example.com"));
    assert_eq!(anna.loyalty_level.as_deref(), Some("gold"));
    let told: Vec<String> = second.status().expect("status").notices.into_iter().map(|n| n.code).collect();
    assert!(told.contains(&"copied_home".to_owned()), "{told:?}");
}

/// A copy of every table that a backup of one installation would hold.
async fn copy_tables(server: &TestServer, script: &str) {
    let url = server.database().url();
    let mut connection = PgConnection::connect(url.expose_secret()).await.expect("connects");
    sqlx::raw_sql(sqlx::AssertSqlSafe(script.to_owned())).execute(&mut connection).await.expect("runs");
    connection.close().await.expect("ends");
}

const TABLES: [&str; 10] = [
    "documents",
    "sync_log",
    "records",
    "intents",
    "digests",
    "quarantine",
    "clients",
    "appointments",
    "notes",
    "tenants",
];

/// Puts a table back as it was; its generated columns follow from the others.
const PUT_BACK: &str = "create procedure put_back(t text) language plpgsql as $$
    declare columns text := (select string_agg(quote_ident(column_name), ', ')
                             from information_schema.columns
                             where table_schema = 'public' and table_name = t and is_generated = 'NEVER');
    begin
        execute format('delete from %I', t);
        execute format('insert into %I (%s) select %s from %I', t, columns, columns, 'backup_' || t);
    end $$;";

async fn back_up(server: &TestServer) {
    let backup: Vec<String> =
        TABLES.iter().map(|t| format!("create table backup_{t} as select * from {t}")).collect();
    copy_tables(server, &backup.join(";")).await;
}

async fn restore(server: &TestServer) {
    let restore: Vec<String> = TABLES.iter().map(|t| format!("call put_back('{t}')")).collect();
    let script =
        format!("{PUT_BACK} set session_replication_role = replica; begin; {}; commit", restore.join(";"));
    copy_tables(server, &script).await;
}

#[tokio::test]
async fn a_server_restored_from_yesterday_gets_back_what_the_devices_have() {
    let server = TestServer::start().await;
    let owner = server.register("restore").await;
    let mut a = Device::sign_in(&server, &owner.email, "a").await;
    let mut b = Device::sign_in(&server, &owner.email, "b").await;
    let anna = a.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client").id;
    settle(&server, &mut [&mut a, &mut b]).await;
    back_up(&server).await;

    let vera = a.app.add_client(&fields(json!({ "name": "Вера" }))).expect("a client").id;
    let service = json!({ "name": "Стрижка", "basePrice": 1500, "durationMin": 60 });
    let service = a.app.add_service(&fields(service)).expect("a service").id;
    a.app.edit_client(anna, &fields(json!({ "loyaltyLevel": "gold" }))).expect("edits");
    settle(&server, &mut [&mut a, &mut b]).await;
    b.app.edit_client(vera, &fields(json!({ "notes": "unsent" }))).expect("edits");

    restore(&server).await;

    for _ in 0..2 {
        for device in [&mut a, &mut b] {
            device.try_sync(server.url()).await;
        }
    }
    let mut c = Device::sign_in(&server, &owner.email, "c").await;
    let export = settle(&server, &mut [&mut a, &mut b, &mut c]).await;
    assert!(
        export.contains("gold") && export.contains("unsent") && export.contains(&service.to_string()),
        "{export}"
    );
    assert!(a.told().contains(&"server_restored".to_owned()), "{:?}", a.told());
}

/// What went out about the visits, as a device holds it.
fn promised(device: &Device) -> Vec<Json> {
    let found =
        device.app.store().read::<_, StoreError>(|tx| tx.records("promises")).expect("the store works");
    found.into_iter().map(|record| record.body).collect()
}

#[tokio::test]
async fn a_server_restored_from_yesterday_gets_back_what_it_promised() {
    let server = TestServer::start().await;
    let owner = server.register("promised").await;
    let mut a = Device::sign_in(&server, &owner.email, "a").await;
    let mut b = Device::sign_in(&server, &owner.email, "b").await;
    let anna = a.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client").id;
    let mut visits = Vec::new();
    for day in ["2027-12-01T10:00", "2027-12-02T10:00"] {
        let body = json!({ "clientId": anna, "startsAt": day, "durationMin": 60 });
        visits.push(a.app.book(&fields(body)).expect("books").appointment.id);
    }
    settle(&server, &mut [&mut a, &mut b]).await;
    let pay = |visit, amount: u32| {
        owner.post("/payments", json!({ "date": "2027-11-01", "amount": amount, "appointmentId": visit }))
    };
    pay(visits[0], 100).await.expect(201);
    settle(&server, &mut [&mut a, &mut b]).await;
    back_up(&server).await;

    // One more entry where there is one, one where there is none, and the visit is moved: the hour was that of the payment.
    pay(visits[0], 200).await.expect(201);
    pay(visits[1], 300).await.expect(201);
    settle(&server, &mut [&mut a, &mut b]).await;
    a.app.move_appointment(visits[0], &fields(json!({ "startsAt": "2027-12-03T10:00" }))).expect("moves");
    let before = promised(&a);
    assert_eq!(before.iter().map(|all| all["sent"].as_array().map_or(0, Vec::len)).sum::<usize>(), 3);

    restore(&server).await;
    for _ in 0..2 {
        for device in [&mut a, &mut b] {
            device.try_sync(server.url()).await;
        }
    }
    let mut c = Device::sign_in(&server, &owner.email, "c").await;
    settle(&server, &mut [&mut a, &mut b, &mut c]).await;
    for device in [&a, &b, &c] {
        assert_eq!(promised(device), before);
        let told = device.app.conflicts(false, Lang::En).expect("lists");
        assert!(told.len() == 1 && told[0].title.contains("300"), "{told:?}");
    }
    assert_eq!(owner.get("/conflicts").await.expect(200)["data"].as_array().map(Vec::len), Some(1));
}

/// A clock that is wrong by a fixed span.
#[derive(Debug)]
struct OffClock(SignedDuration);

impl Clock for OffClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + self.0
    }
}

#[tokio::test]
async fn a_clock_a_year_off_loses_nothing_and_is_told() {
    let server = TestServer::start().await;
    let owner = server.register("clock").await;
    let year = SignedDuration::from_hours(365 * 24);
    let mut a = Device::sign_in(&server, &owner.email, "a").await;
    let mut fast = Device::sign_in_with_clock(&server, &owner.email, "fast", Arc::new(OffClock(year))).await;
    let mut slow = Device::sign_in_with_clock(&server, &owner.email, "slow", Arc::new(OffClock(-year))).await;
    let client = fast.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client").id;
    settle(&server, &mut [&mut a, &mut fast, &mut slow]).await;
    // The slow device writes after it has seen the fast one's value: the later write stands, whatever the clocks say.
    slow.app.edit_client(client, &fields(json!({ "name": "Анна Петровна" }))).expect("edits");
    settle(&server, &mut [&mut a, &mut fast, &mut slow]).await;
    assert_eq!(a.app.client(client).expect("she is here").name, "Анна Петровна");
    for device in [&fast, &slow] {
        assert!(device.told().contains(&"clock_off".to_owned()), "{:?}", device.told());
    }
    assert!(!a.told().contains(&"clock_off".to_owned()));
}
