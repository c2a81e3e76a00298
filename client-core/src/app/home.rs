//! A home: the folder with the encrypted file and its key, and the signs by which a copied one is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::ids::{Clock, Ids};
use secrecy::SecretString;
use serde_json::json;

use super::{App, Result, notices};
use crate::store::{Place, Store, StoreError, key};

const FINGERPRINT: &str = "fingerprint";
pub(super) const COPIED: &str = "copied";
const DATABASE: &str = "veloria.db";

/// A folder that is or becomes the home of one device.
#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// A home in this folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether somebody lives here already.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.folder.join(key::KEY_FILE).exists()
    }

    /// Opens the home, or makes it if nobody lives here.
    pub fn open_or_create(
        &self,
        passphrase: &SecretString,
        chance: key::Chance<'_>,
        clock: Arc<dyn Clock>,
        ids: Box<dyn Ids>,
    ) -> Result<App> {
        if !self.exists() {
            fs::create_dir_all(&self.folder).map_err(StoreError::from)?;
            key::create(&self.folder, passphrase, chance)?;
        }
        self.open(passphrase, clock, ids)
    }

    /// Opens the home. One that was copied or restored is told so, and gets an identity of its own with the next
    /// sync; it is never locked out.
    pub fn open(&self, passphrase: &SecretString, clock: Arc<dyn Clock>, ids: Box<dyn Ids>) -> Result<App> {
        let file = self.folder.join(DATABASE);
        let key = key::unlock(&self.folder, passphrase)?;
        // The passphrase opened the key, so it is right: a file that the key does not open is damaged.
        let store = Store::open(Place::File(file.clone(), key)).map_err(|error| match error {
            StoreError::WrongPassphrase => StoreError::Corrupt("the key does not open the file".to_owned()),
            other => other,
        })?;
        let mut app = App::new(store, clock, ids)?;
        app.compare_fingerprint(&fingerprint(&file)?)?;
        Ok(app)
    }

    /// Whether this is the passphrase of the home.
    pub fn is_passphrase(&self, passphrase: &SecretString) -> Result<bool> {
        match key::unlock(&self.folder, passphrase) {
            Ok(_) => Ok(true),
            Err(StoreError::WrongPassphrase) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes everything.
    pub fn wipe(&self) -> Result<()> {
        for name in [key::KEY_FILE, DATABASE, "veloria.db-wal", "veloria.db-shm"] {
            match fs::remove_file(self.folder.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::from(error).into());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl App {
    /// Compares where this home lies with where it lay. A different place means that it was copied or restored.
    pub fn compare_fingerprint(&mut self, found: &str) -> Result<()> {
        let at = self.now().as_second();
        let kept: Option<String> = self.store.read::<_, StoreError>(|tx| tx.meta(FINGERPRINT))?;
        if kept.as_deref() == Some(found) {
            return Ok(());
        }
        self.store.write(|tx| {
            tx.set_meta(FINGERPRINT, &found)?;
            let enrolled: Option<super::DeviceIdentity> = tx.meta(super::account::DEVICE)?;
            if kept.is_some() && enrolled.is_some() {
                tx.set_meta(COPIED, &true)?;
                tx.notify(at, notices::COPIED_HOME, &json!({}))?;
            }
            Ok(())
        })
    }

    /// Whether this home was copied and has not got an identity of its own yet.
    pub fn needs_enrolment(&self) -> Result<bool> {
        self.store.read(|tx| Ok(tx.meta(COPIED)?.unwrap_or(false)))
    }
}

/// The machine and the very file; a copy of the folder has another file, a copy of the disk another machine.
fn fingerprint(file: &Path) -> Result<String> {
    let machine = fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let place = place_of(&fs::metadata(file).map_err(StoreError::from)?);
    Ok(format!("{} {place}", machine.trim()))
}

#[cfg(unix)]
fn place_of(metadata: &fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt as _;
    format!("{} {}", metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn place_of(metadata: &fs::Metadata) -> String {
    format!("{:?}", metadata.created().ok())
}
