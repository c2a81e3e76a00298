//! `DELETE /auth/tokens/{id}`: the token or session works nowhere any more.

use axum::extract::State;
use axum::http::StatusCode;
use domain::ids::TokenId;

use super::keys::to_micros;
use super::store;
use crate::AppState;
use crate::http::{ItemErrors, PathId, Principal, Problem};

/// Revoke a token or session
#[utoipa::path(
    delete, path = "/auth/tokens/{id}", operation_id = "revokeToken", tag = "auth",
    params(("id" = TokenId, Path, description = "The token's id")),
    responses((status = 204, description = "Revoked, at once"), ItemErrors)
)]
pub(super) async fn revoke_token(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<TokenId>,
) -> Result<StatusCode, Problem> {
    let mut tx = state.db.tenant(principal.tenant).await?;
    if !store::revoke_token(&mut tx, principal.user, id, to_micros(state.now())).await? {
        return Err(Problem::not_found());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
