//! `GET /auth/sessions`: where somebody is signed in, so that "that was not me" can be said.

use axum::Json;
use axum::extract::State;
use domain::ids::TokenId;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::AppState;
use crate::auth::store_sessions::{self, Session};
use crate::http::{ItemErrors, Problem, Read};

/// The sign-ins that work, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sessions {
    data: Vec<SignIn>,
}

/// A sign-in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "kind": "browser", "name": "browser",
    "agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X)", "address": "203.0.113.x",
    "createdAt": "2026-12-01T10:00:00Z", "lastUsedAt": "2026-12-01T12:30:00Z", "isCurrent": true,
}))]
struct SignIn {
    /// Its id, to end it by.
    id: TokenId,
    /// `browser` or `program`.
    kind: &'static str,
    /// What a program called itself; `browser` of a browser.
    name: String,
    /// The browser or program, as it names itself in its requests.
    agent: Option<String>,
    /// The beginning of the address from which it signed in.
    address: Option<String>,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
    /// RFC 3339, to the minute.
    #[schema(value_type = Option<String>, format = "date-time")]
    last_used_at: Option<Timestamp>,
    /// Whether it is the one that asks.
    is_current: bool,
}

/// List sign-ins
///
/// Browsers, and programs with a refresh token. Personal access tokens are in `GET /auth/tokens`, phones and laptops in
/// `GET /devices`.
#[utoipa::path(
    get, path = "/auth/sessions", operation_id = "listSessions", tag = "auth",
    responses((status = 200, description = "Where somebody is signed in", body = Sessions), ItemErrors)
)]
pub(super) async fn list_sessions(
    State(state): State<AppState>,
    Read { principal, mut tx }: Read,
) -> Result<Json<Sessions>, Problem> {
    let sessions = store_sessions::list(&mut tx, principal.user, state.now()).await?;
    let family = store_sessions::family_of(&mut tx, principal.token_id).await?;
    tx.commit().await?;
    let show = |session: Session| SignIn {
        is_current: session.id == principal.token_id || (family.is_some() && session.family == family),
        id: session.id,
        kind: if session.kind == "session" { "browser" } else { "program" },
        name: session.name,
        agent: session.agent,
        address: session.address,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
    };
    Ok(Json(Sessions { data: sessions.into_iter().map(show).collect() }))
}
