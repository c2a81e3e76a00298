//! A counting line: a proxy on loopback, on a thread of its own, that passes bytes on as they come and counts them, with
//! and without the heads of HTTP messages.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::Outcome;

/// The line. It lives as long as the process: a bench has few of them.
#[derive(Debug, Default)]
pub struct Wire {
    port: u16,
    up: Direction,
    down: Direction,
}

#[derive(Debug, Default)]
struct Direction {
    bytes: AtomicU64,
    heads: AtomicU64,
}

/// Bytes so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// To the server.
    pub up: u64,
    /// From the server.
    pub down: u64,
    /// Of those to the server, the heads of HTTP.
    pub up_heads: u64,
    /// Of those from the server, the heads of HTTP.
    pub down_heads: u64,
}

impl Counted {
    /// What has come since an earlier count.
    #[must_use]
    pub const fn since(self, before: Self) -> Self {
        Self {
            up: self.up - before.up,
            down: self.down - before.down,
            up_heads: self.up_heads - before.up_heads,
            down_heads: self.down_heads - before.down_heads,
        }
    }

    /// Both ways, heads and all.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.up + self.down
    }

    /// To the server, without heads.
    #[must_use]
    pub const fn up_bodies(self) -> u64 {
        self.up - self.up_heads
    }

    /// From the server, without heads.
    #[must_use]
    pub const fn down_bodies(self) -> u64 {
        self.down - self.down_heads
    }
}

impl Wire {
    /// Opens a line to a port of this machine.
    pub fn start(server: u16) -> Outcome<Arc<Self>> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let wire = Arc::new(Self { port: listener.local_addr()?.port(), ..Self::default() });
        let counting = Arc::clone(&wire);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || runtime.block_on(serve(listener, server, &counting)));
        Ok(wire)
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Bytes so far.
    #[must_use]
    pub fn counted(&self) -> Counted {
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        Counted {
            up: read(&self.up.bytes),
            down: read(&self.down.bytes),
            up_heads: read(&self.up.heads),
            down_heads: read(&self.down.heads),
        }
    }
}

async fn serve(listener: std::net::TcpListener, server: u16, wire: &Arc<Wire>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    while let Ok((client, _)) = listener.accept().await {
        let wire = Arc::clone(wire);
        tokio::spawn(async move {
            // A line that breaks is seen by both ends; there is nothing to add.
            let Ok(server) = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, server))).await else {
                return;
            };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::join!(pass(from_client, to_server, &wire.up), pass(from_server, to_client, &wire.down));
        });
    }
}

async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, count: &Direction) {
    let mut buffer = vec![0; 64 * 1024];
    let mut heads = Heads::default();
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        // Counted before it is passed on: whoever has the answer finds it counted.
        count.bytes.fetch_add(read as u64, Ordering::SeqCst);
        count.heads.fetch_add(heads.count(&buffer[..read]), Ordering::SeqCst);
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
    // The other side may be gone already.
    let _ = to.shutdown().await;
}

/// Follows HTTP/1.1 far enough to tell heads from bodies.
#[derive(Debug, Default)]
struct Heads {
    head: Vec<u8>,
    body: Body,
}

#[derive(Debug, Default)]
enum Body {
    /// In a head, or before one.
    #[default]
    None,
    /// So many bytes to come.
    Length(usize),
    /// Until an empty chunk; what was seen last of it. Chunk sizes count as body.
    Chunked([u8; 5]),
}

impl Heads {
    /// How many of these bytes belong to heads.
    fn count(&mut self, bytes: &[u8]) -> u64 {
        let mut counted = 0;
        let mut at = 0;
        while at < bytes.len() {
            match &mut self.body {
                Body::None => {
                    self.head.push(bytes[at]);
                    at += 1;
                    counted += 1;
                    if self.head.ends_with(b"\r\n\r\n") {
                        self.body = body_after(&String::from_utf8_lossy(&self.head).to_ascii_lowercase());
                        self.head.clear();
                    }
                }
                Body::Length(left) => {
                    let taken = (*left).min(bytes.len() - at);
                    at += taken;
                    *left -= taken;
                    if *left == 0 {
                        self.body = Body::None;
                    }
                }
                Body::Chunked(last) => {
                    last.rotate_left(1);
                    last[4] = bytes[at];
                    at += 1;
                    if last == b"0\r\n\r\n" {
                        self.body = Body::None;
                    }
                }
            }
        }
        counted
    }
}

fn body_after(head: &str) -> Body {
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    if field("transfer-encoding:") == Some("chunked") {
        return Body::Chunked([0; 5]);
    }
    match field("content-length:").and_then(|length| length.parse().ok()) {
        None | Some(0) => Body::None,
        Some(length) => Body::Length(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_told_from_bodies_however_the_bytes_are_cut() {
        let fixed = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
        let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        let all = [&fixed[..], chunked, fixed].concat();
        let bodies = 3 + "3\r\nabc\r\n0\r\n\r\n".len() + 3;
        for step in [1, 2, 7, all.len()] {
            let mut heads = Heads::default();
            let counted: u64 = all.chunks(step).map(|part| heads.count(part)).sum();
            assert_eq!(counted, (all.len() - bodies) as u64, "in steps of {step}");
        }
    }
}
