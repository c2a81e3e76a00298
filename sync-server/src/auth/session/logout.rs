//! `POST /auth/logout`: ends the session or token that asks.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use domain::audit::{Action, Event, SubjectKind};

use crate::auth::keys::to_micros;
use crate::auth::store;
use crate::http::{CookieStyle, ItemErrors, Principal, Problem, clear_session};
use crate::{AppState, audit};

/// Sign out
///
/// Revokes the token or session that this request carries; of a pair, the refresh token, too, and of a device, every key.
#[utoipa::path(
    post, path = "/auth/logout", operation_id = "logout", tag = "auth",
    responses((status = 204, description = "Signed out"), ItemErrors)
)]
pub(super) async fn logout(
    State(state): State<AppState>,
    principal: Principal,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let mut tx = state.begin(&principal).await?;
    let now = to_micros(state.now());
    store::revoke_token(&mut tx, principal.user, principal.token_id, now).await?;
    if let Some(device) = principal.device {
        // A new key that waits to be used for the first time, too.
        store::revoke_tokens_of_device(&mut tx, device, now).await?;
    }
    audit::record(&mut tx, Event::new(Action::SignedOut, SubjectKind::Token, principal.token_id.0));
    tx.commit().await?;
    state.live.look_again(principal.tenant);
    let cookie = clear_session(CookieStyle::of(&headers, state.is_production));
    let cookie = cookie.map_err(|error| Problem::internal(&error))?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([cookie])))
}
