//! Connections: taken one by one, each served beside the others, none for ever (rule D28). Who has not asked for anything in
//! time, or sends the head of a request slower than a person types, is cut off; one who asks for nothing more is sent away; and
//! what comes after more connections than one process can hold waits, so that no one household may take all the places.
//!
//! Knows sockets and HTTP versions; no route.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{self, Poll};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use axum::{BoxError, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower::Service;

use crate::http::{TrustedProxies, household};

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long the head of a request may take, the wait for it included. The first one is counted from the first moment:
    /// whoever connects and says nothing, or only the beginning of something, is gone by then.
    pub(crate) head: Duration,
    /// How long a connection may ask for nothing, though it answers when asked whether it is there.
    pub(crate) idle: Duration,
    /// How many connections there may be; more wait until one has ended.
    pub(crate) most: usize,
    /// How many of them one household may have; more are closed at once. Proxies of ours stand for many and are not counted.
    pub(crate) of_household: usize,
    /// How many requests of one HTTP/2 connection run at the same time.
    pub(crate) streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        let (head, idle) = (Duration::from_secs(30), Duration::from_mins(2));
        Self { head, idle, most: 4_096, of_household: 512, streams: 100 }
    }
}

/// Connections that are served. Each holds a receiver for as long as it lives.
#[derive(Debug)]
pub(crate) struct Running(watch::Sender<()>);

impl Running {
    /// Lets every connection finish what it does, and waits for the last.
    pub(crate) async fn shutdown(self) {
        self.0.send_replace(());
        self.0.closed().await;
    }
}

/// Serves until `stop` is done; gives back what is still running then, to be waited for.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Router,
    limits: Limits,
    proxies: TrustedProxies,
    stop: impl Future<Output = ()> + Send,
) -> Running {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .keep_alive_interval(limits.head);
    let running = Running(watch::Sender::new(()));
    let places = Arc::new(Semaphore::new(limits.most));
    let households = Households::default();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            () = &mut stop => return running,
            next = next => next,
        };
        let most = if proxies.trusts(peer.ip()) { usize::MAX } else { limits.of_household };
        let Some(of_household) = households.enter(household(peer.ip()), most) else {
            tracing::debug!(%peer, "a connection too many of one household");
            continue;
        };
        // The semaphore is never closed.
        let Ok(place) = place else { return running };
        let line = Line { stream, peer, _places: (place, of_household) };
        tokio::spawn(line.serve(builder.clone(), routes.clone(), limits, running.0.subscribe()));
    }
}

/// One connection, with the places that it takes.
struct Line {
    stream: TcpStream,
    peer: SocketAddr,
    _places: (OwnedSemaphorePermit, Household),
}

impl Line {
    async fn serve(
        self,
        builder: Builder<TokioExecutor>,
        routes: Router,
        limits: Limits,
        mut stop: watch::Receiver<()>,
    ) {
        let Self { stream, peer, _places } = self;
        let asked = watch::Sender::new(Asked::default());
        let mut heard = asked.subscribe();
        let service = TowerToHyperService::new(Counted { routes, peer, asked });
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
        // The first bytes decide which HTTP this is, and the library waits for those without a limit of its own.
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            first = timeout(limits.head, heard.wait_for(|asked| asked.ever)) => {
                if first.is_err() {
                    tracing::debug!(%peer, "a connection that asked for nothing");
                    return;
                }
                None
            }
            _ = stop.changed() => return,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                tokio::select! {
                    ended = connection.as_mut() => ended,
                    // The guard of the watch lies in the error alone, and must not be held.
                    () = quiet(&mut heard, limits.idle) => {
                        connection.as_mut().graceful_shutdown();
                        connection.await
                    }
                    _ = stop.changed() => {
                        connection.as_mut().graceful_shutdown();
                        connection.await
                    }
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, error, "a connection ended badly");
        }
    }
}

/// Done once nothing was asked for a while and nothing is being answered.
async fn quiet(heard: &mut watch::Receiver<Asked>, idle: Duration) {
    loop {
        let is_quiet = heard.borrow_and_update().running == 0;
        let next = heard.changed();
        if is_quiet {
            match timeout(idle, next).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return,
            }
        } else if next.await.is_err() {
            return;
        }
    }
}

/// What one connection has asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    ever: bool,
    running: usize,
}

/// The routes as one connection sees them: each request knows who sent it, and is counted while it is being answered.
#[derive(Clone, Debug)]
struct Counted {
    routes: Router,
    peer: SocketAddr,
    asked: watch::Sender<Asked>,
}

impl<B> Service<Request<B>> for Counted
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> {
        // As the routes themselves say.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let now = Now::begin(self.asked.clone());
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answer = self.routes.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(now);
            answer
        })
    }
}

/// A request that is being answered; its end is told when dropped.
struct Now(watch::Sender<Asked>);

