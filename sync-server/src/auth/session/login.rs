//! `POST /auth/login`: a session for a browser.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{AppendHeaders, IntoResponse};
use domain::audit::{Action, Event, SubjectKind};
use domain::ids::TokenId;
use domain::input::Fields;
use jiff::SignedDuration;

use crate::auth::credentials::{Credentials, CredentialsBody};
use crate::auth::keys::{NewKey, Origin, to_micros};
use crate::auth::password::{SignedIn, sign_in};
use crate::auth::views::Account;
use crate::auth::{marks, store};
use crate::http::{
    CookieStyle, JsonObject, Problem, SESSION_DAYS, SignInErrors, TokenKind, Visitor, keep_mark, keep_session,
};
use crate::{AppState, audit};

/// Sign in a browser
///
/// Answers with a session cookie (`HttpOnly`, 30 days). Programs and devices use `POST /auth/token` instead. If the answer is
/// `second_factor_required`, send the same again with `code` (or `recoveryCode`) beside it.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "login", tag = "auth",
    request_body = CredentialsBody,
    responses((status = 200, description = "Signed in; `Set-Cookie` carries the session", body = Account), SignInErrors),
    security(())
)]
pub(super) async fn login(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<impl IntoResponse, Problem> {
    let mut fields = Fields::new(&object);
    let credentials = Credentials::read(&mut fields);
    fields.finish(())?;
    let SignedIn { user, mut tx, email_hash } = sign_in(&state, &visitor, &credentials).await?;
    let tenant = store::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let id = TokenId(state.new_id());
    let now = to_micros(state.now());
    let (key, text) = NewKey::make(tenant.id, user.id, TokenKind::Session, id, "browser".to_owned(), now);
    let key = NewKey { origin: Origin::of(&visitor), ..key };
    let key = key.lasting(SignedDuration::from_hours(24 * SESSION_DAYS));
    store::insert_token(&mut tx, &key).await?;
    audit::record(&mut tx, Event::new(Action::SignedIn, SubjectKind::Token, key.id.0));
    tx.commit().await?;
    let style = CookieStyle::of(&headers, state.is_production);
    let cookies = [keep_session(style, &text), keep_mark(style, &marks::make(&state.sealer, email_hash))];
    let [session, mark] = cookies.map(|cookie| cookie.map_err(|error| Problem::internal(&error)));
    Ok((AppendHeaders([session?, mark?]), Json(Account { user, tenant })))
}
