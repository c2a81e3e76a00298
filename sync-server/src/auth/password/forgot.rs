//! `POST /auth/password/forgot`: a code for a new password, by mail. Says the same to everybody, after the same time.

use axum::extract::State;
use axum::http::StatusCode;
use domain::accounts::Notice;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::ErrorCode;
use domain::input::Fields;
use utoipa::ToSchema;

use super::hash_of;
use crate::auth::codes::{self, Purpose};
use crate::auth::{letters, store, store_identities};
use crate::db::StoreError;
use crate::http::{AnonymousErrors, JsonObject, Problem, Visitor};
use crate::{AppState, audit};

/// Whose password.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "email": "anna@example.ru" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct ForgottenPassword {
    /// The address that signs in.
    #[schema(format = "email")]
    email: String,
}

/// Ask for a new password
///
/// If the address has an account, it gets a letter with a code that works once, within an hour. The answer is the same
/// for every address.
#[utoipa::path(
    post, path = "/auth/password/forgot", operation_id = "forgotPassword", tag = "auth",
    request_body = ForgottenPassword,
    responses((status = 202, description = "If there is such an account, a letter is on its way"), AnonymousErrors),
    security(())
)]
pub(super) async fn forgot_password(
    State(state): State<AppState>,
    visitor: Visitor,
    JsonObject(object): JsonObject,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new(&object);
    let email = fields.email("email");
    fields.require("email", &email);
    fields.finish(())?;
    if !state.mail.is_configured() {
        return Err(Problem::new(ErrorCode::MailNotConfigured));
    }
    let email = email.into_option().map(|email| email.as_str().to_owned()).unwrap_or_default();
    // Behind the answer: whether there is anything to do does not show in its time. A process that ends just now sends no
    // letter, and she asks again.
    tokio::spawn(async move {
        if let Err(error) = send_code(&state, &visitor, &email).await {
            tracing::error!(%error, "no code for a new password was sent");
        }
    });
    Ok(StatusCode::ACCEPTED)
}

async fn send_code(state: &AppState, visitor: &Visitor, email: &str) -> Result<(), StoreError> {
    let Some((tenant, id)) = store_identities::find_identity(&state.db, hash_of(email)).await? else {
        return Ok(());
    };
    let mut tx = state.db.tenant(tenant).await?.caused_by(visitor.cause(id));
    let Some((user, _)) = store::find_user(&mut tx, id).await? else { return Ok(()) };
    let Some(code) = codes::give_out(state, &mut tx, id, Purpose::Password, "").await? else { return Ok(()) };
    audit::record(&mut tx, Event::new(Action::PasswordForgotten, SubjectKind::User, id.0));
    // To the address that is kept, not to the one that was typed.
    letters::send(state, &mut tx, &user, &user.email, Notice::ResetPassword, &code).await?;
    tx.commit().await
}
