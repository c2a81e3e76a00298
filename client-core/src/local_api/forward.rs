//! The way to the server for what a device cannot answer itself. The device's token is added here; no caller ever sees it, and
//! what a caller brings as a key of its own is not sent.

use std::future::Future;
use std::pin::Pin;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};
use axum::http::{HeaderName, Request, Response};
use domain::errors::ErrorCode;
use secrecy::{ExposeSecret as _, SecretString};

use super::LocalApi;
use super::problem::Problem;

/// The largest body that goes through: an import, or a picture in one piece.
const MAX_FORWARDED: usize = 64 * 1024 * 1024;

/// What a request takes along.
static SENT: [HeaderName; 9] = [
    ACCEPT,
    ACCEPT_LANGUAGE,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    IF_RANGE,
    RANGE,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("x-request-id"),
];
/// What belongs to the one connection, or to the one browser, and not to the answer.
const KEPT_BACK: [&str; 6] =
    ["connection", "transfer-encoding", "content-length", "content-encoding", "set-cookie", "keep-alive"];

/// Where the server is, and the key of this device.
#[derive(Clone, Debug)]
pub struct Way {
    /// The server's address, without a path.
    pub server: String,
    /// The device's token; none for what a stranger may ask.
    pub token: Option<SecretString>,
}

/// The server cannot be reached.
#[derive(Debug, thiserror::Error)]
#[error("the server cannot be reached")]
pub struct Unreachable;

/// Hands a request to the server. The real one is [`HttpForward`]; tests bring their own.
pub trait Forward: Send + Sync {
    /// Sends it and waits for the answer.
    fn forward(
        &self,
        way: Way,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Unreachable>> + Send + '_>>;
}

/// The way over HTTP.
#[derive(Clone, Debug)]
pub struct HttpForward(reqwest::Client);

impl HttpForward {
    /// A way to whatever server the device knows.
    pub fn new() -> Result<Self, reqwest::Error> {
        Ok(Self(crate::driver::http::client()?))
    }
}

impl Forward for HttpForward {
    fn forward(
        &self,
        way: Way,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Unreachable>> + Send + '_>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            let url = format!("{}{path}", way.server.trim_end_matches('/'));
            let mut request = self.0.request(parts.method, url).headers(parts.headers).body(body);
            if let Some(token) = way.token {
                request = request.bearer_auth(token.expose_secret());
            }
            let sent = request.send().await.map_err(|_| Unreachable)?;
            let (status, headers) = (sent.status(), sent.headers().clone());
            let mut response = Response::new(sent.bytes().await.map_err(|_| Unreachable)?);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

impl LocalApi {
    /// The server's answer; `offline` if there is no way to it.
    pub(super) async fn forwarded(&self, request: Request<Body>) -> Result<Response<Body>, Problem> {
        if !request.uri().path().starts_with("/api/v1/") {
            return Err(Problem::not_found());
        }
        let way = self.app.with(|app| -> crate::app::Result<_> { Ok((app.server()?, app.token()?)) }).await;
        let way = way.map_err(|_| Problem::new(ErrorCode::Internal))??;
        let (Some(server), Some(token)) = way else { return Err(Problem::new(ErrorCode::Unauthorized)) };
        self.sent(Way { server, token: Some(token) }, request).await
    }

    /// What answers at the end of a way.
    pub(super) async fn sent(&self, way: Way, request: Request<Body>) -> Result<Response<Body>, Problem> {
        let (mut parts, body) = request.into_parts();
        let body = to_bytes(body, MAX_FORWARDED).await;
        let body = body.map_err(|_| Problem::new(ErrorCode::PayloadTooLarge))?;
        let brought = std::mem::take(&mut parts.headers);
        let named = SENT.iter().filter_map(|name| Some((name.clone(), brought.get(name)?.clone())));
        parts.headers = named.collect();
        let is_own = way.token.is_some();
        let sent = self.forward.forward(way, Request::from_parts(parts, body)).await;
        // Where a stranger signs in may be another server.
        if is_own {
            self.reached(sent.is_ok());
        }
        let mut response = sent.map_err(|Unreachable| Problem::new(ErrorCode::Offline))?;
        for name in KEPT_BACK {
            response.headers_mut().remove(name);
        }
        Ok(response.map(Body::from))
    }
}
