//! `DELETE /auth/tokens/{id}`: the token or session works nowhere any more.

use axum::extract::State;
use axum::http::StatusCode;
use domain::audit::{Action, Event, SubjectKind};
use domain::ids::TokenId;

use crate::auth::keys::to_micros;
use crate::auth::store;
use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::{AppState, audit};

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
    let mut tx = state.begin(&principal).await?;
    if !store::revoke_token(&mut tx, principal.user, id, to_micros(state.now())).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, Event::new(Action::TokenRevoked, SubjectKind::Token, id.0));
    tx.commit().await?;
    state.live.look_again(principal.tenant);
    Ok(StatusCode::NO_CONTENT)
}
