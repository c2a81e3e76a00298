//! Letters to people who sign in: written in their language, sealed, and handed to a job in the transaction of their cause.

use domain::accounts::Notice;
use domain::ids::UserId;
use domain::lang::Lang;
use secrecy::{ExposeSecret as _, SecretString};

use super::store;
use super::views::User;
use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::mail::{self, Letter};

/// Tells a person, at the address that signs in, what has happened. Without mail nobody is told, and the log says so.
pub(super) async fn tell(
    state: &AppState,
    tx: &mut TenantTx,
    user: UserId,
    notice: Notice,
) -> Result<(), StoreError> {
    if !state.mail.is_configured() {
        tracing::warn!(kind = %notice, "nobody was told, for no mail is configured");
        return Ok(());
    }
    match store::find_user(tx, user).await? {
        Some((user, _)) => tell_at(state, tx, &user, &user.email, notice).await,
        None => Ok(()),
    }
}

/// The same, at another address of theirs.
pub(super) async fn tell_at(
    state: &AppState,
    tx: &mut TenantTx,
    user: &User,
    to: &str,
    notice: Notice,
) -> Result<(), StoreError> {
    send(state, tx, user, to, notice, &SecretString::default()).await
}

/// Sends a code.
pub(super) async fn send(
    state: &AppState,
    tx: &mut TenantTx,
    user: &User,
    to: &str,
    notice: Notice,
    code: &SecretString,
) -> Result<(), StoreError> {
    let lang: Lang = user.locale.parse().unwrap_or_default();
    let letter = Letter {
        to: to.to_owned(),
        subject: notice.subject(lang),
        text: notice.text(lang, code.expose_secret()),
    };
    mail::send(state, tx, &letter).await
}
