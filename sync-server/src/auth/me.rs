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
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    user: User,
    tenant: Tenant,
    token: PresentedToken,
    /// The key (Ed25519, base64url) against which a device checks what the tenant's record says of the plan.
    #[schema(example = "MCowBQYDK2VwAyEA")]
    entitlement_key: String,
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
    let entitlement_key = state.billing.signer.public_key();
    Ok(Json(Me { user, tenant, token: PresentedToken { id, name, kind, abilities }, entitlement_key }))
}
