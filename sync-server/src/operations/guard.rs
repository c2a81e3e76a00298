//! Who may come in: with the token (as a bearer's, or as the password that a browser asks for); without one, whoever is on
//! this machine and says so in the `Host` header.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, WWW_AUTHENTICATE, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// Knows the token, by its hash: comparing hashes tells nobody how much of a guess was right.
pub struct Guard(Option<[u8; 32]>);

impl Guard {
    /// Guards with a token, or for this machine alone.
    #[must_use]
    pub fn new(token: Option<&SecretString>) -> Self {
        Self(token.map(|token| Sha256::digest(token.expose_secret()).into()))
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        match &self.0 {
            None => is_here(headers),
            Some(hash) => {
                presented(headers).is_some_and(|token| <[u8; 32]>::from(Sha256::digest(token)) == *hash)
            }
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Guard").field(&self.0.is_some()).finish()
    }
}

/// The token of `Authorization: Bearer TOKEN`, or of `Basic` with any name.
fn presented(headers: &HeaderMap) -> Option<Vec<u8>> {
    let (scheme, rest) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().into());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = BASE64_STANDARD.decode(rest.trim()).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some(pair[colon + 1..].to_vec())
}

/// Whether the caller believes to speak with this machine.
fn is_here(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host }
    });
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

pub(super) async fn admit(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    if !guard.admits(request.headers()) {
        return match guard.0 {
            Some(_) => {
                (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Basic realm=\"operations\"")]).into_response()
            }
            None => StatusCode::FORBIDDEN.into_response(),
        };
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        ),
    );
    response
}
