//! `POST /auth/email` and `/auth/email/confirm`: another address signs in. The new one proves itself, the old one is told.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::accounts::Notice;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::{ErrorCode, FieldProblem};
use utoipa::ToSchema;

use super::{Contact, LetterCode};
use crate::auth::password::hash_of;
use crate::auth::views::User;
use crate::auth::{codes, letters, store, store_identities};
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
    super::ask(&state, &visitor, &principal, Contact::Email, &object).await?;
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
    let (email, old, mut tx) = super::confirmed(&state, &principal, Contact::Email, &object).await?;
    store_identities::remove_identity(&mut tx, principal.user).await?;
    if !store_identities::insert_identity(&mut tx, hash_of(&email), principal.user).await? {
        return Err(Problem::new(ErrorCode::EmailTaken).field("code", FieldProblem::Taken));
    }
    let user = User { email, ..old.clone() };
    store::put_email(&mut tx, user.id, &user.email).await?;
    // Letters with codes went to the old address, which may be somebody else's by now.
    codes::use_up_all(&state, &mut tx, user.id).await?;
    audit::record(&mut tx, Event::new(Action::EmailChanged, SubjectKind::User, user.id.0));
    letters::tell_at(&state, &mut tx, &user, &old.email, Notice::EmailChanged).await?;
    tx.commit().await?;
    Ok(Json(user))
}
