//! `DELETE /auth/sessions/{id}`: that sign-in works no more, at once.

use axum::extract::State;
use axum::http::StatusCode;
use domain::audit::{Action, Event, SubjectKind};
use domain::ids::TokenId;

use crate::auth::keys::to_micros;
use crate::auth::store_sessions;
use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::{AppState, audit};

/// End a sign-in
#[utoipa::path(
    delete, path = "/auth/sessions/{id}", operation_id = "endSession", tag = "auth",
    params(("id" = TokenId, Path, description = "The sign-in's id")),
    responses((status = 204, description = "Ended, at once"), ItemErrors)
)]
pub(super) async fn end_session(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<TokenId>,
) -> Result<StatusCode, Problem> {
    let mut tx = state.begin(&principal).await?;
    if !store_sessions::end_one(&mut tx, principal.user, id, to_micros(state.now())).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, Event::new(Action::SignedOut, SubjectKind::Token, id.0));
    tx.commit().await?;
    state.live.look_again(principal.tenant);
    Ok(StatusCode::NO_CONTENT)
}
