//! A device's key is replaced, and whatever is cut on the way, the device goes on; a suspended business is told and keeps its work.

use std::sync::Arc;

use client_core::driver::account::Accounts;
use client_core::driver::{Ended, keys};
use client_core::sync::Failure;
use domain::accounts::TenantStatus;
use domain::ids::Clock;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use sync_server::testing::{Caller, TestServer};

use super::homes::{Device, fields};

/// A clock that is ahead of the real one, so that keys are old.
struct Later(Timestamp);

impl Clock for Later {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn token(device: &Device) -> SecretString {
    device.app.token().expect("the store works").expect("signed in")
}

fn accounts(server: &TestServer) -> Accounts {
    Accounts::new(server.url(), "en").expect("an HTTP client")
}

async fn works(server: &TestServer, token: &SecretString) -> bool {
    accounts(server).knows(token).await.expect("the server answers")
}

async fn signed_in(server: &TestServer) -> (Caller<'_>, Device) {
    let owner = server.register("anna").await;
    let device = Device::sign_in(server, &owner.email, "laptop").await;
    (owner, device)
}

#[tokio::test]
async fn a_key_of_a_week_is_replaced_before_a_sync_and_the_old_one_ends_with_the_first_use() {
    let server = TestServer::start().await;
    let owner = server.register("anna").await;
    let start = server.state().now();
    let mut a = Device::sign_in_with_clock(&server, &owner.email, "laptop", Arc::new(Later(start))).await;
    keys::renew(&mut a.app, &accounts(&server)).await.expect("the store works");
    let first = token(&a);
    a.sync(&server).await;
    assert_eq!(token(&a).expose_secret(), first.expose_secret(), "a fresh key is left alone");

    let week = start.checked_add(SignedDuration::from_hours(24 * 7)).expect("a moment");
    a.reopen(Arc::new(Later(week)));
    keys::renew(&mut a.app, &accounts(&server)).await.expect("the store works");
    let second = token(&a);
    assert_ne!(second.expose_secret(), first.expose_secret());
    assert!(works(&server, &first).await, "nobody has used the new one yet");
    a.sync(&server).await;
    assert!(!works(&server, &first).await && works(&server, &second).await);
}

#[tokio::test]
async fn a_cut_at_any_step_leaves_a_key_that_works() {
    let server = TestServer::start().await;
    let (_, mut a) = signed_in(&server).await;
    a.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client");
    let accounts = accounts(&server);

    // The question never arrives.
    let nobody = Accounts::new("http://127.0.0.1:1", "en").expect("an HTTP client");
    assert!(nobody.new_token(&token(&a)).await.is_err());
    a.sync(&server).await;

    // The answer is lost, twice, or the program dies before it is stored: which is the same for the store.
    for _ in 0..2 {
        accounts.new_token(&token(&a)).await.expect("made, and lost");
        a.start_again();
        a.sync(&server).await;
    }

    // It is stored, and the program dies before it is used.
    let old = token(&a);
    let new = accounts.new_token(&old).await.expect("made");
    a.app.keep_token(&new).expect("the store works");
    a.start_again();
    assert!(works(&server, &old).await);
    a.sync(&server).await;
    assert!(!works(&server, &old).await, "used now, so the older ones end");

    // Its first use arrives and the answer to it is lost: the new one is the key on both sides.
    let newer = accounts.new_token(&token(&a)).await.expect("made");
    a.app.keep_token(&newer).expect("the store works");
    assert!(works(&server, &newer).await);
    a.start_again();
    a.sync(&server).await;
    assert_eq!(a.app.status().expect("status").pending, 0);
}

#[tokio::test]
async fn a_server_that_was_restored_and_knows_only_the_key_before_is_talked_to_with_that_one() {
    let server = TestServer::start().await;
    let (_, mut a) = signed_in(&server).await;
    let old = token(&a);
    // Of this server's kind, and unknown to it: as one that it gave out after its backup was made.
    let text = old.expose_secret();
    let other_end = if text.ends_with('A') { "B" } else { "A" };
    let lost = SecretString::from(format!("{}{other_end}", &text[..text.len() - 1]));
    a.app.keep_token(&lost).expect("the store works");
    assert_eq!(a.try_sync(server.url()).await, Ended::Stopped(Failure::Unauthorized));
    let former = keys::fall_back(&mut a.app, &accounts(&server)).await.expect("the server answers");
    assert_eq!(former.map(|token| token.expose_secret().to_owned()).as_deref(), Some(text));
    a.sync(&server).await;
    assert!(a.app.status().expect("status").notices.is_empty(), "she hears nothing of it");
    assert!(keys::fall_back(&mut a.app, &accounts(&server)).await.expect("the store works").is_none());
}

#[tokio::test]
async fn a_suspended_device_is_told_why_keeps_its_work_and_sends_it_when_the_business_works_again() {
    let server = TestServer::start().await;
    let (owner, mut a) = signed_in(&server).await;
    a.sync(&server).await;
    let set = async |status| {
        let tenant = owner.account["tenant"]["id"].as_str().expect("an id").parse().expect("an id");
        let mut tx = server.state().db.tenant(tenant).await.expect("a transaction");
        sync_server::auth::set_status(&mut tx, status).await.expect("it is set");
        tx.commit().await.expect("it is kept");
    };
    set(TenantStatus::Suspended).await;
    let client = a.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a device always writes").id;
    for _ in 0..2 {
        assert!(matches!(a.try_sync(server.url()).await, Ended::Done(report) if report.pushed == 0));
    }
    let status = a.app.status().expect("status");
    assert!(status.suspended && status.pending == 1, "{status:?}");
    let told: Vec<String> = status.notices.iter().map(|notice| notice.code.clone()).collect();
    assert_eq!(told, ["suspended"], "once a day");
    assert!(serde_json::to_string(&a.app.export().expect("exports")).expect("JSON").contains("Анна"));
    assert_eq!(owner.get(&format!("/clients/{client}")).await.status, 404);

    set(TenantStatus::Active).await;
    a.sync(&server).await;
    let status = a.app.status().expect("status");
    assert!(!status.suspended && status.pending == 0, "{status:?}");
    assert_eq!(status.notices.last().map(|notice| notice.code.as_str()), Some("resumed"));
    assert_eq!(owner.get(&format!("/clients/{client}")).await.status, 200);
}
