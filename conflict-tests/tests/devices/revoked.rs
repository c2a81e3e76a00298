//! A device that was disconnected: it is told, it keeps what was not sent, and hands it over when it is enrolled anew; its siblings
//! and their owner see what it had.

use client_core::App;
use client_core::app::Verdict;
use client_core::driver::account::Accounts;
use client_core::driver::http::Http;
use client_core::driver::{Ended, Transport as _, proof};
use client_core::sync::{Effect, Engine, Event, Failure, Options, Reply, Request};
use domain::accounts::TenantStatus;
use domain::ids::DeviceId;
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use sync_server::testing::{Caller, PASSWORD, TestServer};

use super::homes::{Device, fields, settle};

fn id_of(app: &App) -> DeviceId {
    app.device().expect("the store answers").expect("signed in").id
}

async fn listed(owner: &Caller<'_>, device: DeviceId) -> Json {
    let devices = owner.get("/devices").await.expect(200);
    let all = devices["data"].as_array().expect("a list").clone();
    all.into_iter().find(|shown| shown["id"] == device.to_string()).expect("it is listed")
}

async fn revoke(owner: &Caller<'_>, device: DeviceId) {
    assert_eq!(owner.delete(&format!("/devices/{device}")).await.status, 204);
}

async fn enrol_anew(server: &TestServer, device: &mut Device, email: &str) {
    let accounts = Accounts::new(server.url(), "en").expect("an HTTP client");
    let account =
        accounts.sign_in(email, &SecretString::from(PASSWORD), "phone again").await.expect("signs in");
    device.app.sign_in(&account).expect("the home is of this account");
    device.start_again();
}

/// Sends what the device has to say and loses the answer: it is stored there, and nobody here knows.
async fn push_and_lose_the_answer(server: &TestServer, device: &mut Device) {
    let token = device.app.token().expect("the store answers").expect("signed in");
    let http = Http::new(server.url(), token).expect("an HTTP client");
    let mut engine = Engine::new(Options::default());
    let effect = device.app.sync_step(&mut engine, Event::Wake).expect("the store works");
    let Effect::Send(_, request @ Request::Sync(_)) = effect else { panic!("{effect:?}") };
    assert!(matches!(http.perform(&request).await, Ok(Reply::Sync(_))));
}

#[tokio::test]
async fn what_a_revoked_device_had_not_sent_comes_with_its_new_identity_once() {
    let server = TestServer::start().await;
    let owner = server.register("revoked").await;
    let mut phone = Device::sign_in(&server, &owner.email, "phone").await;
    let mut laptop = Device::sign_in(&server, &owner.email, "laptop").await;
    let anna = phone.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client").id;
    settle(&server, &mut [&mut phone, &mut laptop]).await;

    // Some of what it did arrived, and it does not know; some never left it.
    let vera = phone.app.add_client(&fields(json!({ "name": "Вера" }))).expect("a client").id;
    phone.app.take_payment(fields(json!({ "amount": 700, "clientId": vera }))).expect("paid");
    push_and_lose_the_answer(&server, &mut phone).await;
    phone.app.edit_client(anna, &fields(json!({ "notes": "пахнет мятой" }))).expect("edits");
    let body = json!({ "clientId": anna, "startsAt": "2026-12-01T10:00", "durationMin": 60 });
    let visit = phone.app.book(&fields(body)).expect("books").appointment.id;
    let paid =
        phone.app.take_payment(fields(json!({ "amount": 900, "appointmentId": visit }))).expect("paid");
    let waits = phone.app.pending().expect("the store answers");

    let old = id_of(&phone.app);
    revoke(&owner, old).await;
    assert!(matches!(phone.try_sync(server.url()).await, Ended::Stopped(Failure::Revoked)));
    let status = phone.app.status().expect("status");
    assert!(status.disconnected && phone.told().contains(&"revoked".to_owned()));
    assert_eq!(status.pending, waits, "it keeps all of it");
    let token = phone.app.token().expect("the store answers").expect("it has one still");
    let http = Http::new(server.url(), token).expect("an HTTP client");
    assert_eq!(proof::proof(&phone.app, &http).await.expect("works").verdict, Verdict::Disconnected);
    // Nothing of it reached the others.
    laptop.sync(&server).await;
    assert!(laptop.app.appointment(visit).is_err());

    enrol_anew(&server, &mut phone, &owner.email).await;
    assert_ne!(id_of(&phone.app), old);
    assert!(!phone.app.status().expect("status").disconnected);
    let all = settle(&server, &mut [&mut phone, &mut laptop]).await;
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    for device in [&phone, &laptop] {
        assert_eq!(device.app.client(anna).expect("she is here").notes, "пахнет мятой");
        assert_eq!(device.app.appointment(visit).expect("it is here").client_id, Some(anna));
        let amounts: Vec<String> =
            device.app.payments(None).expect("lists").iter().map(|paid| paid.amount.to_string()).collect();
        assert_eq!((amounts.len(), device.app.pending().expect("works")), (2, 0), "{amounts:?}");
        assert!(device.app.payments(None).expect("lists").iter().any(|there| there.id == paid.id));
    }
    assert_eq!(all.matches("Вера").count(), 1, "nothing twice: {all}");
    let listed = owner.get("/clients").await.expect(200);
    assert_eq!(listed["data"].as_array().expect("a list").len(), 2);
    assert!(phone.app.status().expect("status").quarantine.is_empty(), "nothing was refused");
}

