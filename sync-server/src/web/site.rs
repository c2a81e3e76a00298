//! Files by their address, each as it was built and compressed, and what a browser may do with them. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

/// Everything comes from here; nothing is written into pages. Pictures may be drawn by the page itself (a preview, a code to scan).
/// The rest of what `img-src` allows comes last.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; \
                      manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
                      img-src 'self' data: blob:";
/// Their names change with their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
const INDEX: &str = "/index.html";
/// Rooms of their own, whose missing things are not pages.
const OTHERS: [&str; 4] = ["/api", "/docs", "/files", "/assets"];
const NOT_BUILT: &[u8] = include_bytes!("not_built.html");

/// The built front end.
#[derive(Debug)]
pub(super) struct Site {
    files: BTreeMap<&'static str, File>,
}

#[derive(Debug, Default)]
struct File {
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
    tag: String,
}

impl Site {
    /// Puts the files in order; `x.js.br` and `x.js.gz` are other forms of `x.js`. Without files it is one page that says so.
    pub(super) fn new(built: impl Iterator<Item = (&'static str, &'static [u8])> + Clone) -> Self {
        let mut files: BTreeMap<&'static str, File> = BTreeMap::new();
        for (path, bytes) in built {
            if let Some(plain) = path.strip_suffix(".br") {
                files.entry(plain).or_default().brotli = Some(bytes);
            } else if let Some(plain) = path.strip_suffix(".gz") {
                files.entry(plain).or_default().gzip = Some(bytes);
            } else {
                let file = files.entry(path).or_default();
                file.plain = bytes;
                file.tag = tag(bytes);
            }
        }
        files.entry(INDEX).or_insert_with(|| File {
            plain: NOT_BUILT,
            tag: tag(NOT_BUILT),
            ..File::default()
        });
        Self { files }
    }

    /// The file of an address, or the app for an address that only the app knows. `pictures` is from where else pictures come.
    pub(super) fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        pictures: Option<&str>,
    ) -> Option<Response> {
        if method != Method::GET && method != Method::HEAD {
            return None;
        }
        let (path, file) = match self.files.get_key_value(path) {
            Some((path, file)) => (*path, file),
            None if is_page(path, headers) => (INDEX, self.files.get(INDEX)?),
            None => return None,
        };
        let cache = if path.starts_with("/assets/") { FOR_EVER } else { ASK_AGAIN };
        let policy = pictures.map_or(Cow::from(POLICY), |pictures| format!("{POLICY} {pictures}").into());
        let common: [(HeaderName, &str); 4] = [
            (CACHE_CONTROL, cache),
            (CONTENT_SECURITY_POLICY, &policy),
            (ETAG, &file.tag),
            (VARY, "accept-encoding"),
        ];
        let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == file.tag.as_bytes());
        if known {
            return Some((StatusCode::NOT_MODIFIED, common).into_response());
        }
        let (encoding, bytes) = file.best(headers);
        let mut response = (common, [(CONTENT_TYPE, content_type(path))], Body::from(bytes)).into_response();
        if let Some(encoding) = encoding {
            response.headers_mut().insert(CONTENT_ENCODING, encoding.parse().ok()?);
        }
        Some(response)
    }
}

impl File {
    /// The smallest form that the browser takes.
    fn best(&self, headers: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
        let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let takes = |name: &str| {
            let mut entries =
                accepted.split(',').map(|entry| entry.trim().split_once(';').unwrap_or((entry.trim(), "")));
            entries.any(|(encoding, rest)| encoding.trim() == name && !matches!(rest.trim(), "q=0" | "q=0.0"))
        };
        match (self.brotli, self.gzip) {
            (Some(bytes), _) if takes("br") => (Some("br"), bytes),
            (_, Some(bytes)) if takes("gzip") => (Some("gzip"), bytes),
            _ => (None, self.plain),
        }
    }
}

/// Whether somebody goes to a page of the app: a browser that wants to see something, at an address of nobody else.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let is_other = OTHERS
        .iter()
        .any(|other| path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let wants = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !is_other && !is_file && wants.contains("text/html")
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..12]))
}

/// Only kinds that the build makes.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
