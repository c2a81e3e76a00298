//! Requests of somebody who means harm: fields that nobody offered, words of SQL, bodies without end, heads that two readers
//! could read in two ways. Through the front door; what a socket must see, through a socket.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Method;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::openapi_tests::{Operation, operations};
use crate::testing::{Caller, PASSWORD, TestServer};

/// Fields that would be worth writing, if a body could write them.
fn planted(olga: &Caller<'_>) -> Vec<(&'static str, Json)> {
    let tenant = olga.account["tenant"]["id"].clone();
    vec![
        ("plan", json!("imperium")),
        ("tenantId", tenant.clone()),
        ("tenant_id", tenant),
        ("role", json!("admin")),
        ("isAdmin", json!(true)),
        ("id", json!("0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1")),
        ("userId", olga.account["user"]["id"].clone()),
        ("createdAt", json!("2001-01-01T00:00:00Z")),
        ("deleted", json!(true)),
        ("__proto__", json!({ "plan": "imperium" })),
    ]
}

/// One of each thing that a path may name.
async fn things(anna: &Caller<'_>) -> Vec<(&'static str, String)> {
    let client = anna.add_client("Ирина").await;
    let service = anna.add_service("Маникюр", 1500.0, 60).await;
    let block = json!({ "kind": "block", "startsAt": "2026-12-02T10:00", "durationMin": 60 });
    let block = anna.post("/appointments", block).await.expect(201);
    let note = anna.post("/notes", json!({ "clientId": client, "body": "x" })).await.expect(201);
    let id = |json: &Json| json["id"].as_str().unwrap().to_owned();
    let of = [("/appointments", id(&block)), ("/notes", id(&note))];
    [("/clients", client), ("/services", service)].into_iter().chain(of).collect()
}

fn path_of(operation: &Operation, things: &[(&str, String)]) -> String {
    let thing = things.iter().find(|(start, _)| operation.path.starts_with(start));
    let id = thing.map_or("0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b2", |(_, id)| id);
    operation.path.replace("{section}", "branding").replace("{id}", id)
}

#[tokio::test]
async fn no_body_writes_a_field_that_nobody_offered() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let things = things(&anna).await;
    let me = async || {
        let me = anna.get("/auth/me").await.expect(200);
        (me["user"].clone(), me["tenant"].clone())
    };
    let before = me().await;
    let mut refused = 0;
    for operation in operations() {
        let Some(Json::Object(body)) = operation.body() else { continue };
        let offered = operation.properties();
        // Messages of sync are read field by field and have a version; what they do not know they skip.
        let skips_unknown = operation.path.starts_with("/sync");
        for (name, value) in planted(&olga) {
            if offered.iter().any(|known| known == name) {
                continue;
            }
            // Signing out would end the key.
            let token = json!({ "email": anna.email, "password": PASSWORD, "name": "test" });
            let token = server.anonymous().post("/auth/token", token).await.expect(201);
            let caller = server.with_token(token["token"].as_str().unwrap());
            let mut body = body.clone();
            body.insert(name.to_owned(), value);
            let path = path_of(&operation, &things);
            let answer = caller.send(operation.method.clone(), &path, Some(Json::Object(body))).await;
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            let is_told = answer.status == 422 && answer.field(name) == "unknown";
            // Something else is wrong with it, or it is about a thing that is not there.
            let is_other = matches!(answer.status, 400 | 403 | 404 | 409 | 415);
            assert!(is_told || is_other || skips_unknown, "{} {path} {name}: {text}", operation.method);
            refused += usize::from(is_told);
        }
    }
    assert_eq!(me().await, before, "she is who she was, on the plan she was on");
    assert!(refused > 80, "{refused}");
}

#[tokio::test]
async fn words_of_sql_are_no_filter_and_no_order() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    anna.add_client("Ирина").await;
    for query in [
        "sort=name;drop%20table%20clients",
        "sort=(select%201)",
        "sort=name%20desc,%20tenant_id",
        "sort=tenant_id",
        "sort=row",
        "filter[tenant_id]=x",
        "filter[name')%20or%20(1=1)--]=x",
        "filter[name][like]=%25",
        "filter[__proto__]=x",
        "filter[updatedAt][gte]=now()",
        "filter[]=x",
        "limit=1%20union%20select%201",
    ] {
        for list in ["/clients", "/appointments", "/notes", "/services"] {
            let answer = anna.get(&format!("{list}?{query}")).await;
            assert_eq!(answer.status, 400, "{list}?{query}: {}", answer.json);
        }
    }
    let quoted = "/clients?search=%27%20or%20%271%27=%271";
    assert_eq!(anna.get(quoted).await.expect(200)["data"], json!([]), "a quote is a letter to look for");
}

