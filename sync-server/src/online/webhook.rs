//! What the provider tells us, taken in: from its addresses alone, at an address that nobody else knows, kept as it came, answered at
//! once. Nothing of it is believed; a job looks for itself.

use axum::body::Body;
use axum::extract::{Path, State};
use domain::errors::ErrorCode;
use domain::ids::TenantId;
use serde_json::Value as Json;
use uuid::Uuid;

use super::store_events::{self, EventRow};
use super::{Look, events, store_shops};
use crate::db::TenantTx;
use crate::http::{Problem, Visitor, WebhookErrors, read_body};
use crate::{AppState, jobs};

/// Where it is, below the server's address.
const PATH: &str = "/api/v1/payments/yookassa/webhook";
/// An object of the provider is far below.
const MOST: usize = 64 * 1024;
/// The longest name of an event, and the longest id of an object.
const LONGEST: usize = 100;

/// The address that she types into the provider's cabinet: of a business, with what nobody can guess; of the installation, without.
pub(super) fn address(server: &str, whose: Option<(TenantId, &str)>) -> String {
    match whose {
        Some((tenant, hook)) => format!("{server}{PATH}/{}{hook}", tenant.0.simple()),
        None => format!("{server}{PATH}"),
    }
}

/// Hear of a payment
///
/// For the provider, which sends its notifications here; the address is shown in the integration's settings. Its body is kept and not
/// believed: what it speaks of is looked up at the provider.
#[utoipa::path(
    post, path = "/payments/yookassa/webhook/{tenantKey}", operation_id = "notifyYookassa", tag = "payments",
    params(("tenantKey" = String, Path, description = "What nobody can guess")),
    request_body(content = Object, example = json!({ "type": "notification", "event": "payment.succeeded", "object": { "id": "2f1c7a10-000f-5001-8000-1b2c3d4e5f60" } })),
    responses((status = 200, description = "Kept"), WebhookErrors),
    security(())
)]
pub(super) async fn notify_yookassa(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    body: Body,
) -> Result<(), Problem> {
    let told = Told::read(&state, &visitor, body).await?;
    let (tenant, hook) = key.split_at_checked(32).ok_or_else(Problem::not_found)?;
    let tenant: Uuid = tenant.parse().map_err(|_| Problem::not_found())?;
    let mut tx = state.db.tenant(tenant.into()).await?;
    let shops = store_shops::all(&mut tx).await?;
    let shop = shops.into_iter().find(|shop| is_same(shop.hook.as_bytes(), hook.as_bytes()));
    let shop = shop.ok_or_else(Problem::not_found)?;
    told.keep(&state, tx, shop.shop, false).await
}

/// Hear of a payment in the installation's shop
///
/// The same for the shop of an installation that has one owner.
#[utoipa::path(
    post, path = "/payments/yookassa/webhook", operation_id = "notifyYookassaOfInstallation", tag = "payments",
    request_body(content = Object, example = json!({ "type": "notification", "event": "payment.succeeded", "object": { "id": "2f1c7a10-000f-5001-8000-1b2c3d4e5f60" } })),
    responses((status = 200, description = "Kept"), WebhookErrors),
    security(())
)]
pub(super) async fn notify_yookassa_of_installation(
    State(state): State<AppState>,
    visitor: Visitor,
    body: Body,
) -> Result<(), Problem> {
    let told = Told::read(&state, &visitor, body).await?;
    let (shop, tenant) = (state.online.installation(), state.online.served(&state).await?);
    let (shop, tenant) = shop.zip(tenant).ok_or_else(Problem::not_found)?;
    let tx = state.db.tenant(tenant).await?;
    told.keep(&state, tx, shop.shop.clone(), true).await
}

/// A notification, as far as it has to be understood to be kept.
struct Told {
    event: String,
    object: String,
    body: Vec<u8>,
}

impl Told {
    async fn read(state: &AppState, visitor: &Visitor, body: Body) -> Result<Self, Problem> {
        if !state.online.may_notify(visitor.ip) {
            // There is nothing here for anybody else.
            tracing::warn!("a notification from an address that is not the provider's");
            return Err(Problem::not_found());
        }
        let body = read_body(body, MOST).await?.to_vec();
        let json: Json = serde_json::from_slice(&body).map_err(|_| Problem::new(ErrorCode::BadJson))?;
        let text = |pointer: &str| {
            let text = json.pointer(pointer)?.as_str()?;
            (!text.is_empty() && text.len() <= LONGEST).then(|| text.to_owned())
        };
        let is_notification = text("/type").as_deref() == Some("notification");
        match (text("/event"), text("/object/id")) {
            (Some(event), Some(object)) if is_notification => Ok(Self { event, object, body }),
            _ => Err(Problem::new(ErrorCode::BadJson)),
        }
    }

    /// Keeps it, once, with the job that follows it. Events of things that we never ask for are kept and followed by nobody.
    async fn keep(
        self,
        state: &AppState,
        mut tx: TenantTx,
        shop: String,
        is_installation: bool,
    ) -> Result<(), Problem> {
        let id = state.new_id();
        let body = state.sealer.seal(&events::place(tx.tenant(), id), &self.body);
        let is_ours = self.event.starts_with("payment.") || self.event.starts_with("refund.");
        let event = EventRow { id, shop, event: self.event, object: self.object, is_installation, body };
        if store_events::insert(&mut tx, &event, state.now()).await? && is_ours {
            jobs::enqueue(&mut tx, &Look { id }).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Compares in a time that says nothing about where the difference is.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}
