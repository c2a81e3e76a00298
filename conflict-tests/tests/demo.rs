//! The demo's salon: made by `desktop/ui/demo` through the public API of a real server, as `cargo xtask up --demo` does it.
//! Needs Node.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sync_server::testing::{Caller, TestServer};

const EMAIL: &str = "anna@demo.example";

/// Runs the program to its end; gives what it printed.
fn fill(url: &str) -> String {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../desktop/ui/demo/main.mjs");
    let output = Command::new("node").arg(program).args(["--server", url]).output().expect("node runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    told
}

/// Everything of a list, page by page.
async fn all(caller: &Caller<'_>, path: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = caller.get(&format!("{path}?limit=200{cursor}")).await.expect(200);
        found.extend(page["data"].as_array().expect("a list").iter().cloned());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

/// The times of a visit, to be compared as texts: all of them are the wall of one studio.
fn hours(visit: &Value) -> (&str, &str) {
    (visit["startsAt"].as_str().expect("a time"), visit["endsAt"].as_str().expect("a time"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_is_a_salon_one_can_believe_in() {
    let server = TestServer::start().await;
    let url = server.url().to_owned();
    let told = tokio::task::spawn_blocking(move || fill(&url)).await.expect("it ends");
    let password = told.lines().last().and_then(|line| line.split("the password: ").nth(1));
    let password = password.expect("the last line says how to sign in");

    let sign_in = json!({ "email": EMAIL, "password": password, "name": "test" });
    let key = server.anonymous().post("/auth/token", sign_in).await.expect(201);
    let anna = server.anonymous().with_token(key["token"].as_str().expect("a token"));

    let clients = all(&anna, "/clients").await;
    assert_eq!(clients.len(), 301, "300 people, one of them under two names");
    assert!(clients.iter().any(|client| client["allergies"].as_array().is_some_and(|all| !all.is_empty())));
    let visits = all(&anna, "/appointments").await;
    assert!(visits.len() >= 2_300, "{} visits", visits.len());
    for status in ["completed", "cancelled", "no_show", "booked", "confirmed"] {
        assert!(visits.iter().any(|visit| visit["status"] == status), "no visit is {status}");
    }
    let mut taking: Vec<_> =
        visits.iter().filter(|visit| visit["status"] != "cancelled").map(hours).collect();
    taking.sort_unstable();
    let clashes = taking.windows(2).filter(|pair| pair[1].0 < pair[0].1).count();
    assert!((1..=4).contains(&clashes), "{clashes} hours are taken twice: those that are meant to be");
    assert!(all(&anna, "/notes").await.len() > 60);
    assert_eq!(all(&anna, "/media").await.len(), 24);
    assert_eq!(anna.get("/billing/plan").await.expect(200)["plan"], "imperium");

    let url = server.url().to_owned();
    let again = tokio::task::spawn_blocking(move || fill(&url)).await.expect("it ends");
    assert!(again.contains("stays as it is"), "{again}");
    assert_eq!(all(&anna, "/appointments").await.len(), visits.len());
}
