//! A device's key is replaced when it was used for long, before a sync; and a server that was restored from a backup and knows
//! only the key before is talked to with that one.

use crate::app::App;
use secrecy::SecretString;

use super::account::Accounts;
use super::{RemoteError, Steps};
use crate::app::AppError;

/// Asks for a new token if it is time, and keeps it. A server that does not answer, or does not know the token, is the next
/// sync's business: the old token stays.
pub async fn renew(device: &mut impl Steps, accounts: &Accounts) -> Result<(), AppError> {
    let worn = device.look(|app| if app.needs_new_token()? { app.token() } else { Ok(None) }).await?;
    let Some(token) = worn else { return Ok(()) };
    match accounts.new_token(&token).await {
        Ok(token) => device.look(move |app| app.keep_token(&token)).await,
        Err(_) => Ok(()),
    }
}

/// What to try after the server did not know the token: the one before it, if the server knows that. `None` if there is
/// none, or it is as unknown; then she signs in again.
pub async fn fall_back(
    device: &mut impl Steps,
    accounts: &Accounts,
) -> Result<Option<SecretString>, FallBackError> {
    let Some(former) = device.look(|app| app.former_token()).await? else { return Ok(None) };
    if !accounts.knows(&former).await? {
        return Ok(None);
    }
    Ok(device.look(App::go_back_to_former_token).await?)
}

/// Why it is not known whether the token before would do.
#[derive(Debug, thiserror::Error)]
pub enum FallBackError {
    /// The store.
    #[error(transparent)]
    App(#[from] AppError),
    /// The server.
    #[error(transparent)]
    Remote(#[from] RemoteError),
}
