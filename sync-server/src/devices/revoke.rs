//! `DELETE /devices/{id}`: the device reads nothing more, from this moment on.

use axum::extract::State;
use axum::http::StatusCode;
use domain::ids::DeviceId;

use crate::http::{ItemErrors, PathId, Principal, Problem};
use crate::{AppState, auth};

/// Revoke a device
///
/// Its requests are answered with `device_revoked` from now on.
#[utoipa::path(
    delete, path = "/devices/{id}", operation_id = "revokeDevice", tag = "devices",
    params(("id" = DeviceId, Path, description = "The device's id")),
    responses((status = 204, description = "Revoked, at once"), ItemErrors)
)]
pub(super) async fn revoke_device(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<DeviceId>,
) -> Result<StatusCode, Problem> {
    let now = auth::to_micros(state.now());
    let mut tx = state.begin(&principal).await?;
    // What the device is registering or renewing just now is seen, or sees this.
    auth::hold(&mut tx, &principal, now).await?;
    if !super::disconnect(&mut tx, id, now).await? {
        return Err(Problem::not_found());
    }
    tx.commit().await?;
    state.live.look_again(principal.tenant);
    Ok(StatusCode::NO_CONTENT)
}
