//! The passphrase of the home in the keychain of the computer, or in a file that she chose herself.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use client_core::system::fill_random;
use keyring::{Entry, Error};
use secrecy::{ExposeSecret as _, SecretString};

const SERVICE: &str = "VeloriaCRM";
const FILE: &str = "passphrase";

/// What the computer keeps for a home.
#[derive(Debug)]
pub(crate) enum Kept {
    /// The passphrase.
    Passphrase(SecretString),
    /// It can keep one, and has none.
    Nothing,
    /// It has no keychain, or does not let us in.
    NoKeychain,
    /// There is a file with it that others can read.
    OpenFile,
}

/// Looks for the passphrase of a home: a file first, because somebody chose it; then the keychain.
pub(crate) fn find(home: &Path) -> Kept {
    match read_file(&file(home)) {
        Ok(Some(passphrase)) => return Kept::Passphrase(passphrase),
        Ok(None) => {}
        Err(_) => return Kept::OpenFile,
    }
    match entry(home).and_then(|entry| entry.get_password()) {
        Ok(passphrase) => Kept::Passphrase(passphrase.into()),
        Err(Error::NoEntry) => Kept::Nothing,
        Err(error) => {
            tracing::warn!(%error, "no keychain");
            Kept::NoKeychain
        }
    }
}

/// A passphrase that nobody has to know, in the keychain.
pub(crate) fn make(home: &Path) -> Result<SecretString, Error> {
    let mut bytes = [0_u8; 32];
    fill_random(&mut bytes);
    let passphrase = SecretString::from(hex::encode(bytes));
    entry(home)?.set_password(passphrase.expose_secret())?;
    Ok(passphrase)
}

/// Keeps a passphrase in a file that only she can read, because she said so.
pub(crate) fn keep_in_file(home: &Path, passphrase: &SecretString) -> io::Result<()> {
    let mut file = create(&file(home))?;
    file.write_all(passphrase.expose_secret().as_bytes())?;
    file.sync_all()
}

fn entry(home: &Path) -> Result<Entry, Error> {
    // Two homes on one computer have two passphrases.
    Entry::new(SERVICE, &home.to_string_lossy())
}

fn file(home: &Path) -> PathBuf {
    match std::env::var_os("VELORIA_PASSPHRASE_FILE") {
        Some(named) => named.into(),
        // Beside the home and not in it: a copy of the home alone opens nothing.
        None => home.with_file_name(FILE),
    }
}

fn read_file(path: &Path) -> io::Result<Option<SecretString>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    if !is_private(path)? {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned().into()))
}

#[cfg(unix)]
fn is_private(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(fs::metadata(path)?.mode().trailing_zeros() >= 6)
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).open(path)
}
