//! `POST /auth/login`: a session for a browser.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{AppendHeaders, IntoResponse};
use domain::audit::{Action, Event, SubjectKind};
use domain::ids::TokenId;
use domain::input::Fields;
use jiff::SignedDuration;
use secrecy::SecretString;
use utoipa::ToSchema;

use super::keys::{NewKey, to_micros};
use super::password::sign_in;
use super::store;
use super::views::Account;
use crate::http::{
    AnonymousErrors, CookieStyle, JsonObject, Problem, SESSION_DAYS, TokenKind, Visitor, keep_session,
};
use crate::{AppState, audit};

/// An e-mail and its password.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "email": "anna@example.ru", "password": "тёплый-лак-42" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct Credentials {
    /// The address.
    #[schema(format = "email")]
    email: String,
    /// The password.
    #[schema(format = "password")]
    password: String,
}

/// Sign in a browser
///
/// Answers with a session cookie (`HttpOnly`, 30 days). Programs and devices use `POST /auth/token` instead.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "login", tag = "auth",
    request_body = Credentials,
    responses((status = 200, description = "Signed in; `Set-Cookie` carries the session", body = Account), AnonymousErrors),
    security(())
)]
pub(super) async fn login(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<impl IntoResponse, Problem> {
    let mut fields = Fields::new(&object);
    let (email, password) = read_credentials(&mut fields);
    fields.finish(())?;
    let (user, mut tx) = sign_in(&state, &visitor, &email, &password).await?;
    let tenant = store::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let id = TokenId(state.new_id());
    let now = to_micros(state.now());
    let (mut key, text) = NewKey::make(tenant.id, user.id, TokenKind::Session, id, "browser".to_owned(), now);
    key.expires_at = now.checked_add(SignedDuration::from_hours(24 * SESSION_DAYS)).ok();
    store::insert_token(&mut tx, &key).await?;
    audit::record(&mut tx, Event::new(Action::SignedIn, SubjectKind::Token, key.id.0));
    tx.commit().await?;
    let cookie = keep_session(CookieStyle::of(&headers, state.is_production), &text);
    let cookie = cookie.map_err(|error| Problem::internal(&error))?;
    Ok((AppendHeaders([cookie]), Json(Account { user, tenant })))
}

/// The fields that `login` and `token` share. Neither says what an address or a password must look like.
pub(super) fn read_credentials(fields: &mut Fields<'_>) -> (String, SecretString) {
    let (email, password) = (fields.line("email"), fields.text("password"));
    fields.require("email", &email);
    fields.require("password", &password);
    (email.into_option().unwrap_or_default(), password.into_option().unwrap_or_default().into())
}
