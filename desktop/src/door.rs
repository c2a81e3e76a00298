//! What the shell says itself: the page of a closed home, and `/shell/*`, which the pages ask for what only a shell knows.
//! No token and no passphrase is ever in an answer.

use std::sync::Arc;

use domain::lang::text;
use secrecy::SecretString;
use serde::Deserialize;
use tauri::http::{Method, Request, Response, StatusCode};

use crate::home::{Shell, Why};
use crate::pages::{empty, whole};
use crate::{locked, settings};

const PAGE: &str = include_str!("door/page.html");
const STYLE: &[u8] = include_bytes!("door/door.css");
const SCRIPT: &[u8] = include_bytes!("door/door.js");

/// Shorter ones are guessed.
const LEAST: usize = 8;

#[derive(Deserialize)]
struct Unlock {
    passphrase: SecretString,
    #[serde(default)]
    keep: bool,
}

#[derive(Deserialize)]
struct Named {
    server: String,
}

/// Answers `/shell/*`.
pub(crate) async fn answer(shell: &Arc<Shell>, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/shell/door.css") => style(),
        (&Method::GET, "/shell/door.js") => whole("text/javascript; charset=utf-8", SCRIPT.to_vec()),
        (&Method::POST, "/shell/unlock") => unlock(shell, request.body()).await,
        (&Method::POST, "/shell/again") => {
            shell.open();
            empty(StatusCode::NO_CONTENT)
        }
        (&Method::POST, "/shell/sync") => {
            shell.hurry.notify_one();
            empty(StatusCode::NO_CONTENT)
        }
        (&Method::PUT, "/shell/server") => name_server(shell, request.body()),
        _ => locked::settings(shell, request).await.unwrap_or_else(|| empty(StatusCode::NOT_FOUND)),
    }
}

/// How the pages of the shell look.
pub(crate) fn style() -> Response<Vec<u8>> {
    whole("text/css; charset=utf-8", STYLE.to_vec())
}

/// The page of a closed home: why, and what can be done.
pub(crate) fn page(why: Why) -> Response<Vec<u8>> {
    let lang = settings::language();
    let asks = matches!(why, Why::NoPassphrase | Why::Locked | Why::WrongPassphrase);
    let mut page = PAGE
        .replace("{lang}", lang.as_str())
        .replace("{state}", if asks { "ask" } else { "trouble" })
        .replace("{words}", text(lang, words(why)))
        .replace("{wrong}", text(lang, words(Why::WrongPassphrase)))
        .replace("{short}", text(lang, "desktop.door.short"));
    for (place, key) in [
        ("{title}", "desktop.door.title"),
        ("{passphrase}", "desktop.door.passphrase"),
        ("{keep}", "desktop.door.keep"),
        ("{keep_hint}", "desktop.door.keep_hint"),
        ("{open}", "desktop.door.open"),
        ("{again}", "desktop.door.again"),
    ] {
        page = page.replace(place, text(lang, key));
    }
    whole("text/html; charset=utf-8", page.into_bytes())
}

const fn words(why: Why) -> &'static str {
    match why {
        Why::NoPassphrase => "desktop.door.no_keychain",
        Why::Locked => "desktop.door.locked",
        Why::WrongPassphrase => "desktop.door.wrong",
        Why::OpenFile => "desktop.door.open_file",
        Why::Newer => "desktop.door.newer",
        Why::Damaged => "desktop.door.damaged",
        Why::Disk => "desktop.door.disk",
        Why::Busy => "desktop.door.busy",
    }
}

async fn unlock(shell: &Arc<Shell>, body: &[u8]) -> Response<Vec<u8>> {
    let Ok(Unlock { passphrase, keep }) = serde_json::from_slice(body) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    if secrecy::ExposeSecret::expose_secret(&passphrase).chars().count() < LEAST {
        return empty(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let shell = Arc::clone(shell);
    // Making a key of a passphrase takes its time.
    let opened = tokio::task::spawn_blocking(move || shell.unlock(&passphrase, keep)).await;
    match opened {
        Ok(Ok(())) => empty(StatusCode::NO_CONTENT),
        Ok(Err(Why::WrongPassphrase)) => empty(StatusCode::FORBIDDEN),
        // The page says why, once it is asked for again.
        _ => empty(StatusCode::CONFLICT),
    }
}

/// Only as long as nobody is signed in: a home stays with its server.
fn name_server(shell: &Arc<Shell>, body: &[u8]) -> Response<Vec<u8>> {
    let Ok(Named { server }) = serde_json::from_slice(body) else { return empty(StatusCode::BAD_REQUEST) };
    let server = server.trim();
    let Some(api) = shell.api().filter(|_| settings::is_server(server)) else {
        return empty(StatusCode::UNPROCESSABLE_ENTITY);
    };
    if let Err(error) = settings::keep_server(shell.folder(), server) {
        tracing::warn!(%error, "the server is not kept, and is asked for again");
    }
    api.sign_in_at(server);
    empty(StatusCode::NO_CONTENT)
}
