//! Signing in with e-mail and password: what `login` and `token` share. One answer for an unknown e-mail and for a wrong
//! password, after the same time and the same questions to the database.

mod change;
mod forgot;
mod hashing;
mod reset;

use std::future::Future;

use domain::audit::{Action, Event, SubjectKind};
use domain::email::Email;
use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::{TenantId, UserId};
use domain::input::Fields;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) use hashing::PasswordError;
pub use hashing::Passwords;
use hashing::Verdict;

use super::credentials::{Credentials, Proof};
use super::login_guard::Who;
use super::second_factor::{self, FactorError};
use super::views::User;
use super::{marks, store, store_identities, store_sessions};
use crate::db::{StoreError, TenantTx};
use crate::http::{Principal, Problem, Visitor};
use crate::{AppState, audit};

/// The routes of this room.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(change::change_password))
        .routes(routes!(forgot::forgot_password))
        .routes(routes!(reset::reset_password))
}

/// The shortest password, in characters.
const SHORTEST: usize = 8;
/// The longest: hashing more is work for nothing.
const LONGEST: usize = 1024;

/// What the directory knows an address by.
pub(super) fn email_hash(email: &Email) -> [u8; 32] {
    Sha256::digest(email.folded()).into()
}

/// The same of a text; what is no address cannot have an account, and takes the same way all the same.
pub(super) fn hash_of(email: &str) -> [u8; 32] {
    Email::parse(email).map_or([0; 32], |email| email_hash(&email))
}

/// Reads a password that somebody chooses.
pub(super) fn chosen(fields: &mut Fields<'_>, name: &'static str) -> SecretString {
    let password = fields.text(name);
    fields.require(name, &password);
    let password = password.into_option().unwrap_or_default();
    match password.chars().count() {
        // Told as missing already.
        0 => {}
        1..SHORTEST => fields.mistake(name, FieldProblem::TooShort),
        SHORTEST..=LONGEST => {}
        _ => fields.mistake(name, FieldProblem::TooLong),
    }
    password.into()
}

/// Somebody who has signed in.
#[derive(Debug)]
pub(super) struct SignedIn {
    pub(super) user: User,
    /// A transaction of the tenant, for what the sign-in makes.
    pub(super) tx: TenantTx,
    /// What the browser is known by from now on.
    pub(super) email_hash: [u8; 32],
}

/// The person with these credentials, and an open transaction of the tenant.
pub(super) async fn sign_in(
    state: &AppState,
    visitor: &Visitor,
    credentials: &Credentials,
) -> Result<SignedIn, SignInError> {
    let email_hash = hash_of(credentials.email.show());
    let who = who(state, visitor, email_hash);
    state.login_guard.begin(who, state.now()).await.map_err(SignInError::TooMany)?;
    let tried = try_in(state, visitor, email_hash, credentials).await;
    match &tried {
        Ok(_) => drop(state.login_guard.right(who)),
        Err(SignInError::Wrong | SignInError::Factor(FactorError::Wrong)) => {}
        // The password was right and nothing was guessed; or nobody could say.
        Err(_) => state.login_guard.undecided(who).await,
    }
    let outcome = if tried.is_ok() { "success" } else { "failure" };
    metrics::counter!("veloria_sign_ins_total", "outcome" => outcome).increment(1);
    let (user, tx) = tried?;
    Ok(SignedIn { user, tx, email_hash })
}

async fn try_in(
    state: &AppState,
    visitor: &Visitor,
    email_hash: [u8; 32],
    credentials: &Credentials,
) -> Result<(User, TenantTx), SignInError> {
    // Nobody is behind a wall of their own, and is looked for there.
    let nobody = (TenantId(Uuid::nil()), UserId(Uuid::nil()));
    let (tenant, id) = store_identities::find_identity(&state.db, email_hash).await?.unwrap_or(nobody);
    let mut tx = state.db.tenant(tenant).await?;
    let (user, hash) = store::find_user(&mut tx, id).await?.unzip();
    tx.commit().await?;
    let verdict = state.passwords.check(&credentials.password, hash.clone()).await?;
    let anew = match verdict {
        Verdict::RightButWeak => Some(state.passwords.hash(&credentials.password).await?),
        Verdict::Right | Verdict::Wrong => None,
    };
    let mut tx = state.db.tenant(tenant).await?.caused_by(visitor.cause(id));
    let (Some(user), Some(hash), true) = (user, hash, verdict != Verdict::Wrong) else {
        note_failure(tx, id).await?;
        return Err(SignInError::Wrong);
    };
    // The password may have become another one while this one was being checked.
    if !store_sessions::hold_with_password(&mut tx, id, &hash).await? {
        note_failure(tx, id).await?;
        return Err(SignInError::Wrong);
    }
    if let Err(error) = second_factor::check(state, &mut tx, id, credentials.proof.as_ref()).await {
        if matches!(error, FactorError::Wrong) {
            drop(tx);
            note_failure(state.db.tenant(tenant).await?.caused_by(visitor.cause(id)), id).await?;
        }
        return Err(error.into());
    }
    if let Some(hash) = anew {
        store::put_password(&mut tx, id, &hash).await?;
    }
    Ok((user, tx))
}

