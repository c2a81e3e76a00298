//! The key: read from the settings, or, where no installation is at stake, made once and kept beside the data.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use sha2::Sha256;
use tempfile::NamedTempFile;

use crate::system::random_bytes;

/// 32 bytes.
#[derive(Debug)]
pub struct SealingKey(pub(super) SecretBox<[u8; 32]>);

/// Why there is no key. Shows nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not 32 bytes in base64.
    #[error("a key must be 32 bytes in base64 (openssl rand -base64 32)")]
    Shape,
    /// The file of the key cannot be read or made.
    #[error("{}: {cause}", path.display())]
    File {
        /// Where it is.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
}

impl SealingKey {
    /// Reads one as the settings have it: base64, with or without the `base64:` that Laravel writes before it.
    pub fn parse(text: &SecretString) -> Result<Self, KeyError> {
        let text = text.expose_secret().trim();
        let bytes =
            BASE64.decode(text.strip_prefix("base64:").unwrap_or(text)).map_err(|_| KeyError::Shape)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| KeyError::Shape)?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// A key for another use: whoever has it has neither this key nor that of a third use.
    #[must_use]
    pub fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        let mac =
            Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("a key of any length will do");
        mac.chain_update(purpose).finalize().into_bytes().into()
    }

    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(SecretBox::new(Box::new(random_bytes())))
    }

    /// The one that lies in a folder; made there the first time, for its owner's eyes alone.
    pub fn kept_in(folder: &Path) -> Result<Self, KeyError> {
        let path = folder.join("app.key");
        let failed = |cause| KeyError::File { path: path.clone(), cause };
        fs::create_dir_all(folder).map_err(failed)?;
        if !fs::exists(&path).map_err(failed)? {
            make(folder, &path).map_err(failed)?;
        }
        Self::parse(&fs::read_to_string(&path).map_err(failed)?.into())
    }
}

/// Makes a key under its name, whole or not at all: a crash on the way leaves no half of one. Of two who make it at once one
/// is first, and the other takes that.
fn make(folder: &Path, path: &Path) -> io::Result<()> {
    // For its owner's eyes alone, as all such files are.
    let mut draft = NamedTempFile::new_in(folder)?;
    let text = BASE64.encode(SealingKey::random().0.expose_secret()) + "\n";
    draft.write_all(text.as_bytes())?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error),
    }
    // The name, too, is there after a power cut.
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_in_base64_with_or_without_a_prefix() {
        let text = BASE64.encode([7; 32]);
        for good in [text.clone(), format!("base64:{text}"), format!("{text}\n")] {
            assert_eq!(SealingKey::parse(&good.into()).unwrap().0.expose_secret(), &[7; 32]);
        }
        for bad in [String::new(), "сезам".to_owned(), BASE64.encode([7; 31]), BASE64.encode([7; 33])] {
            let error = SealingKey::parse(&bad.clone().into()).unwrap_err();
            assert!(bad.is_empty() || !error.to_string().contains(&bad));
        }
    }

    #[test]
    fn of_many_first_starts_at_once_there_is_one_key_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        // What a start that was killed on the way has left.
        fs::write(folder.path().join(".tmp-of-a-crash"), "").unwrap();
        let start = || *SealingKey::kept_in(folder.path()).unwrap().0.expose_secret();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            starts.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_key_that_was_made_stays_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("data");
        let [first, second] = [SealingKey::kept_in(&folder).unwrap(), SealingKey::kept_in(&folder).unwrap()];
        assert_eq!(first.0.expose_secret(), second.0.expose_secret());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.join("app.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(folder.join("app.key"), "cut").unwrap();
        assert!(
            SealingKey::kept_in(&folder).is_err(),
            "a damaged key is not replaced: it may have sealed something"
        );
    }
}
