//! The key with which this device talks to the server, and how it is replaced without ever standing there without one.
//!
//! A new key is stored beside the old one before it is used; the server lets the old one live until then. So whatever is cut
//! (the question, the answer, the store, the first use), one of the two works.

use domain::dates::format_seconds;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use super::{App, AppError, Result, notices};
use crate::store::{Result as StoreResult, Tx};

/// Meta: the key.
const TOKEN: &str = "token";
/// Meta: the key before it, for a server that does not know the new one: it was restored from a backup.
const FORMER_TOKEN: &str = "former_token";
/// Meta: since when the key is this one, RFC 3339.
const TOKEN_SINCE: &str = "token_since";
/// How long a key is used.
const LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The first key of an identity.
pub(super) fn begin(tx: &Tx<'_>, token: &SecretString, now: Timestamp) -> StoreResult<()> {
    tx.clear_meta(FORMER_TOKEN)?;
    tx.set_meta(TOKEN, &token.expose_secret())?;
    tx.set_meta(TOKEN_SINCE, &format_seconds(now.as_second()).unwrap_or_default())
}

/// No key any more.
pub(super) fn forget(tx: &Tx<'_>) -> StoreResult<()> {
    [TOKEN, FORMER_TOKEN, TOKEN_SINCE].into_iter().try_for_each(|name| tx.clear_meta(name))
}

impl App {
    /// The device's token, while it is signed in.
    pub fn token(&self) -> Result<Option<SecretString>> {
        self.store.read(|tx| Ok(tx.meta::<String>(TOKEN)?.map(SecretString::from)))
    }

    /// Whether the token has been used for so long that a new one should be asked for.
    pub fn needs_new_token(&self) -> Result<bool> {
        let now = self.now();
        self.store.read(|tx| {
            let has_one = tx.meta::<String>(TOKEN)?.is_some();
            let since = tx.meta::<String>(TOKEN_SINCE)?.and_then(|text| text.parse::<Timestamp>().ok());
            // A clock that was put back must not keep a key for ever: the distance counts, not the order.
            Ok(has_one && since.is_none_or(|since| now.duration_since(since).abs() >= LIFE))
        })
    }

    /// Keeps a new token; the one before stays beside it.
    pub fn keep_token(&mut self, token: &SecretString) -> Result<()> {
        let since = format_seconds(self.now().as_second()).unwrap_or_default();
        self.store.write::<_, AppError>(|tx| {
            if let Some(former) = tx.meta::<String>(TOKEN)? {
                tx.set_meta(FORMER_TOKEN, &former)?;
            }
            tx.set_meta(TOKEN, &token.expose_secret())?;
            Ok(tx.set_meta(TOKEN_SINCE, &since)?)
        })
    }

    /// The token before, if there was one.
    pub fn former_token(&self) -> Result<Option<SecretString>> {
        self.store.read(|tx| Ok(tx.meta::<String>(FORMER_TOKEN)?.map(SecretString::from)))
    }

    /// The server does not know the token: the one before it becomes the token again, if there is one. It is tried once.
    pub fn go_back_to_former_token(&mut self) -> Result<Option<SecretString>> {
        self.store.write::<_, AppError>(|tx| {
            let Some(former) = tx.meta::<String>(FORMER_TOKEN)? else { return Ok(None) };
            tx.set_meta(TOKEN, &former)?;
            // The device was not disconnected; the server had only forgotten.
            tx.retract(notices::REVOKED)?;
            tx.clear_meta(FORMER_TOKEN)?;
            tx.clear_meta(TOKEN_SINCE)?;
            Ok(Some(former.into()))
        })
    }
}
