//! `POST /auth/email` and `/auth/email/confirm`: another address signs in. The new one proves itself, the old one is told.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::accounts::Notice;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::{ErrorCode, FieldProblem};
use domain::input::Fields;
use utoipa::ToSchema;

use super::codes::{self, Purpose};
use super::password::{Beside, hash_of, prove};
use super::views::User;
use super::{letters, store};
use crate::http::{JsonObject, PasswordErrors, Principal, Problem, ProblemBody, Visitor};
use crate::{AppState, audit};

/// The new address.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "email": "anna.new@example.ru", "password": "тёплый-лак-42" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct NewEmail {
    /// The address that is to sign in.
    #[schema(format = "email")]
    email: String,
    /// The password of the account.
    #[schema(format = "password")]
    password: String,
}

/// The code of a letter.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "code": "vlr_one_AY9…" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
pub(super) struct LetterCode {
    /// As it stands in the letter.
    code: String,
}

/// Ask for another address
///
/// The new address gets a letter with a code; until that is confirmed, nothing changes.
#[utoipa::path(
    post, path = "/auth/email", operation_id = "changeEmail", tag = "auth",
    request_body = NewEmail,
    responses((status = 202, description = "A letter is on its way to the new address"), PasswordErrors)
)]
pub(super) async fn change_email(
    State(state): State<AppState>,
    visitor: Visitor,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new(&object);
    let (email, password) = (fields.email("email"), fields.text("password"));
    fields.require("email", &email);
    fields.require("password", &password);
    fields.finish(())?;
    if !state.mail.is_configured() {
        return Err(Problem::new(ErrorCode::MailNotConfigured));
    }
    let email = email.into_option().map(|email| email.as_str().to_owned()).unwrap_or_default();
    let password = password.into_option().unwrap_or_default().into();
    let (user, mut tx) =
        prove(&state, &visitor, &principal, ("password", &password), Beside::Nothing).await?;
    if let Some(code) = codes::give_out(&state, &mut tx, user.id, Purpose::Email, &email).await? {
        letters::send(&state, &mut tx, &user, &email, Notice::ConfirmEmail, &code).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

/// Confirm another address
#[utoipa::path(
    post, path = "/auth/email/confirm", operation_id = "confirmEmail", tag = "auth",
    request_body = LetterCode,
    responses((status = 200, description = "The new address signs in", body = User),
        (status = 409, description = "`email_taken`: it has an account by now", body = ProblemBody), PasswordErrors)
)]
pub(super) async fn confirm_email(
    State(state): State<AppState>,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<Json<User>, Problem> {
    let mut fields = Fields::new(&object);
    let key = codes::read(&mut fields);
    fields.finish(())?;
    let key = key.filter(|key| key.tenant == principal.tenant).ok_or_else(codes::refused)?;
    let mut tx = state.begin(&principal).await?;
    super::hold(&mut tx, &principal, state.now()).await?;
    let confirmed = codes::use_up(&state, &mut tx, key, Purpose::Email).await?;
    if confirmed.user != principal.user {
        return Err(codes::refused());
    }
    let (old, _) = store::find_user(&mut tx, principal.user).await?.ok_or_else(Problem::not_found)?;
    store::remove_identity(&mut tx, principal.user).await?;
    if !store::insert_identity(&mut tx, hash_of(&confirmed.value), principal.user).await? {
        return Err(Problem::new(ErrorCode::EmailTaken).field("code", FieldProblem::Taken));
    }
    let user = User { email: confirmed.value, ..old.clone() };
    store::put_email(&mut tx, user.id, &user.email).await?;
    // Letters with codes went to the old address, which may be somebody else's by now.
    codes::use_up_all(&state, &mut tx, user.id).await?;
    audit::record(&mut tx, Event::new(Action::EmailChanged, SubjectKind::User, user.id.0));
    letters::tell_at(&state, &mut tx, &user, &old.email, Notice::EmailChanged).await?;
    tx.commit().await?;
    Ok(Json(user))
}
