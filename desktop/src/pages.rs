//! The scheme of the window: `/api/*` is answered by the device itself, `/shell/*` by the shell, the rest is a file of the pages.
//! A window that is shut is asked for its PIN first, whatever it asks for.
//!
//! No port is open, and nothing here comes from elsewhere: the policy allows scripts, styles and requests of this origin only.

use std::sync::Arc;

use tauri::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use tauri::http::{HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use tauri::{AppHandle, Manager as _, UriSchemeContext, UriSchemeResponder, Wry};

use crate::home::{Door, Shell};
use crate::{door, locked};

/// As for browsers (`sync-server`, `web`), and with the line on which the window hears that something changed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
                      connect-src 'self' ipc: http://ipc.localhost; manifest-src 'self'; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'none'; img-src 'self' data: blob:";
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("referrer-policy"), "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

type Answer = Response<Vec<u8>>;

/// Answers one request of the window.
pub(crate) fn serve(
    context: &UriSchemeContext<'_, Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let mut response = answer(&app, request).await;
        for (name, value) in HEADERS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        responder.respond(response);
    });
}

async fn answer(app: &AppHandle, request: Request<Vec<u8>>) -> Answer {
    let shell = Arc::clone(app.state::<Arc<Shell>>().inner());
    let path = request.uri().path().to_owned();
    let door = shell.door().await;
    if let Door::Open(api) = &door
        && shell.lock.is_shut()
    {
        let answered = locked::answer(&shell, api, &request).await;
        return answered.unwrap_or_else(|| file(app, &path));
    }
    if path.starts_with("/shell/") {
        return door::answer(&shell, &request).await;
    }
    match door {
        Door::Open(api) if path == "/api" || path.starts_with("/api/") => {
            let answered = api.answer(local(request).map(Into::into)).await;
            answered.map(|bytes| bytes.to_vec())
        }
        Door::Open(_) => file(app, &path),
        Door::Closed(_) if path.starts_with("/api/") => empty(StatusCode::SERVICE_UNAVAILABLE),
        Door::Closed(_) if path == "/favicon.svg" => file(app, &path),
        Door::Closed(why) => door::page(why),
    }
}

/// The request with its path alone, as a server would see it.
fn local(mut request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    if let Some(path) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = Uri::from(path);
    }
    request
}

/// A file of the pages; what names no file is a page that only the app knows.
fn file(app: &AppHandle, path: &str) -> Answer {
    let ending = path.rsplit('/').next().and_then(|last| last.rsplit_once('.')).map(|(_, ending)| ending);
    match app.asset_resolver().get(path.to_owned()) {
        // What the resolver gives for a missing file is the first page.
        Some(asset) if asset.mime_type == "text/html" && ending.is_some_and(|ending| ending != "html") => {
            empty(StatusCode::NOT_FOUND)
        }
        Some(asset) => whole(&asset.mime_type, asset.bytes),
        None => empty(StatusCode::NOT_FOUND),
    }
}

/// 200 with these bytes.
pub(crate) fn whole(kind: &str, bytes: Vec<u8>) -> Answer {
    let mut response = Response::new(bytes);
    if let Ok(kind) = HeaderValue::from_str(kind) {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A status alone.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}
