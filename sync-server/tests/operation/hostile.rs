//! A17: visitors who send slowly, or more than anybody can want, while somebody works. Nothing of it is answered as if it were
//! meant, her requests are all answered, and memory stays where it was.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures::future::join_all;
use serde_json::json;
use sync_server::system::Stopwatch;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use crate::client::{Visitor, ms, p95};
use crate::is_full;
use crate::stage::{Database, Node};

const MIB: usize = 1024 * 1024;

/// What they do.
#[derive(Clone, Copy, Debug)]
enum Harm {
    /// Sockets that say the head of a request letter by letter and never end.
    SlowHeads,
    /// A body of a gibibyte.
    GreatBody,
    /// A small body that unpacks to a gibibyte.
    Bomb,
    /// A million brackets.
    DeepJson,
    /// A hundred thousand keys in the query, and in the body.
    ManyKeys,
    /// A length and chunks, with a second request hidden behind.
    TwoLengths,
}

/// A line from another household, so that what is counted for an address is not counted for her.
async fn connect(address: &str) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    // Only Linux has all of 127/8; elsewhere they come from where she comes from.
    let _ = socket.bind((Ipv4Addr::new(127, 0, 0, 2), 0).into());
    socket.connect(address.parse::<SocketAddr>().expect("an address")).await
}

/// Says something and gives what comes back until the server hangs up. The time is for a test that would wait for ever.
async fn say(address: &str, bytes: &[u8]) -> String {
    let Ok(line) = connect(address).await else { return String::new() };
    let (mut from, mut to) = line.into_split();
    let mut answer = Vec::new();
    let listen = timeout(Duration::from_mins(1), from.read_to_end(&mut answer));
    // A server that has heard enough closes while we speak, and may reset the line.
    let (heard, _) = tokio::join!(listen, to.write_all(bytes));
    assert!(heard.is_ok(), "the line stayed open after {}", String::from_utf8_lossy(&answer));
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(visitor: &Visitor, further: &str) -> String {
    format!(
        "POST /api/v1/clients HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n{further}\r\n",
        visitor.token
    )
}

fn post(visitor: &Visitor, further: &str, body: &[u8]) -> Vec<u8> {
    let head = head(visitor, &format!("connection: close\r\ncontent-length: {}\r\n{further}", body.len()));
    [head.as_bytes(), body].concat()
}

/// One answer and no other, with one of these statuses; or none at all.
fn assert_refused(answer: &str, statuses: &[&str]) {
    assert!(answer.matches("HTTP/1.1 ").count() <= 1, "two requests were answered: {answer}");
    let is_refused = statuses.iter().any(|status| answer.starts_with(&format!("HTTP/1.1 {status}")));
    assert!(answer.is_empty() || is_refused, "{answer:.300}");
}

/// Requests, whole, and how each must be refused.
type Requests = Vec<(Vec<u8>, &'static [&'static str])>;

