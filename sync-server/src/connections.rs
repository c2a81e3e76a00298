//! Connections: taken one by one, each served beside the others, none for ever (rule D28). Who sends the head of a request
//! slower than a person types is cut off, and so is what comes after more connections than one process can hold.
//!
//! Knows sockets and HTTP versions; no route.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long the head of a request may take, the wait for it included: an idle connection ends then, too.
    pub(crate) head: Duration,
    /// How many connections there may be; more wait until one has ended.
    pub(crate) most: usize,
    /// How many requests of one HTTP/2 connection run at the same time.
    pub(crate) streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: Duration::from_secs(30), most: 4_096, streams: 100 }
    }
}

/// Serves until `stop` is done; gives back what is still running then, to be waited for.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Router,
    limits: Limits,
    stop: impl Future<Output = ()> + Send,
) -> GracefulShutdown {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .keep_alive_interval(limits.head);
    let running = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.most));
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
        let routes = routes.clone().layer(Extension(ConnectInfo(peer)));
        let service = TowerToHyperService::new(routes);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = running.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, error, "a connection ended badly");
            }
            drop(place);
        });
    }
}

/// The next connection. What cannot be accepted (too many open files) is waited out.
async fn accept(listener: &TcpListener) -> (TcpStream, std::net::SocketAddr) {
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

    async fn start(limits: Limits) -> std::net::SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/", get(async || "here"));
        tokio::spawn(serve(listener, routes, limits, pending()));
        address
    }

    async fn ask(address: std::net::SocketAddr) -> String {
        let mut line = TcpStream::connect(address).await.unwrap();
        line.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_cut_off_and_others_are_served_meanwhile() {
        let limits = Limits { head: Duration::from_millis(200), ..Limits::default() };
        let address = start(limits).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
        assert!(ask(address).await.ends_with("here"));
        let mut answer = Vec::new();
        // Ends when the server has had enough; without the limit it would wait for ever.
        let _ = slow.read_to_end(&mut answer).await;
        assert!(!String::from_utf8_lossy(&answer).contains("here"));
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
}
