//! `GET /auth/second-factor`: is it asked for, and how many recovery codes are left?

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::http::{ItemErrors, Problem, Read};

/// Whether codes are asked for at sign-in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "isOn": true, "recoveryCodesLeft": 10 }))]
pub(super) struct SecondFactor {
    /// Whether codes are asked for.
    is_on: bool,
    /// Recovery codes that were not used yet.
    recovery_codes_left: i64,
}

/// Is a code asked for at sign-in?
#[utoipa::path(
    get, path = "/auth/second-factor", operation_id = "secondFactor", tag = "auth",
    responses((status = 200, description = "How it stands", body = SecondFactor), ItemErrors)
)]
pub(super) async fn second_factor(Read { principal, mut tx }: Read) -> Result<Json<SecondFactor>, Problem> {
    let factor = store::find(&mut tx, principal.user).await?;
    let recovery_codes_left = store::recovery_codes_left(&mut tx, principal.user).await?;
    tx.commit().await?;
    let is_on = factor.is_some_and(|factor| factor.confirmed_at.is_some());
    Ok(Json(SecondFactor { is_on, recovery_codes_left }))
}
