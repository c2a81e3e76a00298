//! Sockets of the live word, frame by frame: how many there may be, and how they end.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::testing::TestServer;

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
/// A ping of a client, with nothing in it under a mask of zeros.
const PING: [u8; 6] = [0x89, 0x80, 0, 0, 0, 0];

/// A socket that was asked for, and the status that came.
async fn open(server: &TestServer, token: &str) -> (String, TcpStream) {
    let address = server.url().strip_prefix("http://").unwrap();
    let mut line = TcpStream::connect(address).await.unwrap();
    let ask = format!(
        "GET /api/v1/sync/live HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    line.write_all(ask.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(line.read_u8().await.unwrap());
    }
    let status = String::from_utf8(head).unwrap().split(' ').nth(1).unwrap().to_owned();
    (status, line)
}

/// The kind of the next frame; none at the end.
async fn next(line: &mut TcpStream) -> Option<u8> {
    let kind = timeout(Duration::from_secs(30), line.read_u8()).await.expect("nothing comes").ok()?;
    let mut rest = vec![0; usize::from(line.read_u8().await.ok()?)];
    line.read_exact(&mut rest).await.ok()?;
    Some(kind)
}

#[tokio::test]
async fn a_key_has_a_few_sockets_and_gives_them_back() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let mut lines = Vec::new();
    for _ in 0..4 {
        let (status, mut line) = open(&server, &phone.token).await;
        assert_eq!((&*status, next(&mut line).await), ("101", Some(TEXT)));
        lines.push(line);
    }
    assert_eq!(open(&server, &phone.token).await.0, "503");
    assert_eq!(open(&server, &anna.token).await.0, "101", "another key is not concerned");
    lines.pop();
    // Given back once the server has seen the end.
    while open(&server, &phone.token).await.0 != "101" {}
}

#[tokio::test]
async fn a_revoked_device_hears_nothing_more_however_much_it_says() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let (_, line) = open(&server, &phone.token).await;
    let path = format!("/devices/{}", phone.account["id"].as_str().unwrap());
    assert_eq!(anna.delete(&path).await.status, 204);
    let (mut hear, mut say) = line.into_split();
    // More often than it is asked whether it is there.
    let talk = tokio::spawn(async move {
        while say.write_all(&PING).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut all = Vec::new();
    let ended = timeout(Duration::from_secs(30), hear.read_to_end(&mut all)).await;
    talk.abort();
    assert!(ended.is_ok(), "it still listens");
}

#[tokio::test]
async fn every_end_of_a_key_makes_the_sockets_look_at_once() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let tenant = anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    // No log gets so far: what is heard is not news.
    let mut word = server.state().live.listen(tenant, u64::MAX);
    let path = format!("/devices/{}", phone.account["id"].as_str().unwrap());
    assert_eq!(anna.delete(&path).await.status, 204);
    assert!(word.has_changed().unwrap(), "a device was revoked");
    word.mark_unchanged();
    anna.post("/auth/logout", json!({})).await.expect(204);
    assert!(word.has_changed().unwrap(), "somebody signed out");
}

#[tokio::test]
async fn a_revoked_socket_hears_goodbye() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let (_, mut line) = open(&server, &phone.token).await;
    let path = format!("/devices/{}", phone.account["id"].as_str().unwrap());
    assert_eq!(anna.delete(&path).await.status, 204);
    let mut last = None;
    while let Some(kind) = next(&mut line).await {
        last = Some(kind);
    }
    assert_eq!(last, Some(CLOSE));
}

#[tokio::test]
async fn a_server_that_stops_says_goodbye_to_every_socket() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let (_, mut line) = open(&server, &anna.token).await;
    assert_eq!(next(&mut line).await, Some(TEXT));
    let (state, mut last) = (server.state().clone(), None);
    tokio::join!(state.live.close(), async {
        while let Some(kind) = next(&mut line).await {
            last = Some(kind);
        }
    });
    assert_eq!(last, Some(CLOSE));
}
