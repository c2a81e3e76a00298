//! The driver by example: what goes over the wire, what errors mean, and sessions over a line that breaks.

use std::collections::BTreeMap;
use std::sync::Mutex;

use domain::sync::{Answer, Ask, ContentType, decode, encode};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::http::Http;
use super::*;
use crate::sync::Options;
use crate::testing::{device, fields};

fn answer() -> Answer {
    Answer {
        epoch: Uuid::from_u128(1),
        head: 0,
        cursor: "c".to_owned(),
        more: false,
        results: Vec::new(),
        durable: None,
        intents: Vec::new(),
        items: Vec::new(),
        packed: None,
        digest: None,
        server_time: "2026-11-22T10:00:00Z".to_owned(),
        others: None,
    }
}

/// Answers one request with these bytes; gives back its head and body.
async fn serve(listener: TcpListener, response: Vec<u8>) -> (String, Vec<u8>) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut seen = Vec::new();
    loop {
        socket.read_buf(&mut seen).await.unwrap();
        let Some(end) = seen.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(seen[..end].to_vec()).unwrap().to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if seen.len() == end + 4 + length.parse::<usize>().unwrap() {
            socket.write_all(&response).await.unwrap();
            return (head, seen[end + 4..].to_vec());
        }
    }
}

fn http_response(status: &str, kind: &str, body: &[u8], promised: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {promised}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

async fn perform(request: &Request, response: Vec<u8>) -> (Result<Reply, Failure>, String, Vec<u8>) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}/", listener.local_addr().unwrap());
    let http = Http::new(&server, "secret".to_owned().into()).unwrap();
    let (reply, (head, body)) = tokio::join!(http.perform(request), serve(listener, response));
    (reply, head, body)
}

#[tokio::test]
async fn an_ask_goes_out_as_compressed_cbor_and_its_answer_comes_back() {
    let ask = Ask { schema: "x".repeat(2_000), ..Ask::default() };
    let body = encode(&answer(), ContentType::Cbor);
    let (reply, head, sent) =
        perform(&Request::Sync(ask.clone()), http_response("200 OK", "application/cbor", &body, body.len()))
            .await;
    assert_eq!(reply, Ok(Reply::Sync(answer())));
    for line in [
        "post /api/v1/sync ",
        "authorization: bearer secret",
        "content-encoding: zstd",
        "accept: application/cbor",
    ] {
        assert!(head.contains(line), "{line} in {head}");
    }
    let plain = zstd::decode_all(sent.as_slice()).unwrap();
    assert_eq!(decode::<Ask>(&plain, ContentType::Cbor).unwrap(), ask.packed());
}

#[tokio::test]
async fn what_the_server_or_the_line_does_becomes_a_failure() {
    let request = Request::Sync(Ask::default());
    let error = |code: &str| {
        json!({ "error": { "code": code, "message": "", "fields": {} } }).to_string().into_bytes()
    };
    for (status, code, failure) in [
        ("403 Forbidden", "device_revoked", Failure::Revoked),
        ("401 Unauthorized", "unauthorized", Failure::Unauthorized),
        ("400 Bad Request", "bad_cursor", Failure::BadCursor),
        ("413 Too Large", "payload_too_large", Failure::TooLarge),
        ("426 Upgrade", "unsupported_protocol", Failure::UnsupportedProtocol),
        ("503 Unavailable", "unavailable", Failure::Server(None)),
    ] {
        let body = error(code);
        let (reply, ..) =
            perform(&request, http_response(status, "application/json", &body, body.len())).await;
        assert_eq!(reply, Err(failure));
    }
    let body = encode(&answer(), ContentType::Cbor);
    let (cut, ..) =
        perform(&request, http_response("200 OK", "application/cbor", &body[..9], body.len())).await;
    assert!(matches!(cut, Err(Failure::Cut(_))), "{cut:?}");
    for (bytes, promised) in [(&body[..9], 9), (&b"<html>"[..], 6)] {
        let (reply, ..) =
            perform(&request, http_response("200 OK", "application/cbor", bytes, promised)).await;
        assert!(matches!(reply, Err(Failure::Garbled(_))), "{reply:?}");
    }
    let nobody = Http::new("http://127.0.0.1:1", "secret".to_owned().into()).unwrap();
    assert!(matches!(nobody.perform(&request).await, Err(Failure::Offline(_))));
}

/// Gives prepared replies, the last one first.
struct Line(Mutex<Vec<Result<Reply, Failure>>>);

impl Transport for Line {
    async fn perform(&self, _: &Request) -> Result<Reply, Failure> {
        self.0.lock().unwrap().pop().unwrap_or(Err(Failure::Timeout))
    }
}

#[tokio::test]
async fn a_session_ends_with_what_the_engine_wants() {
    let mut app = device(1);
    app.add_client(&fields(json!({ "name": "Анна" }))).unwrap();
    let mut engine = Engine::new(Options::default());
    let line = Line(Mutex::new(vec![
        Err(Failure::Revoked),
        Ok(Reply::Sync(Answer { more: false, ..answer() })),
        Ok(Reply::Sync(Answer { more: true, ..answer() })),
        Err(Failure::Server(None)),
    ]));
    let ended = session(&mut app, &mut engine, &line).await.unwrap();
    assert!(matches!(ended, Ended::Later(until, Failure::Server(None)) if until > app.now()));
    assert_eq!(session(&mut app, &mut engine, &line).await.unwrap(), Ended::Done(Report::default()));
    assert_eq!(session(&mut app, &mut engine, &line).await.unwrap(), Ended::Stopped(Failure::Revoked));
    assert_eq!(app.pending().unwrap(), 1, "nobody said `stored`");
}

#[test]
fn a_code_of_tomorrow_is_read_by_its_status() {
    let problem = Problem { code: "brand_new".to_owned(), message: String::new(), fields: BTreeMap::new() };
    assert_eq!(problem::failure(413, &problem, None), Failure::TooLarge);
    assert_eq!(problem::failure(401, &problem, None), Failure::Unauthorized);
    assert!(matches!(problem::failure(418, &problem, None), Failure::Refused(_)));
}
