//! `GET /auth/tokens`: the tokens and sessions that work.

use axum::Json;
use axum::extract::State;
use domain::ids::TokenId;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::AppState;
use crate::auth::store;
use crate::http::{ItemErrors, Principal, Problem, TokenKind};

/// The tokens and sessions that work, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tokens {
    data: Vec<Token>,
}

/// A token, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Token {
    /// Its id.
    id: TokenId,
    /// Its name.
    name: String,
    /// `pat` or `session`.
    kind: Option<TokenKind>,
    /// What it may do.
    abilities: Vec<String>,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
    /// RFC 3339; `null` if it does not end.
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: Option<Timestamp>,
    /// RFC 3339, to the minute.
    #[schema(value_type = Option<String>, format = "date-time")]
    last_used_at: Option<Timestamp>,
    /// Whether it is the one that asks.
    is_current: bool,
}

/// List tokens and sessions
#[utoipa::path(
    get, path = "/auth/tokens", operation_id = "listTokens", tag = "auth",
    responses((status = 200, description = "What works", body = Tokens), ItemErrors)
)]
pub(super) async fn list_tokens(
    State(state): State<AppState>,
    principal: Principal,
) -> Result<Json<Tokens>, Problem> {
    let mut tx = state.begin(&principal).await?;
    let tokens = store::list_tokens(&mut tx, principal.user, state.now()).await?;
    tx.commit().await?;
    let data = tokens.into_iter().map(|token| Token {
        is_current: token.id == principal.token_id,
        id: token.id,
        name: token.name,
        kind: TokenKind::parse(&token.kind),
        abilities: token.abilities,
        created_at: token.created_at,
        expires_at: token.expires_at,
        last_used_at: token.last_used_at,
    });
    Ok(Json(Tokens { data: data.collect() }))
}
