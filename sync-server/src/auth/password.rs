//! Signing in with e-mail and password: what `login` and `token` share. One answer for an unknown e-mail and for a wrong
//! password, after the same time.

use std::net::SocketAddr;

use domain::email::Email;
use domain::errors::ErrorCode;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use super::passwords::PasswordError;
use super::store;
use super::views::User;
use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::http::Problem;

/// The longest password, in characters: hashing more is work for nothing.
pub(super) const LONGEST: usize = 1024;

/// What the directory knows an address by.
pub(super) fn email_hash(email: &Email) -> [u8; 32] {
    Sha256::digest(email.folded()).into()
}

/// The person with this e-mail and password, and an open transaction of the tenant.
pub(super) async fn sign_in(
    state: &AppState,
    peer: SocketAddr,
    email: &str,
    password: &SecretString,
) -> Result<(User, TenantTx), SignInError> {
    // What is no address cannot have an account; it takes the same way all the same.
    let email_hash = Email::parse(email).map_or([0; 32], |email| email_hash(&email));
    let who = (peer.ip(), email_hash);
    if let Some(wait) = state.login_guard.wait(who, state.now()) {
        return Err(SignInError::TooMany(wait));
    }
    let mut found = None;
    if let Some((tenant, user)) = store::find_identity(&state.db, email_hash).await? {
        let mut tx = state.db.tenant(tenant).await?;
        found = store::find_user(&mut tx, user).await?.map(|(user, hash)| (tenant, user, hash));
        tx.commit().await?;
    }
    let hash = found.as_ref().map(|(_, _, hash)| hash.clone());
    let is_right = state.passwords.is_right(password, hash).await?;
    match found {
        Some((tenant, user, _)) if is_right => {
            state.login_guard.right(who);
            Ok((user, state.db.tenant(tenant).await?))
        }
        _ => {
            state.login_guard.wrong(who, state.now());
            Err(SignInError::Wrong)
        }
    }
}

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub(super) enum SignInError {
    /// No such e-mail, or not its password.
    #[error("wrong e-mail or password")]
    Wrong,
    /// Too many wrong ones in a row.
    #[error("too many wrong passwords; wait {0:?}")]
    TooMany(std::time::Duration),
    /// Neither right nor wrong.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Self::new(ErrorCode::Unauthorized),
            SignInError::TooMany(wait) => Self::new(ErrorCode::TooManyRequests).after(wait),
            SignInError::Password(cause) => cause.into(),
            SignInError::Store(cause) => cause.into(),
        }
    }
}
