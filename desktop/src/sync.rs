//! Staying in sync while the program runs, with or without a window; and telling the window when something changed.

use std::sync::Arc;
use std::time::Duration;

use client_core::driver::account::{Accounts, EnrolError};
use client_core::driver::http::Http;
use client_core::driver::media::{Pictures, Sent};
use client_core::driver::watch::{Watcher, keep_sending_pictures, watch};
use client_core::driver::{Ended, RemoteError, Steps as _, keys};
use client_core::local_api::{LocalApi, SharedApp};
use client_core::sync::{Engine, Failure, Options};
use client_core::{App, AppError};
use domain::lang::Lang;
use secrecy::{ExposeSecret as _, SecretString};
use tauri::{AppHandle, Emitter as _};

use crate::home::Shell;
use crate::told::Told;

/// The event that the pages listen for. It says how things stand, and never what changed.
const CHANGED: &str = "changed";
/// After something failed that should not.
const REST: Duration = Duration::from_secs(30);

/// Syncs as long as the program runs: as soon as somebody is signed in, and again after she signed in anew.
pub(crate) async fn keep(shell: Arc<Shell>, api: LocalApi, app: AppHandle) {
    tauri::async_runtime::spawn(tell_window(api.clone(), app.clone()));
    let told = Told::new(app, api.app().clone(), Arc::clone(&shell));
    tauri::async_runtime::spawn(told.clone().watch_the_clock());
    let mut watcher = Around { shell, api: api.clone(), told, is_first: true };
    loop {
        let mut news = api.news();
        match session(&api, &mut watcher).await {
            Ok(Some(failure)) => tracing::info!(reason = %failure, "the sync rests until she signs in"),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "the sync failed");
                tokio::time::sleep(REST).await;
                continue;
            }
        }
        tokio::select! {
            _ = news.changed() => {}
            () = watcher.shell.hurry.notified() => {}
            // A server may have been updated, or restored.
            () = tokio::time::sleep(REST * 10) => {}
        }
    }
}

async fn tell_window(api: LocalApi, app: AppHandle) {
    let mut news = api.news();
    while news.changed().await.is_ok() {
        match api.standing().await {
            Ok(standing) => {
                if let Err(error) = app.emit(CHANGED, standing) {
                    tracing::warn!(%error, "the window does not hear");
                }
            }
            Err(error) => tracing::warn!(%error, "how the work stands cannot be read"),
        }
    }
}

/// One stretch of syncing: from signing in until she signs out, or the server sends her away; then why.
async fn session(api: &LocalApi, watcher: &mut Around) -> Result<Option<Failure>, SessionError> {
    let mut home = api.app().clone();
    let Some((server, lang, _)) = key(&mut home).await? else { return Ok(None) };
    let accounts = Accounts::new(&server, lang.as_str())?;
    match accounts.enrol_copy(&mut home).await {
        // Without a way there it goes on as what it was, and asks again with the next start.
        Ok(()) | Err(EnrolError::Remote(_)) => {}
        Err(EnrolError::App(error)) => return Err(error.into()),
    }
    keys::renew(&mut home, &accounts).await?;
    let Some((_, _, token)) = key(&mut home).await? else { return Ok(None) };
    let http = Http::new(&server, token.clone()).map_err(RemoteError::from)?;
    let mut engine = Engine::new(Options::default());
    let pictures = Pictures::new(&server, lang.as_str(), token.clone())?;
    let (mut syncing, mut sending, shell) = (api.clone(), api.clone(), Arc::clone(&watcher.shell));
    // What became of those that were sent stands in records of the server; until they are here, the pages show what they did.
    let told = |done: Sent| if done.sent > 0 { shell.hurry.notify_one() } else { api.changed() };
    let ended = tokio::select! {
        error = keep_sending_pictures(&mut sending, &pictures, told) => return Err(error.into()),
        ended = watch(&mut syncing, &mut engine, &http, (server, token.clone()), watcher) => ended?,
        other = another_key(api, &mut home, &token) => return other.map(|()| None),
    };
    let Ended::Stopped(failure) = ended else { return Ok(None) };
    if failure == Failure::Unauthorized {
        match keys::fall_back(&mut home, &accounts).await {
            Ok(Some(_)) => return Ok(None),
            // Neither key is known: she signs in again, and what was not sent stays until then.
            Ok(None) => home.look(App::sign_out).await?,
            Err(error) => tracing::warn!(%error, "it is not known whether the key before would do"),
        }
    }
    if matches!(failure, Failure::Unauthorized | Failure::Revoked) {
        watcher.told.signed_out(lang);
    }
    api.changed();
    Ok(Some(failure))
}

/// Ends when the home has another key than this one, or none.
async fn another_key(api: &LocalApi, home: &mut SharedApp, token: &SecretString) -> Result<(), SessionError> {
    let mut news = api.news();
    while news.changed().await.is_ok() {
        let is_same =
            key(home).await?.is_some_and(|(_, _, own)| own.expose_secret() == token.expose_secret());
        if !is_same {
            return Ok(());
        }
    }
    Ok(())
}

/// The server, the person's language, and the key; none while nobody is signed in.
async fn key(home: &mut SharedApp) -> Result<Option<(String, Lang, SecretString)>, AppError> {
    home.look(|app| {
        if !app.is_signed_in()? {
            return Ok(None);
        }
        Ok(app.server()?.zip(app.token()?).map(|(server, token)| (server, app.person_language(), token)))
    })
    .await
}

/// What happens around the sessions of one stretch.
struct Around {
    shell: Arc<Shell>,
    api: LocalApi,
    told: Told,
    is_first: bool,
}

impl Watcher<LocalApi> for Around {
    async fn ended(&mut self, _: &mut LocalApi, ended: &Ended) -> Result<(), AppError> {
        let Ended::Done(report) = ended else { return Ok(()) };
        let is_news = self.is_first || report.pulled > 0 || report.pushed > 0 || report.refused > 0;
        if is_news {
            tracing::info!(count = report.pulled, message = "synced");
            self.api.refresh_account().await;
            self.api.changed();
            self.told.conflicts(self.is_first).await;
            self.is_first = false;
        }
        Ok(())
    }

    async fn impatient(&mut self) {
        self.shell.hurry.notified().await;
    }
}

/// Why a stretch ended that should not.
#[derive(Debug)]
enum SessionError {
    App(AppError),
    Remote(RemoteError),
}

impl From<AppError> for SessionError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<RemoteError> for SessionError {
    fn from(error: RemoteError) -> Self {
        Self::Remote(error)
    }
}

impl std::fmt::Display for SessionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::App(error) => error.fmt(f),
            Self::Remote(error) => error.fmt(f),
        }
    }
}
