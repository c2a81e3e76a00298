//! Marks of browsers that signed in before (docs/adr/0012): a cookie sealed for one account. It opens nothing; with it, others'
//! wrong guesses do not make its owner wait.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};

use crate::http::Visitor;
use crate::sealed::Sealer;
use crate::system::random_bytes;

fn place(email: [u8; 32]) -> String {
    format!("known browser of {}", hex::encode(email))
}

/// A new mark for an account.
pub(super) fn make(sealer: &Sealer, email: [u8; 32]) -> SecretString {
    let mark: [u8; 16] = random_bytes();
    URL_SAFE_NO_PAD.encode(sealer.seal(&place(email), &mark)).into()
}

/// The mark that a browser carries for this account, if it carries one that we made.
pub(super) fn read(sealer: &Sealer, visitor: &Visitor, email: [u8; 32]) -> Option<[u8; 16]> {
    let mark = URL_SAFE_NO_PAD.decode(visitor.mark.as_ref()?.expose_secret()).ok()?;
    sealer.open(&place(email), &mark).ok()?.expose_secret().try_into().ok()
}
