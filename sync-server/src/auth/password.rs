//! Signing in with e-mail and password: what `login` and `token` share. One answer for an unknown e-mail and for a wrong
//! password, after the same time and the same questions to the database.

use domain::audit::{Action, Event, SubjectKind};
use domain::email::Email;
use domain::errors::ErrorCode;
use domain::ids::{TenantId, UserId};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::passwords::{PasswordError, Verdict};
use super::store;
use super::views::User;
use crate::db::{StoreError, TenantTx};
use crate::http::{Problem, Visitor};
use crate::{AppState, audit};

/// The longest password, in characters: hashing more is work for nothing.
pub(super) const LONGEST: usize = 1024;

/// What the directory knows an address by.
pub(super) fn email_hash(email: &Email) -> [u8; 32] {
    Sha256::digest(email.folded()).into()
}

/// The person with this e-mail and password, and an open transaction of the tenant.
pub(super) async fn sign_in(
    state: &AppState,
    visitor: &Visitor,
    email: &str,
    password: &SecretString,
) -> Result<(User, TenantTx), SignInError> {
    // What is no address cannot have an account; it takes the same way all the same.
    let email_hash = Email::parse(email).map_or([0; 32], |email| email_hash(&email));
    let who = (visitor.ip, email_hash);
    if let Some(wait) = state.login_guard.wait(who, state.now()) {
        return Err(SignInError::TooMany(wait));
    }
    // Nobody is behind a wall of their own, and is looked for there.
    let nobody = (TenantId(Uuid::nil()), UserId(Uuid::nil()));
    let (tenant, id) = store::find_identity(&state.db, email_hash).await?.unwrap_or(nobody);
    let mut tx = state.db.tenant(tenant).await?;
    let (user, hash) = store::find_user(&mut tx, id).await?.unzip();
    tx.commit().await?;
    let verdict = state.passwords.check(password, hash).await?;
    let mut tx = state.db.tenant(tenant).await?.caused_by(visitor.cause(id));
    let Some(user) = user.filter(|_| verdict != Verdict::Wrong) else {
        state.login_guard.wrong(who, state.now());
        note_failure(tx, id).await?;
        return Err(SignInError::Wrong);
    };
    state.login_guard.right(who);
    if verdict == Verdict::RightButWeak {
        let hash = state.passwords.hash(password).await?;
        store::put_password(&mut tx, id, &hash).await?;
    }
    metrics::counter!("veloria_sign_ins_total", "outcome" => "success").increment(1);
    Ok((user, tx))
}

/// Writes down that somebody failed at an account. An unknown one takes as many steps, and nobody waits for the disk, whose
/// pace would tell the two apart.
async fn note_failure(mut tx: TenantTx, user: UserId) -> Result<(), StoreError> {
    metrics::counter!("veloria_sign_ins_total", "outcome" => "failure").increment(1);
    store::do_not_wait_for_the_disk(&mut tx).await?;
    if user.0.is_nil() {
        store::find_user(&mut tx, user).await?;
    } else {
        audit::record(&mut tx, Event::new(Action::SignInFailed, SubjectKind::User, user.0));
    }
    tx.commit().await
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
