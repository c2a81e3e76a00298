//! The receipt that nothing is lost: it tells what is, also when something is wrong.

use client_core::app::{Proof, Verdict};
use client_core::driver::http::Http;
use client_core::driver::proof;
use secrecy::ExposeSecret as _;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use sync_server::testing::TestServer;

use super::homes::{Device, fields, settle};

async fn prove(device: &Device, url: &str) -> Proof {
    let token = device.app.token().expect("the store answers").expect("signed in");
    let http = Http::new(url, token).expect("an HTTP client");
    proof::proof(&device.app, &http).await.expect("the store works")
}

fn counts(proof: &Proof, part: &str) -> (u64, Option<u64>, Option<bool>) {
    let found = proof.parts.iter().find(|shown| shown.part == part).expect("a part");
    (found.here, found.there, found.equal)
}

#[tokio::test]
async fn the_receipt_says_safe_only_when_both_sides_hold_the_same_and_nothing_waits() {
    let server = TestServer::start().await;
    let owner = server.register("proof").await;
    let mut a = Device::sign_in(&server, &owner.email, "phone").await;
    let mut b = Device::sign_in(&server, &owner.email, "laptop").await;
    for name in ["Анна", "Вера"] {
        a.app.add_client(&fields(json!({ "name": name }))).expect("a client");
    }
    settle(&server, &mut [&mut a, &mut b]).await;
    let safe = prove(&a, server.url()).await;
    assert_eq!((safe.verdict, counts(&safe, "clients")), (Verdict::Safe, (2, Some(2), Some(true))));
    assert!(safe.parts.iter().all(|part| Some(part.digest_here) == part.digest_there), "{safe:?}");

    // What waits is named, and is no part of what is compared.
    let added = a.app.add_client(&fields(json!({ "name": "Ольга" }))).expect("a client").id;
    let waiting = prove(&a, server.url()).await;
    assert_eq!((waiting.verdict, counts(&waiting, "clients")), (Verdict::Waiting, (2, Some(2), Some(true))));
    assert_eq!(waiting.unsent_changes, 1);

    a.sync(&server).await;
    let behind = prove(&b, server.url()).await;
    assert_eq!((behind.verdict, counts(&behind, "clients")), (Verdict::Behind, (2, Some(3), Some(false))));
    assert_eq!(prove(&a, server.url()).await.verdict, Verdict::Safe);

    // Somebody takes a client out behind the server's back: nobody calls that safe.
    let mut connection =
        PgConnection::connect(server.database().url().expose_secret()).await.expect("connects");
    let take = format!("set session_replication_role = replica; delete from documents where id = '{added}'");
    sqlx::raw_sql(sqlx::AssertSqlSafe(take)).execute(&mut connection).await.expect("runs");
    connection.close().await.expect("ends");
    let different = prove(&a, server.url()).await;
    assert_eq!(
        (different.verdict, counts(&different, "clients")),
        (Verdict::Different, (3, Some(2), Some(false)))
    );

    let nobody = prove(&a, "http://127.0.0.1:9").await;
    assert_eq!((nobody.verdict, counts(&nobody, "clients")), (Verdict::Unreachable, (3, None, None)));
    assert!(nobody.why.is_some());
}
