//! The home behind the window: closed until its passphrase is there, then open until the program ends.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use client_core::AppError;
use client_core::app::Home;
use client_core::local_api::{HttpForward, LocalApi, SharedApp};
use client_core::store::StoreError;
use client_core::system::{SystemClock, SystemIds, fill_random};
use secrecy::SecretString;
use tauri::AppHandle;
use tokio::sync::{Notify, watch};

use crate::keychain::{self, Kept};
use crate::lock::Lock;
use crate::{settings, sync, window};

/// What the program holds.
pub(crate) struct Shell {
    home: Home,
    app: AppHandle,
    forward: Arc<HttpForward>,
    door: RwLock<Door>,
    /// Whether it is known by now how the door stands: a keychain may ask her first.
    is_known: watch::Sender<bool>,
    /// Somebody wants the next sync now.
    pub(crate) hurry: Notify,
    /// Whether the window is shut.
    pub(crate) lock: Lock,
}

/// How the door stands.
#[derive(Clone, Debug)]
pub(crate) enum Door {
    /// Open.
    Open(LocalApi),
    /// Closed.
    Closed(Why),
}

/// Why the home is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The passphrase has to be chosen: this computer has no keychain.
    NoPassphrase,
    /// The passphrase has to be typed.
    Locked,
    /// What was typed is not it.
    WrongPassphrase,
    /// The file with the passphrase can be read by others.
    OpenFile,
    /// A newer version of the app wrote it.
    Newer,
    /// It is damaged.
    Damaged,
    /// The disk is full, read-only or failing.
    Disk,
    /// Another program holds it.
    Busy,
}

impl Shell {
    /// The shell of a home, with its door closed.
    pub(crate) fn new(folder: PathBuf, app: AppHandle) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self {
            home: Home::new(folder),
            app,
            forward: Arc::new(HttpForward::new()?),
            door: RwLock::new(Door::Closed(Why::Locked)),
            is_known: watch::Sender::new(false),
            hurry: Notify::new(),
            lock: Lock::default(),
        })
    }

    /// The folder of the home.
    pub(crate) fn folder(&self) -> &Path {
        self.home.folder()
    }

    /// How the door stands, once that is known.
    pub(crate) async fn door(&self) -> Door {
        // The sender lives as long as this.
        let _ = self.is_known.subscribe().wait_for(|is_known| *is_known).await;
        self.now()
    }

    /// How the door stands now.
    pub(crate) fn now(&self) -> Door {
        self.door.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens the home with what the computer keeps. The keychain may ask her, so nobody waits for it here.
    pub(crate) fn open(self: &Arc<Self>) {
        let shell = Arc::clone(self);
        self.is_known.send_replace(false);
        std::thread::spawn(move || {
            if let Err(why) = shell.open_by_itself() {
                shell.close(why);
            }
            shell.is_known.send_replace(true);
        });
    }

    /// Opens the home with a passphrase that was typed; makes it, if there is none.
    pub(crate) fn unlock(self: &Arc<Self>, passphrase: &SecretString, keep: bool) -> Result<(), Why> {
        self.open_with(passphrase)?;
        if keep && let Err(error) = keychain::keep_in_file(self.folder(), passphrase) {
            tracing::error!(%error, "the passphrase is not kept, and is asked for again");
        }
        Ok(())
    }

    /// The API, while the home is open.
    pub(crate) fn api(&self) -> Option<LocalApi> {
        match self.now() {
            Door::Open(api) => Some(api),
            Door::Closed(_) => None,
        }
    }

    fn open_by_itself(self: &Arc<Self>) -> Result<(), Why> {
        match keychain::find(self.folder()) {
            Kept::Passphrase(passphrase) => self.open_with(&passphrase),
            // The home came without its keychain, from another computer or account.
            Kept::Nothing | Kept::NoKeychain if self.home.exists() => Err(Why::Locked),
            Kept::Nothing => match keychain::make(self.folder()) {
                Ok(passphrase) => self.open_with(&passphrase),
                Err(error) => {
                    tracing::warn!(%error, "the keychain keeps nothing");
                    Err(Why::NoPassphrase)
                }
            },
            Kept::NoKeychain => Err(Why::NoPassphrase),
            Kept::OpenFile => Err(Why::OpenFile),
        }
    }

    fn open_with(self: &Arc<Self>, passphrase: &SecretString) -> Result<(), Why> {
        let mut door = self.door.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*door, Door::Open(_)) {
            return Ok(());
        }
        let (clock, ids) = (Arc::new(SystemClock), Box::new(SystemIds));
        let opened = self.home.open_or_create(passphrase, &mut fill_random, clock, ids);
        let app = opened.map_err(|error| {
            tracing::error!(%error, "the home cannot be opened");
            Why::from(&error)
        })?;
        // Before anything is shown; one that cannot be read opens nothing.
        let pin = app.pin().map_err(|error| Why::from(&error))?;
        self.lock.saw_her();
        if pin.is_some() {
            self.lock.shut();
        }
        let api = LocalApi::new(SharedApp::new(app), self.forward.clone());
        api.sign_in_at(&settings::server(self.folder()));
        *door = Door::Open(api.clone());
        drop(door);
        let (shell, watched, shown) = (Arc::clone(self), api.clone(), self.app.clone());
        tauri::async_runtime::spawn(async move { shell.watch_her(watched, || window::fresh(&shown)).await });
        tauri::async_runtime::spawn(sync::keep(Arc::clone(self), api, self.app.clone()));
        Ok(())
    }

    /// Whether this is the passphrase of the home. Making a key of it takes its time.
    pub(crate) async fn is_passphrase(&self, word: &SecretString) -> Result<bool, AppError> {
        let (home, word) = (self.home.clone(), word.clone());
        match tokio::task::spawn_blocking(move || home.is_passphrase(&word)).await {
            Ok(is) => is,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    fn close(&self, why: Why) {
        *self.door.write().unwrap_or_else(PoisonError::into_inner) = Door::Closed(why);
    }
}

impl From<&AppError> for Why {
    fn from(error: &AppError) -> Self {
        match error {
            AppError::Store(StoreError::WrongPassphrase) => Self::WrongPassphrase,
            AppError::Store(StoreError::NewerFile) => Self::Newer,
            AppError::Store(StoreError::Busy) => Self::Busy,
            AppError::Store(StoreError::Disk(_) | StoreError::Io(_)) => Self::Disk,
            _ => Self::Damaged,
        }
    }
}

impl fmt::Debug for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shell").field("home", &self.home).finish_non_exhaustive()
    }
}
