//! The second factor: six digits from an app (TOTP, RFC 6238), and ten recovery codes for the day the phone is lost.
//!
//! The secret is sealed under a key that is not in the database. A code works once, and one step (30 seconds) to either side
//! of the server's clock. To begin needs the plan; to go on or to end it does not: a downgrade locks nobody out.

mod confirm;
mod disable;
mod enrol;
mod recovery;
mod status;
mod store;
#[cfg(test)]
mod tests;

use domain::audit::{Action, Event, SubjectKind};
use domain::errors::ErrorCode;
use domain::ids::UserId;
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::{Builder, Totp, TotpError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::credentials::Proof;
use crate::db::{StoreError, TenantTx};
use crate::http::Problem;
use crate::sealed::SealedError;
use crate::{AppState, audit};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(status::second_factor, enrol::enrol_second_factor))
        .routes(routes!(confirm::confirm_second_factor))
        .routes(routes!(disable::disable_second_factor))
        .routes(routes!(recovery::renew_recovery_codes))
}

/// Holds the proof against the second factor of a person, if codes are asked for. What it uses up is used up when the
/// transaction commits.
pub(super) async fn check(
    state: &AppState,
    tx: &mut TenantTx,
    user: UserId,
    proof: Option<&Proof>,
) -> Result<(), FactorError> {
    let Some(factor) = store::find(tx, user).await?.filter(|factor| factor.confirmed_at.is_some()) else {
        return Ok(());
    };
    let is_right = match proof {
        None => return Err(FactorError::Required),
        Some(Proof::Code(code)) => use_code(state, tx, user, &factor.sealed, code).await?,
        Some(Proof::Recovery(code)) => {
            let is_right = store::use_recovery_code(tx, user, recovery::hash(code), state.now()).await?;
            if is_right {
                audit::record(tx, Event::new(Action::RecoveryCodeUsed, SubjectKind::User, user.0));
            }
            is_right
        }
    };
    if is_right { Ok(()) } else { Err(FactorError::Wrong) }
}

/// Whether a code is right and was not used before; now it is.
async fn use_code(
    state: &AppState,
    tx: &mut TenantTx,
    user: UserId,
    sealed: &[u8],
    code: &SecretString,
) -> Result<bool, FactorError> {
    let secret = state.sealer.open(&place(tx, user), sealed)?;
    let totp = totp(secret.expose_secret(), "")?;
    let now = u64::try_from(state.now().as_second()).unwrap_or_default();
    let code = code.expose_secret().replace(' ', "");
    let Some(step) = totp.check(&code, now) else { return Ok(false) };
    let step = i64::try_from(step).map_err(StoreError::damaged)?;
    Ok(store::use_step(tx, user, step).await?)
}

/// What a secret is sealed for.
fn place(tx: &TenantTx, user: UserId) -> String {
    format!("second factor of {} {user}", tx.tenant())
}

/// The rule by which an app and we make the same codes: six digits, every 30 seconds, one step to either side.
fn totp(secret: &[u8], account: &str) -> Result<Totp, TotpError> {
    let builder =
        Builder::new().with_secret(secret.to_vec()).with_digits(6).with_skew(1).with_step_duration(30);
    // A colon parts the issuer from the account.
    builder.with_issuer(Some("VeloriaCRM")).with_account_name(account.replace(':', " ")).build()
}

/// Why the second factor was not proved.
#[derive(Debug, thiserror::Error)]
pub(super) enum FactorError {
    /// No code came.
    #[error("a code of the second factor is needed")]
    Required,
    /// A wrong one, or one that was used.
    #[error("the code of the second factor is wrong or was used")]
    Wrong,
    /// The secret cannot be opened: `APP_KEY` is another one.
    #[error("the second factor cannot be read: {0}")]
    Sealed(#[from] SealedError),
    /// The secret is none.
    #[error("the second factor cannot be used: {0}")]
    Totp(#[from] TotpError),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FactorError> for Problem {
    fn from(error: FactorError) -> Self {
        match error {
            FactorError::Required => Self::new(ErrorCode::SecondFactorRequired),
            FactorError::Wrong => Self::new(ErrorCode::SecondFactorWrong),
            FactorError::Sealed(_) | FactorError::Totp(_) => Self::internal(&error),
            FactorError::Store(cause) => cause.into(),
        }
    }
}
