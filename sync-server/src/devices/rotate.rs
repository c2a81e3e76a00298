//! `POST /devices/token`: a device gets a new key. The one that it has works until the new one is used for the first time, so
//! an answer that is lost on the way locks no device out (RELIABILITY A6).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::ErrorCode;
use domain::ids::TokenId;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{self, NewKey};
use crate::http::{ItemErrors, Principal, Problem, TokenKind};
use crate::{AppState, audit};

/// A device's new key, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeviceToken {
    /// Send it as `Authorization: Bearer …`; the older ones end when it is first used.
    #[schema(example = "vlr_dev_AY9…")]
    token: String,
}

/// Give the device that asks a new token
///
/// Only with the token of a device. The old one works until the new one is used.
#[utoipa::path(
    post, path = "/devices/token", operation_id = "rotateDeviceToken", tag = "devices",
    responses((status = 201, description = "The new token, shown this once", body = DeviceToken), ItemErrors)
)]
pub(super) async fn rotate_token(
    State(state): State<AppState>,
    principal: Principal,
) -> Result<(StatusCode, Json<DeviceToken>), Problem> {
    let device = principal.device.ok_or(Problem::new(ErrorCode::Forbidden))?;
    let now = auth::to_micros(state.now());
    let id = TokenId(state.new_id());
    let name = principal.token_name.clone();
    let (mut key, text) = NewKey::make(principal.tenant, principal.user, TokenKind::Device, id, name, now);
    key.device = Some(device);
    key.abilities.clone_from(&principal.abilities);
    key.replaces_older = true;
    let mut tx = state.begin(&principal).await?;
    auth::hold(&mut tx, &principal, now).await?;
    auth::keep_key(&mut tx, &key).await?;
    audit::record(&mut tx, Event::new(Action::TokenCreated, SubjectKind::Token, id.0));
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(DeviceToken { token: text.expose_secret().to_owned() })))
}
