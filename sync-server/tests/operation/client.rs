//! A visitor who speaks HTTP/1.1 over a socket of his own, one request to a connection, and counts how long it took.

use std::io;
use std::time::Duration;

use serde_json::Value as Json;
use sync_server::system::Stopwatch;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) json: Json,
    pub(crate) took: Duration,
}

impl Reply {
    /// A header, if it is there.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Somebody at a server, with a token or without.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) address: String,
    pub(crate) token: String,
}

impl Visitor {
    pub(crate) async fn get(&self, path: &str) -> io::Result<Reply> {
        self.send("GET", path, &[], b"").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Json) -> io::Result<Reply> {
        self.send("POST", path, &[], body.to_string().as_bytes()).await
    }

    /// Any request; an error is a connection that broke before there was an answer.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Reply> {
        let watch = Stopwatch::start();
        let mut line = TcpStream::connect(&self.address).await?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        if !self.token.is_empty() {
            head.extend(["authorization: Bearer ", &self.token, "\r\n"]);
        }
        if !body.is_empty() {
            head += "content-type: application/json\r\n";
        }
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        line.write_all(format!("{head}\r\n").as_bytes()).await?;
        // A server that has read enough may answer and close while we still speak.
        let _ = line.write_all(body).await;
        let mut bytes = Vec::new();
        let read = line.read_to_end(&mut bytes).await;
        let took = watch.elapsed();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        let Some(status) = status else {
            return Err(read.err().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into()));
        };
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let json = serde_json::from_str(body).unwrap_or_default();
        Ok(Reply { status, head: head.to_owned(), json, took })
    }
}

/// What 95 of a hundred did not exceed.
pub(crate) fn p95(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 95 / 100]
}

/// For people.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}