impl Now {
    fn begin(asked: watch::Sender<Asked>) -> Self {
        asked.send_modify(|asked| *asked = Asked { ever: true, running: asked.running + 1 });
        Self(asked)
    }
}

impl Drop for Now {
    fn drop(&mut self) {
        self.0.send_modify(|asked| asked.running -= 1);
    }
}

/// How many connections each household has.
#[derive(Clone, Debug, Default)]
struct Households(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Households {
    fn enter(&self, name: IpAddr, most: usize) -> Option<Household> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(name).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Household { all: self.clone(), name })
    }
}

/// A connection of a household; given back when dropped.
struct Household {
    all: Households,
    name: IpAddr,
}

impl Drop for Household {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.name);
            }
        }
    }
}

/// The next connection. What cannot be accepted (too many open files) is waited out.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The other side was gone again before we looked.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::net::Ipv4Addr;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn start(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/", get(async || "here"));
        let nobody: TrustedProxies = "none".parse().unwrap();
        tokio::spawn(serve(listener, routes, limits, nobody, pending()));
        address
    }

    async fn ask(address: SocketAddr) -> String {
        let mut line = TcpStream::connect(address).await.unwrap();
        line.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// What the server still says until it hangs up; without a limit this would wait for ever.
    async fn to_the_end(mut line: TcpStream) -> Vec<u8> {
        let mut heard = Vec::new();
        let ended = timeout(Duration::from_secs(30), line.read_to_end(&mut heard)).await;
        assert!(ended.is_ok(), "the server never hangs up");
        heard
    }

    #[tokio::test]
    async fn who_never_asks_for_anything_is_cut_off_and_others_are_served_meanwhile() {
        let limits = Limits { head: Duration::from_millis(200), ..Limits::default() };
        let address = start(limits).await;
        for beginning in [&b""[..], b"PRI", b"G", b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "] {
            let mut slow = TcpStream::connect(address).await.unwrap();
            slow.write_all(beginning).await.unwrap();
            assert!(ask(address).await.ends_with("here"));
            let heard = to_the_end(slow).await;
            assert!(!String::from_utf8_lossy(&heard).contains("here"));
        }
    }

    /// Kinds of frames of HTTP/2.
    const HEADERS: u8 = 1;
    const PING: u8 = 6;
    const GOAWAY: u8 = 7;

    #[tokio::test]
    async fn who_asks_for_nothing_more_is_sent_away_though_every_ping_is_answered() {
        let limits =
            Limits { head: Duration::from_secs(20), idle: Duration::from_millis(200), ..Limits::default() };
        let mut line = TcpStream::connect(start(limits).await).await.unwrap();
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        // GET / of http, from `x`, whole in one frame.
        let get = [0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 1, b'x'];
        let asked = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings, &get].concat();
        line.write_all(&asked).await.unwrap();
        let mut kinds = Vec::new();
        loop {
            let mut head = [0; 9];
            let read = timeout(Duration::from_secs(30), line.read_exact(&mut head)).await;
            if read.expect("the server never hangs up").is_err() {
                break;
            }
            let mut rest = vec![0; usize::from(head[1]) * 256 + usize::from(head[2])];
            line.read_exact(&mut rest).await.unwrap();
            kinds.push(head[3]);
            if head[3..5] == [PING, 0] {
                head[4] = 1;
                line.write_all(&[&head[..], &rest].concat()).await.unwrap();
            }
        }
        assert!(kinds.contains(&HEADERS) && kinds.contains(&GOAWAY), "{kinds:?}");
    }

    #[tokio::test]
    async fn more_connections_than_places_wait_for_one_to_end() {
        let address = start(Limits { most: 2, ..Limits::default() }).await;
        let idle = TcpStream::connect(address).await.unwrap();
        assert!(ask(address).await.ends_with("here"));
        let other = TcpStream::connect(address).await.unwrap();
        // Both places may be taken now; the third is answered once one is free.
        let third = tokio::spawn(ask(address));
        drop((idle, other));
        assert!(third.await.unwrap().ends_with("here"));
    }

    #[tokio::test]
    async fn one_household_cannot_have_all_places() {
        let address = start(Limits { of_household: 2, ..Limits::default() }).await;
        let mut lines = Vec::new();
        for _ in 0..2 {
            lines.push(TcpStream::connect(address).await.unwrap());
        }
        assert!(to_the_end(TcpStream::connect(address).await.unwrap()).await.is_empty(), "closed at once");
        lines.clear();
        // A place is given back once the server has seen the end.
        loop {
            let mut line = TcpStream::connect(address).await.unwrap();
            let asked = line.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
            let mut answer = String::new();
            if asked.is_ok() && line.read_to_string(&mut answer).await.is_ok() && answer.ends_with("here") {
                return;
            }
        }
    }
}
