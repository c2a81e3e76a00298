//! What the edge of an installation is set to: its limits, the proxies it believes, the pages of others that may call it.

use std::str::FromStr;

use axum::http::{HeaderName, HeaderValue, Method, Uri};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::client_address::TrustedProxies;
use super::limits::{HEADERS, Limits};
use super::request_id;

/// The edge of an installation.
#[derive(Debug)]
pub struct Edge {
    /// How often, and how many at a time.
    pub limits: Limits,
    /// Whose word about the client's address is believed.
    pub proxies: TrustedProxies,
    /// Whose pages may call the API from a browser.
    pub origins: Origins,
}

impl Edge {
    /// No limits, no foreign pages, proxies on this machine: for tests.
    #[must_use]
    pub fn open() -> Self {
        Self { limits: Limits::off(), proxies: TrustedProxies::default(), origins: Origins::default() }
    }
}

/// Pages of other origins that may call the API, with her cookie; nobody's unless named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<HeaderValue>);

/// The setting cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not an origin such as https://app.example.ru; a star is none")]
pub struct OriginsError(String);

impl FromStr for Origins {
    type Err = OriginsError;

    /// Origins with commas between. Each is named in full: what may come with her cookie is never "everybody".
    fn from_str(text: &str) -> Result<Self, OriginsError> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let read = |entry: &str| {
            let uri: Option<Uri> = entry.parse().ok();
            let is_origin = uri.is_some_and(|uri| {
                matches!(uri.scheme_str(), Some("http" | "https"))
                    && uri.authority().is_some_and(|authority| {
                        let scheme = uri.scheme_str().unwrap_or_default();
                        !authority.as_str().contains(['*', '@']) && format!("{scheme}://{authority}") == entry
                    })
            });
            HeaderValue::from_str(entry)
                .ok()
                .filter(|_| is_origin)
                .ok_or_else(|| OriginsError(entry.to_owned()))
        };
        entries.map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl Origins {
    /// Reads the one origin that a setting may name.
    pub fn only(text: &str) -> Result<String, OriginsError> {
        match text.parse::<Self>()?.0.as_slice() {
            [_] => Ok(text.to_owned()),
            _ => Err(OriginsError(text.to_owned())),
        }
    }

    /// The origins as text.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|origin| origin.to_str().ok())
    }

    /// The layer that tells browsers; nothing if nobody is allowed.
    pub(super) fn layer(&self) -> Option<CorsLayer> {
        if self.0.is_empty() {
            return None;
        }
        let header = HeaderName::from_static;
        let asked = [
            "accept-language",
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "x-request-id",
        ];
        let shown = ["etag", "idempotency-replayed", "location", "retry-after"].map(header);
        let shown = shown.into_iter().chain(HEADERS).chain([request_id::HEADER]);
        let layer = CorsLayer::new()
            .allow_origin(AllowOrigin::list(self.0.clone()))
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers(asked.map(header))
            .expose_headers(shown.collect::<Vec<_>>())
            .max_age(std::time::Duration::from_mins(10));
        Some(layer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_named_in_full() {
        let good: Origins = "https://app.example.ru, http://localhost:5173".parse().unwrap();
        assert_eq!(good.iter().collect::<Vec<_>>(), ["https://app.example.ru", "http://localhost:5173"]);
        assert!("".parse::<Origins>().unwrap().layer().is_none());
        for bad in
            ["*", "null", "https://*.example.ru", "https://a.ru/", "https://a.ru/path", "ftp://a.ru", "a.ru"]
        {
            assert_eq!(bad.parse::<Origins>(), Err(OriginsError(bad.to_owned())));
        }
    }
}
