//! `admin reset-password EMAIL`: a code for a new password, to be handed over by the operator, by letter, or both.

use secrecy::ExposeSecret as _;
use serde_json::json;

use super::who::Who;
use super::{AdminError, Shown};
use crate::{AppState, auth};

pub(super) async fn reset_password(
    state: &AppState,
    email: &str,
    by_letter: bool,
) -> Result<Shown, AdminError> {
    if by_letter && !state.mail.is_configured() {
        return Err(AdminError::NoMail);
    }
    let who = Who::find(state, email).await?;
    if who.person.is_none() {
        return Err(AdminError::NoSuchPerson);
    }
    let mut tx = who.begin(state).await?;
    let person = who.people(&mut tx).await?.into_iter().next().ok_or(AdminError::NoSuchPerson)?;
    let code = auth::password_code(state, &mut tx, &person, by_letter).await?;
    let code = code.ok_or(AdminError::TooManyCodes)?;
    tx.commit().await?;
    Ok(Shown(json!({
        "id": person.id,
        "code": code.expose_secret(),
        "use": "POST /api/v1/auth/password/reset { code, newPassword }",
        "mailed": by_letter,
    })))
}
