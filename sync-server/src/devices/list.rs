//! `GET /devices`: all devices that ever were, without their keys.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Device, store};
use crate::AppState;
use crate::http::{ItemErrors, Principal, Problem};

/// All devices, by age.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Devices {
    data: Vec<Device>,
}

/// List devices
#[utoipa::path(
    get, path = "/devices", operation_id = "listDevices", tag = "devices",
    responses((status = 200, description = "All devices, also the revoked ones", body = Devices), ItemErrors)
)]
pub(super) async fn list_devices(
    State(state): State<AppState>,
    principal: Principal,
) -> Result<Json<Devices>, Problem> {
    let mut tx = state.begin(&principal).await?;
    let data = store::list(&mut tx, store::Which::All).await?;
    tx.commit().await?;
    Ok(Json(Devices { data }))
}
