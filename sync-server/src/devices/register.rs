//! `POST /devices`: a phone or laptop gets a key of its own.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::audit::{Action, Event, SubjectKind};
use domain::ids::{DeviceId, TokenId};
use domain::input::Fields;
use domain::plans::Plan;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Device, store};
use crate::auth::{self, NewKey};
use crate::db::StoreError;
use crate::http::{JsonObject, LimitErrors, Principal, Problem, TokenKind};
use crate::{AppState, audit, billing, sync};

/// How many copies of a device there may be when the plan has no room.
const MOST_COPIES: i64 = 2;

/// What a device says of itself.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "name": "Телефон Анны", "platform": "android", "appVersion": "0.1.0" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct NewDevice {
    /// What she calls it.
    name: String,
    /// `linux`, `ios`, ...
    platform: Option<String>,
    /// The app's version.
    app_version: Option<String>,
}

/// A new device with its key, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RegisteredDevice {
    #[serde(flatten)]
    device: Device,
    /// Send it as `Authorization: Bearer …`.
    #[schema(example = "vlr_dev_AY9…")]
    token: String,
}

/// Register a device
///
/// With a personal access token, a session, or the token of another device. A plan has room for some devices; when it is full,
/// the answer is `409 plan_limit` and names them. A device that asks with its own token (its home was copied) is let in all the
/// same, as long as there are no more than two such copies of it.
#[utoipa::path(
    post, path = "/devices", operation_id = "registerDevice", tag = "devices",
    request_body = NewDevice,
    responses((status = 201, description = "Registered; the token is shown this once", body = RegisteredDevice), LimitErrors)
)]
pub(super) async fn register_device(
    State(state): State<AppState>,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<(StatusCode, Json<RegisteredDevice>), Problem> {
    let mut fields = Fields::new(&object);
    let name = fields.line("name");
    let (platform, app_version) = (fields.line("platform"), fields.line("appVersion"));
    fields.require("name", &name);
    fields.finish(())?;

    let now = auth::to_micros(state.now());
    let device = Device {
        id: DeviceId(state.new_id()),
        name: name.into_option().unwrap_or_default(),
        platform: platform.into_option(),
        app_version: app_version.into_option(),
        created_at: now,
        last_seen_at: None,
        read_to: None,
        pending: None,
        revoked_at: None,
    };
    let id = TokenId(state.new_id());
    let (mut key, text) =
        NewKey::make(principal.tenant, principal.user, TokenKind::Device, id, device.name.clone(), now);
    key.device = Some(device.id);
    // A key cannot give more than it has.
    key.abilities.clone_from(&principal.abilities);
    let mut tx = state.begin(&principal).await?;
    auth::hold(&mut tx, &principal, state.now()).await?;
    // Two at once must not take the last place both, and the plan may be another one by now.
    sync::lock(&mut tx).await?;
    let tenant = auth::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let plan: Plan = tenant.plan.parse().map_err(|_| StoreError::damaged("a tenant with an unknown plan"))?;
    let others = super::connected(&mut tx).await?;
    let copied_from = match principal.device {
        Some(device) => Some(store::first_of_copies(&mut tx, device).await?),
        None => None,
    };
    if others.len() >= plan.limits().devices as usize {
        // A device that asks for itself anew (its home was copied) is not locked out, and is no way to any number of them.
        let copies = match copied_from {
            Some(first) => store::count_copies(&mut tx, first).await?,
            None => MOST_COPIES,
        };
        if copies >= MOST_COPIES {
            return Err(billing::device_limit(plan, &others));
        }
    }
    store::insert(&mut tx, principal.user, &device, copied_from).await?;
    auth::keep_key(&mut tx, &key).await?;
    audit::record(&mut tx, Event::new(Action::DeviceRegistered, SubjectKind::Device, device.id.0));
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(RegisteredDevice { device, token: text.expose_secret().to_owned() })))
}
