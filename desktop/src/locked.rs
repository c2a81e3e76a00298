//! What a shut window answers: one page that asks for the PIN, and the ways to open it. Everything else is refused. Beside it what
//! the settings ask of the lock while the window is open.

use std::sync::Arc;

use client_core::AppError;
use client_core::driver::Steps as _;
use client_core::local_api::LocalApi;
use domain::lang::{Lang, text};
use domain::pin;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tauri::http::{Method, Request, Response, StatusCode};

use crate::door;
use crate::home::Shell;
use crate::lock::{self, Opened};
use crate::pages::{empty, whole};

const PAGE: &str = include_str!("door/lock.html");
const SCRIPT: &[u8] = include_bytes!("door/lock.js");

#[derive(Deserialize)]
struct Typed {
    typed: SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewPin {
    current: Option<SecretString>,
    /// None removes it.
    pin: Option<SecretString>,
    #[serde(default = "usual")]
    idle_minutes: u32,
}

#[derive(Deserialize)]
struct Idle {
    minutes: u32,
}

const fn usual() -> u32 {
    pin::USUAL_IDLE
}

/// Answers any request while the window is shut; none if it is for a file that says nothing of her work.
pub(crate) async fn answer(
    shell: &Shell,
    api: &LocalApi,
    request: &Request<Vec<u8>>,
) -> Option<Response<Vec<u8>>> {
    Some(match (request.method(), request.uri().path()) {
        (&Method::GET, "/favicon.svg") => return None,
        (&Method::GET, "/shell/door.css") => door::style(),
        (&Method::GET, "/shell/lock.js") => whole("text/javascript; charset=utf-8", SCRIPT.to_vec()),
        (&Method::POST, "/shell/pin/open") => match typed(request) {
            Some(typed) => told(api, shell.open_with_pin(typed).await).await,
            None => empty(StatusCode::BAD_REQUEST),
        },
        (&Method::POST, "/shell/pin/forgotten") => match typed(request) {
            Some(typed) => told(api, shell.open_with_word(typed).await).await,
            None => empty(StatusCode::BAD_REQUEST),
        },
        (_, path) if path.starts_with("/shell/") => empty(StatusCode::LOCKED),
        (_, path) if path == "/api" || path.starts_with("/api/") => empty(StatusCode::LOCKED),
        _ => page(api).await,
    })
}

/// Answers what the settings ask of the lock; none if they ask something else.
pub(crate) async fn settings(shell: &Arc<Shell>, request: &Request<Vec<u8>>) -> Option<Response<Vec<u8>>> {
    let path = request.uri().path();
    if path != "/shell/pin" && !path.starts_with("/shell/pin/") {
        return None;
    }
    let Some(api) = shell.api() else { return Some(empty(StatusCode::SERVICE_UNAVAILABLE)) };
    Some(match (request.method(), path) {
        (&Method::GET, "/shell/pin") => match lock::pin_of(&api).await {
            Ok(Some(pin)) => {
                json_of(&json!({ "isSet": true, "idleMinutes": pin.idle_minutes, "wait": pin.wait }))
            }
            Ok(None) => json_of(&json!({ "isSet": false, "idleMinutes": pin::USUAL_IDLE, "wait": 0 })),
            Err(error) => failed(&error),
        },
        (&Method::PUT, "/shell/pin") => match serde_json::from_slice(request.body()) {
            Ok(NewPin { current, pin, idle_minutes }) => {
                told(&api, shell.put_pin(current, pin.map(|pin| (pin, idle_minutes))).await).await
            }
            Err(_) => empty(StatusCode::BAD_REQUEST),
        },
        (&Method::PUT, "/shell/pin/idle") => match serde_json::from_slice(request.body()) {
            Ok(Idle { minutes }) => match lock::put_idle(&api, minutes).await {
                Ok(()) => empty(StatusCode::NO_CONTENT),
                Err(error) => failed(&error),
            },
            Err(_) => empty(StatusCode::BAD_REQUEST),
        },
        (&Method::POST, "/shell/pin/lock") => {
            let is_shut = shell.shut().await;
            empty(if is_shut { StatusCode::NO_CONTENT } else { StatusCode::CONFLICT })
        }
        (&Method::POST, "/shell/pin/seen") => {
            shell.lock.saw_her();
            empty(StatusCode::NO_CONTENT)
        }
        _ => empty(StatusCode::NOT_FOUND),
    })
}

/// The page of a shut window, in her language. It knows how long she has to wait and nothing else.
async fn page(api: &LocalApi) -> Response<Vec<u8>> {
    let lang = api.app().clone().look(|app| app.person_language()).await;
    let (state, wait) = match lock::pin_of(api).await {
        Ok(Some(pin)) if pin.opens => ("pin", pin.wait),
        Ok(Some(pin)) => ("word", pin.wait),
        Ok(None) | Err(_) => ("word", 0),
    };
    let page = filled(lang).replace("{state}", state).replace("{wait}", &wait.to_string());
    let mut response = whole("text/html; charset=utf-8", page.into_bytes());
    // Nothing of this window is to be found by going back.
    let never = tauri::http::HeaderValue::from_static("no-store");
    response.headers_mut().insert(tauri::http::header::CACHE_CONTROL, never);
    response
}

fn filled(lang: Lang) -> String {
    let mut page = PAGE.replace("{lang}", lang.as_str());
    for (place, key) in [
        ("{title}", "desktop.lock.title"),
        ("{text}", "desktop.lock.text"),
        ("{pin}", "desktop.lock.pin"),
        ("{open}", "desktop.lock.open"),
        ("{forgot}", "desktop.lock.forgot"),
        ("{word}", "desktop.lock.word"),
        ("{word_text}", "desktop.lock.word_text"),
        ("{back}", "desktop.lock.back"),
        ("{wrong}", "desktop.lock.wrong"),
        ("{wait_text}", "desktop.lock.wait_text"),
        ("{closed}", "desktop.lock.closed"),
        ("{unknown}", "desktop.lock.unknown"),
    ] {
        page = page.replace(place, text(lang, key));
    }
    page
}

fn typed(request: &Request<Vec<u8>>) -> Option<SecretString> {
    serde_json::from_slice::<Typed>(request.body()).ok().map(|body| body.typed)
}

async fn told(api: &LocalApi, opened: Result<Opened, AppError>) -> Response<Vec<u8>> {
    let status = match opened {
        Ok(Opened::Open) => return empty(StatusCode::NO_CONTENT),
        Ok(Opened::Wrong) => StatusCode::FORBIDDEN,
        Ok(Opened::Wait) => StatusCode::TOO_MANY_REQUESTS,
        Ok(Opened::Closed) => StatusCode::CONFLICT,
        Ok(Opened::Unknown) => StatusCode::SERVICE_UNAVAILABLE,
        Err(error) => return failed(&error),
    };
    // A wrong one may have been one too many, and the page says so at once.
    let pin = lock::pin_of(api).await.ok().flatten();
    let said = json!({ "opens": pin.is_some_and(|pin| pin.opens), "wait": pin.map_or(0, |pin| pin.wait) });
    let mut response = json_of(&said);
    *response.status_mut() = status;
    response
}

fn failed(error: &AppError) -> Response<Vec<u8>> {
    if matches!(error, AppError::Invalid(_)) {
        return empty(StatusCode::UNPROCESSABLE_ENTITY);
    }
    tracing::error!(%error, "the lock failed");
    empty(StatusCode::INTERNAL_SERVER_ERROR)
}

fn json_of(value: &Json) -> Response<Vec<u8>> {
    whole("application/json", value.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_shut_window_has_all_its_words_in_both_languages() {
        for lang in [Lang::Ru, Lang::En] {
            let page = filled(lang);
            for left in ["desktop.lock", "{title}", "{pin}", "{wait_text}", "{unknown}"] {
                assert!(!page.contains(left), "{left}");
            }
        }
    }
}