/// Writes down that somebody failed at an account. An unknown one takes as many steps, and nobody waits for the disk, whose
/// pace would tell the two apart.
async fn note_failure(mut tx: TenantTx, user: UserId) -> Result<(), StoreError> {
    store::do_not_wait_for_the_disk(&mut tx).await?;
    if user.0.is_nil() {
        store::find_user(&mut tx, user).await?;
    } else {
        audit::record(&mut tx, Event::new(Action::SignInFailed, SubjectKind::User, user.0));
    }
    tx.commit().await
}

/// Who tries, as the guard counts them.
fn who(state: &AppState, visitor: &Visitor, email: [u8; 32]) -> Who {
    Who { ip: visitor.ip, email, known: marks::read(&state.sealer, visitor, email) }
}

/// What must be shown beside the password.
#[derive(Clone, Copy, Debug)]
pub(super) enum Beside<'a> {
    /// Nothing.
    Nothing,
    /// The second factor, if there is one.
    Factor(Option<&'a Proof>),
}

/// Proof that whoever asks with a key also knows the password: for what a stolen session must not do. The person, and a
/// transaction for the effect. Guesses are counted as at the door.
pub(super) async fn prove(
    state: &AppState,
    visitor: &Visitor,
    principal: &Principal,
    (name, password): (&str, &SecretString),
    beside: Beside<'_>,
) -> Result<(User, TenantTx), Problem> {
    let nothing = async { Ok(()) };
    let (user, tx, ()) = prove_and(state, visitor, principal, (name, password), beside, nothing).await?;
    Ok((user, tx))
}

/// The same, with slow work that is begun once the password is known, and done before a connection is held for the effect.
pub(super) async fn prove_and<T>(
    state: &AppState,
    visitor: &Visitor,
    principal: &Principal,
    (name, password): (&str, &SecretString),
    beside: Beside<'_>,
    work: impl Future<Output = Result<T, PasswordError>>,
) -> Result<(User, TenantTx, T), Problem> {
    let mut tx = state.begin(principal).await?;
    let (user, hash) = store::find_user(&mut tx, principal.user).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    let who = who(state, visitor, hash_of(&user.email));
    state.login_guard.begin(who, state.now()).await.map_err(SignInError::TooMany)?;
    let proved = async {
        let verdict = state.passwords.check(password, Some(hash.clone())).await?;
        if verdict == Verdict::Wrong {
            return Err(SignInError::Wrong);
        }
        let done = work.await?;
        let mut tx = state.begin(principal).await?;
        // Both may have changed while the password was being checked.
        if !store_sessions::hold_with_password(&mut tx, user.id, &hash).await? {
            return Err(SignInError::Wrong);
        }
        if !store::is_alive(&mut tx, principal.token_id, state.now()).await? {
            return Err(SignInError::Ended);
        }
        if let Beside::Factor(proof) = beside {
            second_factor::check(state, &mut tx, user.id, proof).await?;
        }
        Ok((tx, done))
    };
    match proved.await {
        Ok((tx, done)) => {
            drop(state.login_guard.right(who));
            Ok((user, tx, done))
        }
        Err(SignInError::Wrong) => {
            Err(Problem::new(ErrorCode::ValidationFailed).field(name, FieldProblem::WrongPassword))
        }
        Err(error) => {
            if !matches!(error, SignInError::Factor(FactorError::Wrong)) {
                state.login_guard.undecided(who).await;
            }
            Err(error.into())
        }
    }
}

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub(super) enum SignInError {
    /// No such e-mail, or not its password.
    #[error("wrong e-mail or password")]
    Wrong,
    /// The key that asks was ended meanwhile.
    #[error("the key no longer works")]
    Ended,
    /// Too many wrong ones in a row.
    #[error("too many wrong passwords; wait {0:?}")]
    TooMany(std::time::Duration),
    /// The second factor.
    #[error(transparent)]
    Factor(#[from] FactorError),
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
            SignInError::Wrong | SignInError::Ended => Self::new(ErrorCode::Unauthorized),
            SignInError::TooMany(wait) => Self::new(ErrorCode::TooManyRequests).after(wait),
            SignInError::Factor(cause) => cause.into(),
            SignInError::Password(cause) => cause.into(),
            SignInError::Store(cause) => cause.into(),
        }
    }
}