#[tokio::test]
async fn the_owner_sees_what_each_device_said_it_had_not_handed_over() {
    let server = TestServer::start().await;
    let owner = server.register("said").await;
    let mut phone = Device::sign_in(&server, &owner.email, "phone").await;
    let device = id_of(&phone.app);
    assert!(listed(&owner, device).await["pending"].is_null(), "it has not said yet");
    phone.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client");
    phone.sync(&server).await;
    assert_eq!(listed(&owner, device).await["pending"], 0);
    // Suspended, a business takes nothing: what the phone has stays on it, and it says how much.
    let tenant = owner.account["tenant"]["id"].as_str().expect("an id").parse().expect("an id");
    let mut tx = server.state().db.tenant(tenant).await.expect("a transaction");
    sync_server::auth::set_status(&mut tx, TenantStatus::Suspended).await.expect("it is set");
    tx.commit().await.expect("it is kept");
    for name in ["Вера", "Ольга"] {
        phone.app.add_client(&fields(json!({ "name": name }))).expect("a client");
    }
    phone.try_sync(server.url()).await;
    assert_eq!(listed(&owner, device).await["pending"], 2);
    revoke(&owner, device).await;
    let shown = listed(&owner, device).await;
    assert_eq!(shown["pending"], 2, "it is still told what a lost phone had");
    assert!(shown["revokedAt"].is_string() && shown["lastSeenAt"].is_string());
}

#[tokio::test]
async fn a_record_is_on_her_other_devices_only_when_the_server_says_that_they_have_read_it() {
    let server = TestServer::start().await;
    let owner = server.register("spread").await;
    let mut phone = Device::sign_in(&server, &owner.email, "phone").await;
    let count = |device: &Device, state: &str| device.app.status().expect("status").records[state];
    phone.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client");
    phone.sync(&server).await;
    assert_eq!((count(&phone, "on_devices"), phone.app.status().expect("status").others), (0, None));

    let mut laptop = Device::sign_in(&server, &owner.email, "laptop").await;
    phone.sync(&server).await;
    let others = phone.app.status().expect("status").others.expect("there is one");
    assert_eq!((others.devices, others.up_to_date), (1, false), "it has read nothing yet");
    assert_eq!(count(&phone, "on_devices"), 0);
    // It has read, but only what it says with the next sync is known.
    laptop.sync(&server).await;
    laptop.sync(&server).await;
    phone.sync(&server).await;
    assert_eq!(count(&phone, "on_server"), 0);
    let everywhere = count(&phone, "on_devices");
    assert!(phone.app.status().expect("status").others.expect("there is one").up_to_date);

    phone.app.add_client(&fields(json!({ "name": "Вера" }))).expect("a client");
    assert_eq!((count(&phone, "saved_here"), count(&phone, "on_devices")), (1, everywhere));
    phone.sync(&server).await;
    assert_eq!((count(&phone, "on_server"), count(&phone, "on_devices")), (1, everywhere));
    settle(&server, &mut [&mut laptop, &mut phone]).await;
    settle(&server, &mut [&mut laptop, &mut phone]).await;
    assert_eq!((count(&phone, "on_server"), count(&phone, "on_devices")), (0, everywhere + 1));
}