#[tokio::test]
async fn a_body_without_end_is_not_read_to_its_end() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    // A gibibyte, if anybody read it.
    let chunk = Bytes::from(vec![b' '; 1024 * 1024]);
    let (sent, counted) = (std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0)), 1024);
    let count = sent.clone();
    let stream = futures::stream::iter((0..counted).map(move |_| {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok::<_, std::io::Error>(chunk.clone())
    }));
    let answer =
        anna.raw(Method::POST, "/clients", Some("application/json"), Body::from_stream(stream)).await;
    assert_eq!((answer.status, answer.code()), (413, "payload_too_large"));
    let sent = sent.load(std::sync::atomic::Ordering::Relaxed);
    assert!(sent <= 70, "{sent} MiB were read: some are thrown away so that the answer is heard, not all");
}

#[tokio::test]
async fn what_is_deep_or_many_is_refused_at_once() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let json_type = Some("application/json");
    for deep in ["[".repeat(1_000_000), "{\"a\":".repeat(200_000)] {
        let answer = anna.raw(Method::POST, "/clients", json_type, deep.into()).await;
        assert_eq!((answer.status, answer.code()), (400, "bad_json"));
    }
    let many = |write: fn(u32) -> String| (0..100_000).map(write).collect::<Vec<_>>().concat();
    let keys = many(|n| format!("\"k{n}\":1,"));
    let answer = anna.raw(Method::POST, "/clients", json_type, format!("{{{keys}\"name\":1}}").into()).await;
    assert!(matches!(answer.status, 413 | 422), "{}", answer.status);
    let query = many(|n| format!("k{n}=1&"));
    // Longer than any line that hyper reads, so only the routes themselves are asked.
    let answer = ask(server.url(), &format!("GET /api/v1/clients?{query} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
    assert!(!answer.contains("HTTP/1.1 2") && !answer.contains("HTTP/1.1 5"), "{answer:.60}");
}

/// What comes back for these bytes until the server hangs up, which it must.
async fn ask(url: &str, bytes: &str) -> String {
    let mut line = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    // A server that has heard enough may close while we speak.
    let _ = line.write_all(bytes.as_bytes()).await;
    let mut answer = Vec::new();
    let end = tokio::time::timeout(Duration::from_mins(1), line.read_to_end(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    // Reset or closed; a line that stays open could be asked for more.
    assert!(end.is_ok(), "the line stays open after {answer}");
    answer
}

#[tokio::test]
async fn a_head_that_two_readers_could_read_in_two_ways_hides_no_second_request() {
    let server = TestServer::start().await;
    let hidden = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let length = hidden.len();
    let start = "POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    for (name, head) in [
        ("two lengths", format!("{start}content-length: 0\r\ncontent-length: {length}\r\n\r\n")),
        ("a list of lengths", format!("{start}content-length: 0, {length}\r\n\r\n")),
        ("a signed length", format!("{start}content-length: +{length}\r\n\r\n")),
        (
            "a folded line",
            format!("{start}x-a: b\r\n content-length: {length}\r\ncontent-length: {length}\r\n\r\n"),
        ),
        ("a space before the colon", format!("{start}content-length : {length}\r\n\r\n")),
        (
            "an odd encoding",
            format!("{start}transfer-encoding: xchunked\r\ncontent-length: {length}\r\n\r\n"),
        ),
        (
            "an encoding twice",
            format!("{start}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n"),
        ),
        ("a bare line feed", format!("{start}x: y\ncontent-length: 0\r\ncontent-length: {length}\r\n\r\n")),
        // RFC 9112 lets a server go by the chunks if it hangs up after the answer; what is hidden is never read.
        (
            "a length and chunks",
            format!("{start}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
        ),
        (
            "chunks and a length",
            format!("{start}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n"),
        ),
    ] {
        let answer = ask(server.url(), &format!("{head}{hidden}")).await;
        let answers = answer.matches("HTTP/1.1 ").count();
        let is_refused = answer.is_empty() || (answers == 1 && answer.starts_with("HTTP/1.1 400"));
        assert!(is_refused, "{name}: {answer}");
    }
}