impl Harm {
    /// What it says again and again; made before, for making it takes longer than sending it. Slow lines and the great body are
    /// sent in their own way.
    fn requests(self, visitor: &Visitor, bomb: &[u8]) -> Requests {
        match self {
            Self::SlowHeads | Self::GreatBody => Vec::new(),
            Self::Bomb => vec![(post(visitor, "content-encoding: gzip\r\n", bomb), &["413"])],
            Self::DeepJson => vec![(post(visitor, "", "[".repeat(1_000_000).as_bytes()), &["400", "413"])],
            Self::ManyKeys => {
                let keys = "k=1&".repeat(100_000);
                let line =
                    format!("GET /api/v1/clients?{keys} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
                let keys: Vec<String> = (0..100_000).map(|number| format!("\"k{number}\":1,")).collect();
                let body = format!("{{{}\"name\":\"x\"}}", keys.concat());
                vec![
                    (line.into_bytes(), &["400", "414", "431"]),
                    (post(visitor, "", body.as_bytes()), &["413", "422"]),
                ]
            }
            Self::TwoLengths => {
                let hidden = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
                [
                    "content-length: 4\r\ntransfer-encoding: chunked\r\n",
                    "transfer-encoding: chunked\r\ncontent-length: 4\r\n",
                ]
                .map(|lengths| format!("{}0\r\n\r\n{hidden}", head(visitor, lengths)))
                .map(|both| (both.into_bytes(), &["400"][..]))
                .into()
            }
        }
    }

    /// Does it once.
    async fn once(self, visitor: &Visitor, requests: &Requests) {
        if matches!(self, Self::GreatBody) {
            let sent = great_body(visitor).await;
            // 64 MiB are thrown away so that the answer is heard, and the system's buffers hold some.
            assert!(sent < 100 * MIB, "{} MiB of the body were taken", sent / MIB);
        }
        for (request, statuses) in requests {
            assert_refused(&say(&visitor.address, request).await, statuses);
        }
    }
}

/// Somebody who does harm, from a machine of his own as far as there is one here: a thread with its own runtime, which gets the
/// processor when nobody else wants it. Her requests, and the server's line to its database, wait for nothing that he does in here.
struct Attacker {
    enough: Arc<AtomicBool>,
    thread: thread::JoinHandle<usize>,
}

impl Attacker {
    fn start(harm: Harm, visitor: &Visitor, bomb: &[u8], sockets: usize) -> Self {
        let (visitor, requests) = (visitor.clone(), harm.requests(visitor, bomb));
        let enough = Arc::new(AtomicBool::new(false));
        let is_enough = enough.clone();
        let thread = thread::spawn(move || {
            // Of this thread alone, on Linux; refused, it is the same attack with more of the processor.
            #[cfg(target_os = "linux")]
            let _ = rustix::process::nice(19);
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                if matches!(harm, Harm::SlowHeads) {
                    let called_off = async {
                        while !is_enough.load(Ordering::Relaxed) {
                            sleep(Duration::from_millis(50)).await;
                        }
                    };
                    return tokio::select! {
                        cut = slow_heads(visitor.address.clone(), sockets) => cut,
                        () = called_off => 0,
                    };
                }
                // At least once to its end, however fast she was.
                let mut times = 0;
                loop {
                    harm.once(&visitor, &requests).await;
                    times += 1;
                    if is_enough.load(Ordering::Relaxed) {
                        return times;
                    }
                }
            })
        });
        Self { enough, thread }
    }

    /// What has been begun is ended. How often it was done, or how many lines were cut off by the server.
    async fn stop(self) -> usize {
        self.enough.store(true, Ordering::Relaxed);
        self.end().await
    }

    /// Waits until all of it is over.
    async fn end(self) -> usize {
        tokio::task::spawn_blocking(move || self.thread.join())
            .await
            .unwrap()
            .expect("he was refused as he must be")
    }
}

/// Sends a gibibyte, or as much as is taken.
async fn great_body(visitor: &Visitor) -> usize {
    let Ok(line) = connect(&visitor.address).await else { return 0 };
    let (mut from, mut to) = line.into_split();
    let length = format!("connection: close\r\ncontent-length: {}\r\n", 1024 * MIB);
    let head = head(visitor, &length);
    let chunk = vec![b' '; MIB];
    let mut sent = 0;
    let sending = async {
        to.write_all(head.as_bytes()).await?;
        for _ in 0..1024 {
            to.write_all(&chunk).await?;
            sent += MIB;
        }
        std::io::Result::Ok(())
    };
    let mut answer = Vec::new();
    let (_, _) = tokio::join!(sending, from.read_to_end(&mut answer));
    assert_refused(&String::from_utf8_lossy(&answer), &["413"]);
    sent
}

