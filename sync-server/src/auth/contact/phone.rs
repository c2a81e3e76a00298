//! `POST /auth/phone` and `/auth/phone/confirm`: another phone of the person. As long as this server sends no messages, the
//! code comes by mail.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::audit::{Action, Event, SubjectKind};
use utoipa::ToSchema;

use super::{Contact, LetterCode};
use crate::auth::store;
use crate::auth::views::User;
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
    super::ask(&state, &visitor, &principal, Contact::Phone, &object).await?;
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
    let (phone, old, mut tx) = super::confirmed(&state, &principal, Contact::Phone, &object).await?;
    let user = User { phone: Some(phone), ..old };
    store::put_phone(&mut tx, user.id, user.phone.as_deref()).await?;
    audit::record(&mut tx, Event::new(Action::PhoneChanged, SubjectKind::User, user.id.0));
    tx.commit().await?;
    Ok(Json(user))
}
