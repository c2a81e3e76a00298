//! The line breaks at every byte, the server dies at any moment: all the same nothing is lost and nothing is twice.

use client_core::driver::Ended;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use sync_server::testing::TestServer;

use super::homes::{Device, fields, settle};
use super::victim::Victim;
use conflict_tests::proxy::Proxy;

/// Some work on a device.
fn work(device: &mut Device, count: usize, name: &str) {
    for n in 0..count {
        let client =
            device.app.add_client(&fields(json!({ "name": format!("{name} {n}") }))).expect("a client").id;
        let body = json!({ "clientId": client, "body": format!("note of {name} {n}") });
        device.app.add_note(&fields(body)).expect("a note");
        let service = json!({ "name": format!("{name} {n}"), "basePrice": 100, "durationMin": 30 });
        device.app.add_service(&fields(service)).expect("a service");
    }
}

fn nothing_is_twice(export: &str, names: &[&str], count: usize) {
    let export: serde_json::Value = serde_json::from_str(export).expect("JSON");
    for list in ["clients", "notes", "services"] {
        let entries = export[list].as_array().expect("a list");
        assert_eq!(entries.len(), count * names.len(), "{list}");
    }
    for name in names {
        for n in 0..count {
            let wanted = format!("{name} {n}");
            let clients = export["clients"].as_array().expect("a list");
            assert_eq!(
                clients.iter().filter(|client| client["name"] == wanted.as_str()).count(),
                1,
                "{wanted}"
            );
        }
    }
}

#[tokio::test]
async fn a_line_that_breaks_at_random_bytes_loses_and_doubles_nothing() {
    let server = TestServer::start().await;
    let owner = server.register("cuts").await;
    let proxy = Proxy::to(server.url()).await.expect("a free port");
    let mut a = Device::sign_in(&server, &owner.email, "a").await;
    let mut b = Device::sign_in(&server, &owner.email, "b").await;
    let mut rng = StdRng::seed_from_u64(7);
    let mut broke = 0;
    for round in 0..20 {
        work(&mut a, 1, &format!("a{round}"));
        work(&mut b, 1, &format!("b{round}"));
        for device in [&mut a, &mut b] {
            proxy.cut_after(rng.random_range(0..9_000));
            let token = device.app.token().expect("the store answers").expect("signed in");
            let http = client_core::driver::http::Http::new(&proxy.url, token).expect("an HTTP client");
            let mut engine = client_core::sync::Engine::new(client_core::sync::Options::default());
            let ended = client_core::driver::session(&mut device.app, &mut engine, &http)
                .await
                .expect("the store works");
            broke += usize::from(!matches!(ended, Ended::Done(_)));
        }
    }
    assert!(broke >= 5, "the line broke {broke} times");
    proxy.heal();
    let export = settle(&server, &mut [&mut a, &mut b]).await;
    let names: Vec<String> = (0..20).flat_map(|round| [format!("a{round}"), format!("b{round}")]).collect();
    nothing_is_twice(&export, &names.iter().map(String::as_str).collect::<Vec<_>>(), 1);
}

#[tokio::test]
async fn a_request_dropped_in_the_middle_of_the_server_loses_and_doubles_nothing() {
    let server = TestServer::start().await;
    let owner = server.register("drops").await;
    let mut a = Device::sign_in(&server, &owner.email, "a").await;
    let mut b = Device::sign_in(&server, &owner.email, "b").await;
    work(&mut a, 10, "a");
    work(&mut b, 10, "b");
    let mut rng = StdRng::seed_from_u64(11);
    for _ in 0..15 {
        for device in [&mut a, &mut b] {
            // The client goes away after a while; the server drops what it was doing, wherever it was.
            let patience = std::time::Duration::from_micros(rng.random_range(200..40_000));
            let _ = tokio::time::timeout(patience, device.try_sync(server.url())).await;
            device.start_again();
        }
    }
    let export = settle(&server, &mut [&mut a, &mut b]).await;
    nothing_is_twice(&export, &["a", "b"], 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_in_the_middle_of_syncs_loses_and_doubles_nothing() {
    let server = TestServer::start().await;
    let owner = server.register("kills").await;
    let mut a = Device::sign_in(&server, &owner.email, "a").await;
    let mut b = Device::sign_in(&server, &owner.email, "b").await;
    // Another server on the same database: that is the one that dies.
    let mut victim = Victim::start(server.database().url()).await;
    let mut rng = StdRng::seed_from_u64(11);
    let mut broke = 0;
    for round in 0..12 {
        work(&mut a, 8, &format!("a{round}"));
        work(&mut b, 8, &format!("b{round}"));
        for device in [&mut a, &mut b] {
            let url = victim.url();
            let death = async {
                tokio::time::sleep(std::time::Duration::from_millis(rng.random_range(0..150))).await;
                victim.kill();
            };
            let token = device.app.token().expect("the store answers").expect("signed in");
            let http = client_core::driver::http::Http::new(&url, token).expect("an HTTP client");
            let mut engine = client_core::sync::Engine::new(client_core::sync::Options::default());
            let session = client_core::driver::session(&mut device.app, &mut engine, &http);
            let (ended, ()) = tokio::join!(session, death);
            broke += usize::from(!matches!(ended.expect("the store works"), Ended::Done(_)));
            victim.rise().await;
        }
    }
    println!("{broke} of 24 sessions broke");
    let export = settle(&server, &mut [&mut a, &mut b]).await;
    let names: Vec<String> = (0..12).flat_map(|round| [format!("a{round}"), format!("b{round}")]).collect();
    nothing_is_twice(&export, &names.iter().map(String::as_str).collect::<Vec<_>>(), 8);
}
