//! The live socket: the server says "head is now N", nothing more. While it is down, polling does the work.

use std::time::Duration;

use domain::sync::LiveWord;
use futures::StreamExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;

/// How long to wait before the socket is opened again.
const PAUSE: Duration = Duration::from_secs(5);

/// Listens until the receiver is gone; each word moves the watched head.
pub async fn listen(server: String, token: SecretString, head: watch::Sender<u64>) {
    while !head.is_closed() {
        // Whatever went wrong, the socket is only a shortcut: polling finds the same news a little later.
        if let Err(error) = listen_once(&server, &token, &head).await {
            tracing::debug!(%error, "live socket");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listen_once(
    server: &str,
    token: &SecretString,
    head: &watch::Sender<u64>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut request = address(server).into_client_request()?;
    let bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))?;
    request.headers_mut().insert(AUTHORIZATION, bearer);
    let (mut socket, _) = connect_async(request).await?;
    while let Some(message) = socket.next().await {
        let word: Option<LiveWord> = match message? {
            Message::Text(text) => serde_json::from_str(text.as_str()).ok(),
            Message::Close(_) => break,
            _ => None,
        };
        if let Some(word) = word {
            head.send_replace(word.head);
        }
    }
    Ok(())
}

fn address(server: &str) -> String {
    let server = server.trim_end_matches('/');
    let socket = match server.strip_prefix("https://") {
        Some(rest) => format!("wss://{rest}"),
        None => format!("ws://{}", server.strip_prefix("http://").unwrap_or(server)),
    };
    format!("{socket}/api/v1/sync/live")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_as_safe_as_the_server() {
        assert_eq!(address("https://crm.example/"), "wss://crm.example/api/v1/sync/live");
        assert_eq!(address("http://127.0.0.1:8080"), "ws://127.0.0.1:8080/api/v1/sync/live");
    }
}
