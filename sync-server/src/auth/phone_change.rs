//! `POST /auth/phone` and `/auth/phone/confirm`: another phone of the person. As long as this server sends no messages, the
//! code comes by mail.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::accounts::Notice;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::ErrorCode;
use domain::input::Fields;
use utoipa::ToSchema;

use super::codes::{self, Purpose};
use super::email_change::LetterCode;
use super::password::{Beside, prove};
use super::views::User;
use super::{letters, store};
use crate::http::{JsonObject, PasswordErrors, Principal, Problem, Visitor};
use crate::{AppState, audit};

/// The new phone.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "phone": "8 916 123-45-67", "password": "тёплый-лак-42" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct NewPhone {
    /// E.164, or as people write it.
    phone: String,
    /// The password of the account.
    #[schema(format = "password")]
    password: String,
}

/// Ask for another phone
///
/// The code to confirm it comes by mail to the address that signs in: it proves that the owner asks, not yet that the phone
/// is hers.
#[utoipa::path(
    post, path = "/auth/phone", operation_id = "changePhone", tag = "auth",
    request_body = NewPhone,
    responses((status = 202, description = "A letter is on its way"), PasswordErrors)
)]
pub(super) async fn change_phone(
    State(state): State<AppState>,
    visitor: Visitor,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new(&object);
    let (phone, password) = (fields.phone("phone"), fields.text("password"));
    fields.require("phone", &phone);
    fields.require("password", &password);
    fields.finish(())?;
    if !state.mail.is_configured() {
        return Err(Problem::new(ErrorCode::MailNotConfigured));
    }
    let phone = phone.into_option().map(|phone| phone.as_str().to_owned()).unwrap_or_default();
    let password = password.into_option().unwrap_or_default().into();
    let (user, mut tx) =
        prove(&state, &visitor, &principal, ("password", &password), Beside::Nothing).await?;
    if let Some(code) = codes::give_out(&state, &mut tx, user.id, Purpose::Phone, &phone).await? {
        letters::send(&state, &mut tx, &user, &user.email, Notice::ConfirmPhone, &code).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

/// Confirm another phone
#[utoipa::path(
    post, path = "/auth/phone/confirm", operation_id = "confirmPhone", tag = "auth",
    request_body = LetterCode,
    responses((status = 200, description = "It is kept", body = User), PasswordErrors)
)]
pub(super) async fn confirm_phone(
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
    let confirmed = codes::use_up(&state, &mut tx, key, Purpose::Phone).await?;
    if confirmed.user != principal.user {
        return Err(codes::refused());
    }
    let (user, _) = store::find_user(&mut tx, principal.user).await?.ok_or_else(Problem::not_found)?;
    let user = User { phone: Some(confirmed.value), ..user };
    store::put_phone(&mut tx, user.id, user.phone.as_deref()).await?;
    audit::record(&mut tx, Event::new(Action::PhoneChanged, SubjectKind::User, user.id.0));
    tx.commit().await?;
    Ok(Json(user))
}
