//! Bits that flip in the server's database and on a device's disk: found, put aside, and the rest goes through.

use client_core::store::StoreError;
use domain::documents::Collection;
use secrecy::ExposeSecret as _;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use sync_server::testing::TestServer;
use uuid::Uuid;

use super::homes::{Device, fields, settle};

/// Flips one bit of what a table holds about a document.
async fn flip(server: &TestServer, table: &str, id_column: &str, id: Uuid) {
    let mut connection =
        PgConnection::connect(server.database().url().expose_secret()).await.expect("connects");
    let flip = format!(
        "update {table} set bytes = set_byte(bytes, length(bytes) / 2, get_byte(bytes, length(bytes) / 2) # 4)
         where {id_column} = '{id}' and bytes is not null"
    );
    let flipped = sqlx::raw_sql(sqlx::AssertSqlSafe(flip)).execute(&mut connection).await.expect("runs");
    assert!(flipped.rows_affected() > 0, "there are bytes to flip");
    connection.close().await.expect("ends");
}

#[tokio::test]
async fn a_bit_flipped_in_the_log_is_put_aside_and_the_document_comes_whole() {
    let server = TestServer::start().await;
    let owner = server.register("log").await;
    let mut a = Device::sign_in(&server, &owner.email, "a").await;
    let mut b = Device::sign_in(&server, &owner.email, "b").await;
    settle(&server, &mut [&mut a, &mut b]).await;
    let ids: Vec<Uuid> = (0..5)
        .map(|n| a.app.add_client(&fields(json!({ "name": format!("Client {n}") }))).expect("a client").id.0)
        .collect();
    a.sync(&server).await;
    flip(&server, "sync_log", "item_id", ids[2]).await;
    b.sync(&server).await;
    assert_eq!(a.export(), b.export());
    assert!(b.told().contains(&"bad_change".to_owned()), "{:?}", b.told());
}

#[tokio::test]
async fn a_bit_flipped_in_a_stored_document_does_not_hold_up_its_neighbours() {
    let server = TestServer::start().await;
    let owner = server.register("documents").await;
    let mut a = Device::sign_in(&server, &owner.email, "a").await;
    let ids: Vec<Uuid> = (0..5)
        .map(|n| a.app.add_client(&fields(json!({ "name": format!("Client {n}") }))).expect("a client").id.0)
        .collect();
    a.sync(&server).await;
    flip(&server, "documents", "id", ids[2]).await;

    // A device that begins from nothing gets all that is healthy.
    let mut c = Device::sign_in(&server, &owner.email, "c").await;
    c.try_sync(server.url()).await;
    for (n, id) in ids.iter().enumerate() {
        let known = c.app.client((*id).into()).is_ok();
        assert!(known || n == 2, "client {n} is healthy and missing");
    }
    // Work on the healthy ones goes on.
    a.app.edit_client(ids[0].into(), &fields(json!({ "loyaltyLevel": "gold" }))).expect("edits");
    a.app.edit_client(ids[2].into(), &fields(json!({ "loyaltyLevel": "silver" }))).expect("edits");
    a.try_sync(server.url()).await;
    c.try_sync(server.url()).await;
    assert_eq!(c.app.client(ids[0].into()).expect("healthy").loyalty_level.as_deref(), Some("gold"));
}

#[tokio::test]
async fn a_bit_flipped_on_a_devices_disk_heals() {
    let server = TestServer::start().await;
    let owner = server.register("disk").await;
    let mut a = Device::sign_in(&server, &owner.email, "a").await;
    let mut b = Device::sign_in(&server, &owner.email, "b").await;
    let id = a.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client").id;
    settle(&server, &mut [&mut a, &mut b]).await;
    b.app.edit_client(id, &fields(json!({ "email": "anna@example.com" }))).expect("edits");
    b.app
        .store_mut()
        .write::<_, StoreError>(|tx| {
            let mut bytes = tx.document(id.0)?.expect("it is there").bytes;
            let middle = bytes.len() / 2;
            bytes[middle] ^= 4;
            tx.damage_document(id.0, &bytes)
        })
        .expect("the store works");
    let found = b.app.verify().expect("the store works");
    assert_eq!(found.unopened, 1, "{found:?}");
    let export = settle(&server, &mut [&mut a, &mut b]).await;
    assert!(export.contains("anna@example.com"), "what was not sent survives: {export}");
    assert!(b.told().contains(&"damaged_on_disk".to_owned()), "{:?}", b.told());
    let kept = b
        .app
        .store()
        .read::<_, StoreError>(|tx| tx.document_ids(Collection::Clients))
        .expect("the store works");
    assert_eq!(kept.len(), 1);
}