/// Zeros without end, in a megabyte.
fn bomb(size: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let chunk = vec![b' '; MIB];
    for _ in 0..size / MIB {
        encoder.write_all(&chunk).expect("memory takes it");
    }
    encoder.finish().expect("memory takes it")
}

/// Opens so many slow lines; each says a letter every second until it is cut off, or is not let in at all. Gives how many were.
async fn slow_heads(address: String, count: usize) -> usize {
    let lines = (0..count).map(|_| async {
        let mut line = connect(&address).await.ok()?;
        line.write_all(b"GET /api/v1/clients HTTP/1.1\r\nhost: x\r\nx-slow: ").await.ok()?;
        Some(line)
    });
    let lines: Vec<TcpStream> = join_all(lines).await.into_iter().flatten().collect();
    let not_let_in = count - lines.len();
    let cut = lines.into_iter().map(|mut line| async move {
        let mut answer = [0; 256];
        loop {
            match timeout(Duration::from_secs(1), line.read(&mut answer)).await {
                // Said no, or closed.
                Ok(_) => return,
                Err(_) if line.write_all(b"a").await.is_err() => return,
                Err(_) => {}
            }
        }
    });
    not_let_in + join_all(cut).await.len()
}

/// Her work: reads and writes, all of which must be done. What 95 of a hundred needed at most.
async fn work(anna: &Visitor, count: usize) -> Duration {
    let mut times = Vec::new();
    for _ in 0..count {
        let read = anna.get("/api/v1/clients?limit=20").await.unwrap();
        let written = anna.post("/api/v1/clients", &json!({ "name": "Ирина" })).await.unwrap();
        assert_eq!([read.status, written.status], [200, 201]);
        times.extend([read.took, written.took]);
        sleep(Duration::from_millis(5)).await;
    }
    p95(times)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drill_who_sends_slowly_or_too_much_is_refused_and_she_goes_on_working() {
    let database = Database::start().await;
    // Nobody is counted by number of requests, and nobody is a proxy that stands for many.
    let settings = [("DATABASE_URL", &*database.url()), ("RATE_LIMITS", "off"), ("TRUSTED_PROXIES", "none")];
    let mut node = Node::start(&settings).await;
    let (anna, olga) = (node.register("anna").await, node.register("olga").await);
    let (count, sockets, size) = if is_full() { (300, 2_000, 1024 * MIB) } else { (10, 200, 128 * MIB) };
    let bomb = bomb(size);
    work(&anna, count).await;
    for harm in
        [Harm::SlowHeads, Harm::GreatBody, Harm::Bomb, Harm::DeepJson, Harm::ManyKeys, Harm::TwoLengths]
    {
        let (clean, before) = (work(&anna, count).await, node.memory());
        let (watch, mut most) = (Stopwatch::start(), before);
        let attacker = Attacker::start(harm, &olga, &bomb, sockets);
        let work = work(&anna, count);
        let mut work = std::pin::pin!(work);
        let beside = loop {
            tokio::select! {
                time = &mut work => break time,
                () = sleep(Duration::from_millis(50)) => most = most.max(node.memory()),
            }
        };
        let what = match harm {
            Harm::SlowHeads if is_full() => {
                let cut = attacker.end().await;
                assert_eq!(cut, sockets);
                format!("{cut} sockets, all cut off within {:.0} s", watch.elapsed().as_secs_f64())
            }
            Harm::SlowHeads => {
                attacker.stop().await;
                format!("{sockets} sockets")
            }
            _ => format!("{} times", attacker.stop().await),
        };
        most = most.max(node.memory());
        let growth = most.unwrap_or(0).saturating_sub(before.unwrap_or(0)) / 1024 / 1024;
        println!(
            "A17: {harm:?}, {what}: p95 {} alone, {} beside it; memory +{growth} MiB",
            ms(clean),
            ms(beside)
        );
        if is_full() {
            assert!(growth < 200, "{harm:?}: {growth} MiB");
        }
    }
    assert!(node.lives());
}
