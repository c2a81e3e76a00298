//! A line between device and server that is cut after so many bytes, in either direction. Knows bytes, and nothing of what they
//! say.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::bench::Outcome;

/// A proxy on a port of its own. It lives as long as the runtime.
#[derive(Debug)]
pub struct Proxy {
    /// Its own address.
    pub url: String,
    left: Arc<AtomicI64>,
}

impl Proxy {
    /// A line to `server` (`http://host:port`).
    pub async fn to(server: &str) -> Outcome<Self> {
        let target: SocketAddr = server.trim_start_matches("http://").parse()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let left = Arc::new(AtomicI64::new(i64::MAX));
        let budget = left.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let budget = budget.clone();
                tokio::spawn(async move {
                    if let Ok(far) = TcpStream::connect(target).await {
                        carry(near, far, &budget).await;
                    }
                });
            }
        });
        Ok(Self { url, left })
    }

    /// After so many more bytes every connection breaks.
    pub fn cut_after(&self, bytes: i64) {
        self.left.store(bytes, Ordering::SeqCst);
    }

    /// All passes again.
    pub fn heal(&self) {
        self.cut_after(i64::MAX);
    }
}

async fn carry(near: TcpStream, far: TcpStream, left: &AtomicI64) {
    let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.into_split(), far.into_split());
    // Whichever side breaks first ends both: both streams are dropped then.
    tokio::select! {
        () = pump(&mut near_in, &mut far_out, left) => {}
        () = pump(&mut far_in, &mut near_out, left) => {}
    }
}

async fn pump(
    from: &mut tokio::net::tcp::OwnedReadHalf,
    to: &mut tokio::net::tcp::OwnedWriteHalf,
    left: &AtomicI64,
) {
    let mut buffer = [0; 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let count = i64::try_from(length).unwrap_or(i64::MAX);
        let before = left.fetch_sub(count, Ordering::SeqCst);
        let passes = usize::try_from(before.clamp(0, count)).unwrap_or(0);
        if to.write_all(&buffer[..passes]).await.is_err() || passes < length {
            return;
        }
    }
}
