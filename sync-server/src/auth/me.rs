//! `GET /auth/me`: who am I?

use axum::Json;
use axum::extract::State;
use domain::ids::TokenId;
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use super::views::{Tenant, User};
use crate::AppState;
use crate::http::{ItemErrors, Principal, Problem, TokenKind};

/// The person, the business, and the key that asked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    user: User,
    tenant: Tenant,
    token: PresentedToken,
}

/// The key that asked.
#[derive(Debug, Serialize, ToSchema)]
struct PresentedToken {
    /// Its id.
    id: TokenId,
    /// Its name.
    name: String,
    /// What kind it is.
    kind: TokenKind,
    /// What it may do; `*` is everything.
    abilities: Vec<String>,
}

/// Who am I?
#[utoipa::path(
    get, path = "/auth/me", operation_id = "me", tag = "auth",
    responses((status = 200, description = "The person behind the key", body = Me), ItemErrors)
)]
pub(super) async fn me(State(state): State<AppState>, principal: Principal) -> Result<Json<Me>, Problem> {
    let mut tx = state.begin(&principal).await?;
    let user = store::find_user(&mut tx, principal.user).await?;
    let tenant = store::find_tenant(&mut tx).await?;
    tx.commit().await?;
    let ((user, _), tenant) = user.zip(tenant).ok_or_else(Problem::not_found)?;
    let Principal { token_id: id, token_name: name, kind, abilities, .. } = principal;
    Ok(Json(Me { user, tenant, token: PresentedToken { id, name, kind, abilities } }))
}
