//! The key of the file: random, wrapped under the passphrase in `key.json`, so that a new passphrase rewrites a few
//! bytes and never the database.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::{Result, StoreError};

/// The name of the file of keys in a home.
pub const KEY_FILE: &str = "key.json";

const CONTEXT: &[u8] = b"veloria data key 1";
/// OWASP's choice for interactive use (46 MiB, one pass); stored with each home, so it may grow for new ones.
pub(crate) const COST: Cost = Cost { memory_kib: 46 * 1024, passes: 1, lanes: 1 };

/// What a guess costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

#[derive(Serialize, Deserialize)]
struct KeyFile {
    version: u32,
    kdf: String,
    cost: Cost,
    salt: String,
    cipher: String,
    nonce: String,
    wrapped: String,
}

/// The random bytes that a new wrapping needs: 32 of salt and key each, 24 of nonce.
pub type Chance<'a> = &'a mut dyn FnMut(&mut [u8]);

/// Makes a new key for a home and keeps it wrapped; answers the key in hexadecimal.
pub fn create(home: &Path, passphrase: &SecretString, chance: Chance<'_>) -> Result<SecretString> {
    let mut key = [0_u8; 32];
    chance(&mut key);
    wrap(home, &key, passphrase, chance)?;
    Ok(hex::encode(key).into())
}

/// Unwraps the key of a home.
pub fn unlock(home: &Path, passphrase: &SecretString) -> Result<SecretString> {
    open(home, passphrase).map(|key| hex::encode(key).into())
}

/// Wraps the key of a home anew; the database stays as it is.
pub fn change_passphrase(
    home: &Path,
    old: &SecretString,
    new: &SecretString,
    chance: Chance<'_>,
) -> Result<()> {
    let key = open(home, old)?;
    wrap(home, &key, new, chance)
}

fn open(home: &Path, passphrase: &SecretString) -> Result<Vec<u8>> {
    let file: KeyFile = serde_json::from_slice(&fs::read(home.join(KEY_FILE))?)
        .map_err(|error| StoreError::KeyFile(error.to_string()))?;
    if file.version != 1 || file.kdf != "argon2id" || file.cipher != "xchacha20poly1305" {
        return Err(StoreError::NewerFile);
    }
    let decode = |text: &str| BASE64.decode(text).map_err(|error| StoreError::KeyFile(error.to_string()));
    let nonce: [u8; 24] =
        decode(&file.nonce)?.try_into().map_err(|_| StoreError::KeyFile("the nonce is cut".to_owned()))?;
    let cipher = cipher(passphrase, &decode(&file.salt)?, file.cost)?;
    cipher
        .decrypt(&XNonce::from(nonce), Payload { msg: &decode(&file.wrapped)?, aad: CONTEXT })
        .map_err(|_| StoreError::WrongPassphrase)
}

fn wrap(home: &Path, key: &[u8], passphrase: &SecretString, chance: Chance<'_>) -> Result<()> {
    let (mut salt, mut nonce) = ([0_u8; 32], [0_u8; 24]);
    chance(&mut salt);
    chance(&mut nonce);
    let wrapped = cipher(passphrase, &salt, COST)?
        .encrypt(&XNonce::from(nonce), Payload { msg: key, aad: CONTEXT })
        .map_err(|_| StoreError::KeyFile("the key cannot be wrapped".to_owned()))?;
    let file = KeyFile {
        version: 1,
        kdf: "argon2id".to_owned(),
        cost: COST,
        salt: BASE64.encode(salt),
        cipher: "xchacha20poly1305".to_owned(),
        nonce: BASE64.encode(nonce),
        wrapped: BASE64.encode(wrapped),
    };
    replace(&home.join(KEY_FILE), &serde_json::to_vec_pretty(&file)?)
}

fn cipher(passphrase: &SecretString, salt: &[u8], cost: Cost) -> Result<XChaCha20Poly1305> {
    Ok(XChaCha20Poly1305::new(&stretched(passphrase, salt, cost)?.into()))
}

/// What becomes of a secret that people remember: slow to make, so that guessing is slow, too.
pub(crate) fn stretched(secret: &SecretString, salt: &[u8], cost: Cost) -> Result<[u8; 32]> {
    let broken = |error: argon2::Error| StoreError::KeyFile(error.to_string());
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(broken)?;
    let mut stretched = [0_u8; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret.expose_secret().as_bytes(), salt, &mut stretched)
        .map_err(broken)?;
    Ok(stretched)
}

/// Without its key a home is lost, so the new file is on the disk before it takes the old one's name.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let fresh = path.with_extension("json.new");
    let mut file = File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_passphrase_opens_a_wrong_one_does_not_and_a_new_one_keeps_the_key() {
        let home = tempfile::tempdir().unwrap();
        let (old, new) = (SecretString::from("верный пароль"), SecretString::from("another"));
        let mut chance = |bytes: &mut [u8]| bytes.fill(7);
        let key = create(home.path(), &old, &mut chance).unwrap();
        assert_eq!(unlock(home.path(), &old).unwrap().expose_secret(), key.expose_secret());
        assert!(matches!(unlock(home.path(), &new), Err(StoreError::WrongPassphrase)));
        change_passphrase(home.path(), &old, &new, &mut chance).unwrap();
        assert_eq!(unlock(home.path(), &new).unwrap().expose_secret(), key.expose_secret());
        assert!(unlock(home.path(), &old).is_err());
        let text = fs::read_to_string(home.path().join(KEY_FILE)).unwrap();
        assert!(!text.contains(key.expose_secret()));
    }
}
