//! Signatures over what we give out and want to know again: links that open something for whoever holds them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::key::SealingKey;
use crate::system::random_bytes;

type Signature = Hmac<Sha256>;

/// The keys of one purpose: the first signs, all of them know their signatures again, so a change of `APP_KEY` ends nothing before
/// its time.
#[derive(Clone)]
pub struct SigningKeys(Vec<[u8; 32]>);

impl SigningKeys {
    /// Keys that follow from the keys of the installation. The purpose keeps the signatures of one use from being those of another.
    #[must_use]
    pub fn new(key: &SealingKey, previous: &[SealingKey], purpose: &[u8]) -> Self {
        Self(std::iter::once(key).chain(previous).map(|key| key.derive(purpose)).collect())
    }

    /// A key that nobody has and that ends with the process.
    #[must_use]
    pub fn passing() -> Self {
        Self(vec![random_bytes()])
    }

    /// The signature of a message, in hexadecimal digits.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        let signature = self.0.first().map(|key| hex::encode(mac(key, message).finalize().into_bytes()));
        signature.unwrap_or_default()
    }

    /// Whether this is our signature of a message. Every key is tried, in a time that says nothing about where the difference is.
    #[must_use]
    pub fn has_signed(&self, message: &[u8], signature: &str) -> bool {
        self.0.iter().fold(false, |known, key| known | is_signature(key, message, signature))
    }
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SigningKeys")
    }
}

/// Digits are lower case, or they are others.
fn is_signature(key: &[u8], message: &[u8], signature: &str) -> bool {
    let mut bytes = [0; 32];
    let is_plain = signature.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_plain
        && hex::decode_to_slice(signature, &mut bytes).is_ok()
        && mac(key, message).verify_slice(&bytes).is_ok()
}

fn mac(key: &[u8], message: &[u8]) -> Signature {
    Signature::new_from_slice(key).expect("a key of any length will do").chain_update(message)
}
