//! The lock of the window: while it is shut, `/api/*` is refused and the one page there is asks for the PIN. The check stands here, in
//! the shell; no script of the pages decides anything.
//!
//! The home stays open behind it, so that the sync goes on. Wrong PINs make wait, and after ten in a row only the passphrase of the
//! home or the password of the account opens (`domain::pin`).

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use client_core::app::{Pin, Tried};
use client_core::local_api::LocalApi;
use client_core::system::{SystemClock, fill_random};
use client_core::{App, AppError};
use domain::ids::Clock as _;
use domain::pin;
use secrecy::SecretString;

use crate::home::Shell;

/// How often it is looked whether she has been away for too long.
const LOOK: Duration = Duration::from_secs(5);

/// Whether the window is shut, and when she was last seen at it.
#[derive(Debug, Default)]
pub(crate) struct Lock {
    is_shut: AtomicBool,
    seen: AtomicI64,
}

/// What came of what she typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// The window is open.
    Open,
    /// This is not it.
    Wrong,
    /// Wrong ones make wait.
    Wait,
    /// The PIN opens no more.
    Closed,
    /// It is not the passphrase, and whether it is the password only the server can say, which is away.
    Unknown,
}

impl Lock {
    /// Whether the window is shut.
    pub(crate) fn is_shut(&self) -> bool {
        self.is_shut.load(Ordering::SeqCst)
    }

    /// Shuts the window.
    pub(crate) fn shut(&self) {
        self.is_shut.store(true, Ordering::SeqCst);
    }

    /// She is at the window.
    pub(crate) fn saw_her(&self) {
        self.seen.store(now(), Ordering::SeqCst);
    }

    fn open(&self) {
        self.saw_her();
        self.is_shut.store(false, Ordering::SeqCst);
    }
}

impl Shell {
    /// Shuts the window, if there is a PIN to open it with; whether there is.
    pub(crate) async fn shut(&self) -> bool {
        let Some(api) = self.api() else { return false };
        match pin_of(&api).await {
            Ok(Some(_)) => {
                self.lock.shut();
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::error!(%error, "the PIN cannot be read");
                false
            }
        }
    }

    /// Opens the window with the PIN.
    pub(crate) async fn open_with_pin(&self, tried: SecretString) -> Result<Opened, AppError> {
        let Some(api) = self.api() else { return Ok(Opened::Closed) };
        match held(&api, move |app| app.try_pin(&tried)).await? {
            Tried::Right => {
                self.lock.open();
                Ok(Opened::Open)
            }
            Tried::Wrong => Ok(Opened::Wrong),
            Tried::Wait => Ok(Opened::Wait),
            Tried::Closed => Ok(Opened::Closed),
        }
    }

    /// Opens the window with the passphrase of the home or the password of the account. The PIN goes: it was forgotten, or somebody
    /// else was trying it.
    pub(crate) async fn open_with_word(&self, word: SecretString) -> Result<Opened, AppError> {
        let Some(api) = self.api() else { return Ok(Opened::Closed) };
        if !held(&api, App::count_try).await? {
            return Ok(Opened::Wait);
        }
        let opened = if self.is_passphrase(&word).await? {
            Opened::Open
        } else {
            match api.is_password(&word).await {
                Ok(Some(true)) => Opened::Open,
                Ok(_) => Opened::Wrong,
                Err(error) => {
                    tracing::warn!(%error, "the server does not say whether it is the password");
                    Opened::Unknown
                }
            }
        };
        if opened == Opened::Open {
            held(&api, App::remove_pin).await?;
            self.lock.open();
        }
        Ok(opened)
    }

    /// Sets or changes the PIN, or removes it. Where one stands, only who knows it may; then the window stays open.
    pub(crate) async fn put_pin(
        &self,
        current: Option<SecretString>,
        new: Option<(SecretString, u32)>,
    ) -> Result<Opened, AppError> {
        let Some(api) = self.api() else { return Ok(Opened::Closed) };
        let put = move |app: &mut App| {
            if app.pin()?.is_some() {
                match current.map_or(Ok(Tried::Wrong), |current| app.try_pin(&current))? {
                    Tried::Right => {}
                    Tried::Wrong => return Ok(Opened::Wrong),
                    Tried::Wait => return Ok(Opened::Wait),
                    Tried::Closed => return Ok(Opened::Closed),
                }
            }
            match &new {
                Some((new, idle)) => app.set_pin(new, *idle, &mut fill_random)?,
                None => app.remove_pin()?,
            }
            Ok(Opened::Open)
        };
        let put = held(&api, put).await?;
        self.lock.saw_her();
        Ok(put)
    }

    /// Shuts the window once she has been away for as long as she chose; as long as the program runs.
    pub(crate) async fn watch_her(&self, api: LocalApi, mut shut: impl FnMut() + Send) {
        loop {
            tokio::time::sleep(LOOK).await;
            if self.lock.is_shut() {
                continue;
            }
            let seen = self.lock.seen.load(Ordering::SeqCst);
            let is_away = |pin: Pin| pin::is_away(pin.idle_minutes, seen, now());
            match pin_of(&api).await {
                Ok(Some(pin)) if is_away(pin) => {
                    self.lock.shut();
                    shut();
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "the PIN cannot be read"),
            }
        }
    }
}

/// The PIN of the home.
pub(crate) async fn pin_of(api: &LocalApi) -> Result<Option<Pin>, AppError> {
    held(api, |app| app.pin()).await
}

/// Changes after how many minutes the window shuts itself.
pub(crate) async fn put_idle(api: &LocalApi, minutes: u32) -> Result<(), AppError> {
    held(api, move |app| app.set_idle(minutes)).await
}

/// Does something with the home on a thread that may take its time: a PIN is slow to look at.
async fn held<T: Send + 'static>(
    api: &LocalApi,
    act: impl FnOnce(&mut App) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    match api.app().with(act).await {
        Ok(done) => done,
        // It panicked: what it was about to allow is not allowed.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

fn now() -> i64 {
    SystemClock.now().as_second()
}
