//! Secrets that are kept and must be read again (of second factors, later of providers): sealed under a key that is not in
//! the database, so whoever has only a copy of the database has none of them.
//!
//! XChaCha20-Poly1305 under `APP_KEY`. What is sealed names the key by the beginning of its hash, so keys can be changed: the
//! new one seals, the old ones (`APP_PREVIOUS_KEYS`) still open. It also says what it is for: a sealed text that is put
//! into another row does not open there. Knows no slice.

mod key;
mod signing;

use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretSlice};
use sha2::{Digest as _, Sha256};

pub use key::{KeyError, SealingKey};
pub use signing::SigningKeys;

use crate::system::random_bytes;

/// The first byte of what is sealed.
const VERSION: u8 = 1;
const NAME: usize = 4;
const NONCE: usize = 24;

/// Seals and opens. Clones share the keys.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<[Named]>,
}

/// A key, and the name by which what it has sealed knows it.
struct Named {
    name: [u8; NAME],
    cipher: XChaCha20Poly1305,
}

/// What cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealedError {
    /// Too short, or of a later version.
    #[error("this was not sealed by us")]
    Unreadable,
    /// The key is not among those of today.
    #[error("it was sealed under a key that is not in APP_KEY or APP_PREVIOUS_KEYS")]
    UnknownKey,
    /// Changed, or sealed for another place.
    #[error("it was changed, or sealed for another place")]
    Forged,
}

impl Sealer {
    /// The first key seals; all of them open.
    #[must_use]
    pub fn new(key: &SealingKey, previous: &[SealingKey]) -> Self {
        Self { keys: std::iter::once(key).chain(previous).map(Named::of).collect() }
    }

    /// With a key that nobody has and that ends with the process: for tests, and for programs that keep nothing.
    #[must_use]
    pub fn passing() -> Self {
        Self::new(&SealingKey::random(), &[])
    }

    /// Seals, for one place: what is sealed for one opens in no other.
    #[must_use]
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let (nonce, key): ([u8; NONCE], _) = (random_bytes(), &self.keys[0]);
        let sealed = key
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place.as_bytes() })
            .expect("a secret is shorter than 256 GiB");
        [&[VERSION][..], &key.name, &nonce, &sealed].concat()
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<SecretSlice<u8>, SealedError> {
        let rest = sealed.strip_prefix(&[VERSION]).ok_or(SealedError::Unreadable)?;
        let (name, rest) = rest.split_first_chunk::<NAME>().ok_or(SealedError::Unreadable)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(SealedError::Unreadable)?;
        let key = self.keys.iter().find(|key| key.name == *name).ok_or(SealedError::UnknownKey)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let plain = key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealedError::Forged)?;
        Ok(plain.into())
    }
}

impl Named {
    fn of(key: &SealingKey) -> Self {
        let bytes = key.0.expose_secret();
        let mut name = [0; NAME];
        name.copy_from_slice(&Sha256::digest(bytes)[..NAME]);
        Self { name, cipher: XChaCha20Poly1305::new(bytes.into()) }
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealer({} keys)", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_alone_and_shows_nothing() {
        let keys = Sealer::passing();
        let sealed = keys.seal("user 1", b"JBSWY3DP");
        assert_eq!(keys.open("user 1", &sealed).unwrap().expose_secret(), b"JBSWY3DP");
        assert_eq!(keys.open("user 2", &sealed).unwrap_err(), SealedError::Forged);
        assert!(!sealed.windows(8).any(|part| part == b"JBSWY3DP"));
        assert_ne!(keys.seal("user 1", b"JBSWY3DP"), sealed, "a nonce is never used again");
        for at in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[at] ^= 1;
            assert!(keys.open("user 1", &forged).is_err(), "byte {at}");
            assert!(keys.open("user 1", &sealed[..at]).is_err(), "cut at {at}");
        }
        assert!(!format!("{keys:?}").contains("name"));
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let [old, new] = [SealingKey::random(), SealingKey::random()];
        let sealed = Sealer::new(&old, &[]).seal("here", b"x");
        let both = Sealer::new(&new, std::slice::from_ref(&old));
        assert_eq!(both.open("here", &sealed).unwrap().expose_secret(), b"x");
        let anew = both.seal("here", b"x");
        assert!(Sealer::new(&new, &[]).open("here", &anew).is_ok());
        assert_eq!(Sealer::new(&new, &[]).open("here", &sealed).unwrap_err(), SealedError::UnknownKey);
    }
}
