//! `POST /auth/logout-everywhere`: every session and token ends, the one that asks, too; devices if she says so.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use domain::audit::{Action, Event, SubjectKind};
use domain::input::Fields;
use serde_json::json;
use utoipa::ToSchema;

use crate::auth::keys::to_micros;
use crate::auth::store_sessions::{self, Ended};
use crate::http::{CookieStyle, PasswordErrors, Principal, Problem, clear_session};
use crate::writes::{MaybeObject, ReadBody as _};
use crate::{AppState, audit};

/// How far it goes.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "devices": false }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct Everywhere {
    /// Whether phones and laptops are disconnected, too; `false` if absent.
    devices: Option<bool>,
}

/// Sign out everywhere
///
/// Ends every session, every sign-in of a program and every personal access token, the one that asks, too.
#[utoipa::path(
    post, path = "/auth/logout-everywhere", operation_id = "logoutEverywhere", tag = "auth",
    request_body = Option<Everywhere>,
    responses((status = 204, description = "Nothing of them works any more"), PasswordErrors)
)]
pub(super) async fn logout_everywhere(
    State(state): State<AppState>,
    principal: Principal,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, Problem> {
    let MaybeObject(object) = MaybeObject::read(&headers, &body)?;
    let mut fields = Fields::new(&object);
    let devices = fields.flag("devices").into_option().unwrap_or_default();
    fields.finish(())?;
    let ended = if devices { Ended::Everything } else { Ended::EverythingButDevices };
    let mut tx = state.begin(&principal).await?;
    store_sessions::end(&mut tx, principal.user, ended, to_micros(state.now())).await?;
    let event = Event::new(Action::SignedOutEverywhere, SubjectKind::User, principal.user.0);
    audit::record(&mut tx, event.saying(json!({ "devices": devices })));
    tx.commit().await?;
    state.live.look_again(principal.tenant);
    let cookie = clear_session(CookieStyle::of(&headers, state.is_production));
    let cookie = cookie.map_err(|error| Problem::internal(&error))?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([cookie])))
}
