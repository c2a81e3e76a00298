//! `GET`, `PUT`, `DELETE /integrations/yookassa` and the check of it: which shop money goes to. A key goes in and never comes out.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use domain::accounts::Notice;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::TenantId;
use domain::online::{ConnectionEdit, Fiscal};
use domain::settings::Section;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::json;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::schemas::ConnectionBody;
use super::store_shops::{self, ShopRow};
use super::webhook;
use crate::db::{StoreError, TenantTx};
use crate::http::{ItemErrors, Principal, Problem, Read, RemoveErrors, WriteErrors, now_text};
use crate::system::random_bytes;
use crate::writes::{NoBody, Reply, Write, WriteHeaders};
use crate::yookassa::{CallError, Credentials, RefusalKind, ShopInfo};
use crate::{AppState, audit, auth, sync};

/// How long a check waits for the provider: shorter than any proxy.
const PATIENCE: Duration = Duration::from_secs(15);

/// How a shop stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ConnectionState {
    /// There is none.
    None,
    /// Nobody has asked the provider yet.
    Unchecked,
    /// The provider accepts the key.
    Works,
    /// It does not: no links are made until it is corrected.
    Refused,
}

/// Whose shop it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ConnectionSource {
    /// Hers.
    Own,
    /// That of the installation, which serves her alone.
    Installation,
}

/// How money comes to her over `YooKassa`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "state": "works", "source": "own", "shop": "100500", "test": false, "receipts": true, "taxSystem": 2, "vat": 1,
    "webhookUrl": "https://crm.example.ru/api/v1/payments/yookassa/webhook/0192f0c12d3e7f408a5b6c7d8e9fa0b09f86d081884c7d659a2feaa0c55ad015",
    "checkedAt": "2026-12-01T09:00:00Z", "attention": 0,
}))]
pub(super) struct Connection {
    /// How it stands.
    state: ConnectionState,
    /// Whose shop it is.
    source: Option<ConnectionSource>,
    /// The number of the shop.
    shop: Option<String>,
    /// Whether no real money moves, as far as the provider has said.
    test: Option<bool>,
    /// Whether receipts (54-FZ) go along with payments.
    receipts: bool,
    /// Her system of taxes, 1 to 6.
    tax_system: Option<u8>,
    /// The code of the value added tax, 1 to 12.
    vat: Option<u8>,
    /// What she types into the provider's cabinet, so that we are told of payments.
    webhook_url: Option<String>,
    /// When the provider last accepted the key or did not, RFC 3339.
    checked_at: Option<String>,
    /// How many payments and refunds somebody has to look at (`GET /online-payments?filter[trouble]=…`).
    attention: i64,
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "outcome": "works", "test": true, "paymentMethods": ["bank_card", "sbp"] }))]
pub(super) struct ConnectionCheck {
    /// What the provider said, or that it said nothing.
    outcome: CheckOutcome,
    /// Whether no real money moves.
    test: Option<bool>,
    /// How clients can pay.
    payment_methods: Vec<String>,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CheckOutcome {
    /// The shop takes money.
    Works,
    /// The key is right, and the provider has switched the shop off.
    Disabled,
    /// The number or the key is wrong.
    Refused,
    /// The provider does not answer.
    Unreachable,
    /// It was asked too often.
    Busy,
    /// What it answered says nothing.
    Unclear,
}

/// The shop that new money goes to.
#[derive(Clone)]
pub(super) struct Shop {
    pub(super) credentials: Credentials,
    pub(super) is_installation: bool,
    pub(super) fiscal: Option<Fiscal>,
}

domain::masked_debug!(Shop { is_installation });

/// Read the connection to YooKassa
#[utoipa::path(
    get, path = "/integrations/yookassa", operation_id = "getYookassa", tag = "integrations",
    responses((status = 200, description = "The connection, without its key", body = Connection), ItemErrors)
)]
pub(super) async fn get_yookassa(
    State(state): State<AppState>,
    headers: HeaderMap,
    Read { mut tx, .. }: Read,
) -> Result<Json<Connection>, Problem> {
    let shown = shown(&state, &headers, &mut tx).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Connect a shop of YooKassa
///
/// Her own shop, by its number and secret key. The key is kept sealed and never shown; without `secretKey` the one that stands is kept.
/// Payments of a shop that another one replaces come to their end in the shop where they were made.
#[utoipa::path(
    put, path = "/integrations/yookassa", operation_id = "putYookassa", tag = "integrations",
    params(WriteHeaders), request_body = ConnectionBody,
    responses((status = 200, description = "As it is now", body = Connection), WriteErrors)
)]
pub(super) async fn put_yookassa(
    State(state): State<AppState>,
    headers: HeaderMap,
    mut write: Write,
) -> Result<Reply, Problem> {
    let edit = ConnectionEdit::from_json(&write.body.0)?;
    let standing = store_shops::all(&mut write.tx).await?;
    let standing = standing.into_iter().find(|shop| shop.shop == edit.shop);
    let tenant = write.tx.tenant();
    let sealed = edit.key.as_deref().map(|key| state.sealer.seal(&place(tenant, &edit.shop), key.as_bytes()));
    let is_new_key = sealed.is_some();
    let Some(key) = sealed.or_else(|| standing.as_ref().and_then(|shop| shop.key.clone())) else {
        return Err(Problem::new(ErrorCode::ValidationFailed).field("secretKey", FieldProblem::Required));
    };
    let known = standing.as_ref().filter(|_| !is_new_key);
    let shop = ShopRow {
        shop: edit.shop,
        key: Some(key),
        hook: standing.as_ref().map_or_else(new_hook, |shop| shop.hook.clone()),
        is_current: true,
        refused: known.and_then(|shop| shop.refused),
        accepted: known.and_then(|shop| shop.accepted),
        is_test: known.and_then(|shop| shop.is_test),
        fiscal: edit.fiscal,
    };
    store_shops::put(&mut write.tx, &shop, state.now()).await?;
    let event = Event::new(Action::ShopConnected, SubjectKind::Settings, Section::Integrations.id(tenant));
    audit::record(&mut write.tx, event.saying(json!({ "shop": shop.shop, "key": is_new_key })));
    let reply = Reply::ok(&shown(&state, &headers, &mut write.tx).await?)?;
    write.finish(&state, None, reply).await
}

/// Disconnect YooKassa
///
/// Every key of hers is taken away at once. Payments that are not over yet stay as they are known, until the same shop is connected
/// again.
#[utoipa::path(
    delete, path = "/integrations/yookassa", operation_id = "deleteYookassa", tag = "integrations",
    params(WriteHeaders),
    responses((status = 204, description = "Disconnected"), RemoveErrors)
)]
pub(super) async fn delete_yookassa(
    State(state): State<AppState>,
    mut write: Write<NoBody>,
) -> Result<Reply, Problem> {
    let tenant = write.tx.tenant();
    store_shops::forget_keys(&mut write.tx, state.now()).await?;
    let event = Event::new(Action::ShopDisconnected, SubjectKind::Settings, Section::Integrations.id(tenant));
    audit::record(&mut write.tx, event);
    write.finish(&state, None, Reply::no_content()).await
}

/// Check the connection to YooKassa
///
/// Asks the provider whether it accepts the key, and what the shop can do.
#[utoipa::path(
    post, path = "/integrations/yookassa/check", operation_id = "checkYookassa", tag = "integrations",
    responses((status = 200, description = "What the provider said", body = ConnectionCheck),
        (status = 409, description = "`payments_not_connected`", body = crate::http::ProblemBody), ItemErrors)
)]
pub(super) async fn check_yookassa(
    State(state): State<AppState>,
    principal: Principal,
) -> Result<Json<ConnectionCheck>, Problem> {
    let mut tx = state.begin(&principal).await?;
    let shop = any(&state, &mut tx).await?;
    // Nobody holds a connection to the database while the provider thinks.
    tx.commit().await?;
    let shop = shop.ok_or_else(|| not_connected(ConnectionState::None))?;
    let asked = async { state.online.client()?.shop(&shop.credentials).await };
    let told = timeout(PATIENCE, asked).await.unwrap_or(Err(CallError::Unreached));
    let mut tx = state.begin(&principal).await?;
    if !shop.is_installation {
        sync::lock(&mut tx).await?;
        note(&state, &mut tx, &shop.credentials, &told).await?;
    }
    tx.commit().await?;
    Ok(Json(match told {
        Ok(info) => ConnectionCheck {
            outcome: if info.status == "enabled" { CheckOutcome::Works } else { CheckOutcome::Disabled },
            test: Some(info.test),
            payment_methods: info.payment_methods,
        },
        Err(error) => ConnectionCheck { outcome: outcome(&error), test: None, payment_methods: Vec::new() },
    }))
}

fn outcome(error: &CallError) -> CheckOutcome {
    match error {
        CallError::Unreached => CheckOutcome::Unreachable,
        CallError::TooMany { .. } => CheckOutcome::Busy,
        CallError::Refused(refusal) if refusal.kind == RefusalKind::Credentials => CheckOutcome::Refused,
        CallError::Doubt(_) | CallError::Refused(_) => CheckOutcome::Unclear,
    }
}

/// Notes of a shop of hers what the provider thinks of its key.
async fn note(
    state: &AppState,
    tx: &mut TenantTx,
    used: &Credentials,
    told: &Result<ShopInfo, CallError>,
) -> Result<(), StoreError> {
    let now = state.now();
    let Some(mut known) = with_this_key(state, tx, used).await? else { return Ok(()) };
    match told {
        Ok(info) => {
            (known.accepted, known.refused, known.is_test) = (Some(now), None, Some(info.test));
            store_shops::put(tx, &known, now).await
        }
        Err(error) if outcome(error) == CheckOutcome::Refused => {
            known.refused = Some(now);
            store_shops::put(tx, &known, now).await
        }
        Err(_) => Ok(()),
    }
}

/// The shop whose key was shown to the provider, if that is still its key: she may have corrected it meanwhile.
async fn with_this_key(
    state: &AppState,
    tx: &mut TenantTx,
    used: &Credentials,
) -> Result<Option<ShopRow>, StoreError> {
    let tenant = tx.tenant();
    let Some(known) = store_shops::all(tx).await?.into_iter().find(|known| known.shop == used.shop) else {
        return Ok(None);
    };
    let has = opened(state, tenant, &known)?;
    let is_same = has.is_some_and(|has| has.key.expose_secret() == used.key.expose_secret());
    Ok(is_same.then_some(known))
}

/// The provider does not accept the key of a shop: nothing new is asked of it, and she is told, once.
pub(super) async fn refuse(state: &AppState, tenant: TenantId, used: &Credentials) -> Result<(), StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    sync::lock(&mut tx).await?;
    let now = state.now();
    let known = with_this_key(state, &mut tx, used).await?;
    if let Some(mut known) = known.filter(|known| known.refused.is_none()) {
        tracing::warn!(
            shop = known.shop,
            "YooKassa does not accept the key of a shop; it is asked for nothing new"
        );
        known.refused = Some(now);
        store_shops::put(&mut tx, &known, now).await?;
        if known.is_current {
            auth::tell_everybody(state, &mut tx, Notice::PaymentsRefused).await?;
        }
    }
    tx.commit().await
}

/// The shop that new money goes to.
pub(super) async fn current(state: &AppState, tx: &mut TenantTx) -> Result<Shop, Problem> {
    let all = store_shops::all(tx).await?;
    if all.first().is_some_and(|shop| shop.is_current && shop.refused.is_some()) {
        return Err(not_connected(ConnectionState::Refused));
    }
    any(state, tx).await?.ok_or_else(|| not_connected(ConnectionState::None))
}

/// The same, whatever the provider thinks of its key.
async fn any(state: &AppState, tx: &mut TenantTx) -> Result<Option<Shop>, StoreError> {
    let tenant = tx.tenant();
    let own = store_shops::all(tx).await?.into_iter().find(|shop| shop.is_current);
    if let Some(shop) = own {
        let fiscal = shop.fiscal;
        return Ok(opened(state, tenant, &shop)?.map(|credentials| Shop {
            credentials,
            is_installation: false,
            fiscal,
        }));
    }
    let serves = state.online.served(state).await? == Some(tenant);
    let credentials = state.online.installation().filter(|_| serves).cloned();
    Ok(credentials.map(|credentials| Shop { credentials, is_installation: true, fiscal: None }))
}

/// The key of the shop in which a payment was made, if it is still here and was not refused since she last gave it.
pub(super) async fn of(
    state: &AppState,
    tx: &mut TenantTx,
    shop: &str,
    is_installation: bool,
) -> Result<Option<Credentials>, StoreError> {
    if is_installation {
        return Ok(state.online.installation().filter(|own| own.shop == shop).cloned());
    }
    let tenant = tx.tenant();
    let found = store_shops::all(tx).await?.into_iter().find(|known| known.shop == shop);
    let found = found.filter(|known| known.refused.is_none());
    found.map_or(Ok(None), |known| opened(state, tenant, &known))
}

/// Whether the receipts of a shop are ours to give, and what stands on them.
pub(super) async fn fiscal_of(tx: &mut TenantTx, shop: &str) -> Result<Option<Fiscal>, StoreError> {
    let found = store_shops::all(tx).await?.into_iter().find(|known| known.shop == shop);
    Ok(found.and_then(|known| known.fiscal))
}

fn opened(state: &AppState, tenant: TenantId, shop: &ShopRow) -> Result<Option<Credentials>, StoreError> {
    let Some(sealed) = &shop.key else { return Ok(None) };
    let key = state.sealer.open(&place(tenant, &shop.shop), sealed).map_err(StoreError::damaged)?;
    let key = std::str::from_utf8(key.expose_secret()).map_err(StoreError::damaged)?;
    Ok(Some(Credentials { shop: shop.shop.clone(), key: SecretString::from(key) }))
}

async fn shown(state: &AppState, headers: &HeaderMap, tx: &mut TenantTx) -> Result<Connection, StoreError> {
    let tenant = tx.tenant();
    let own = store_shops::all(tx).await?.into_iter().find(|shop| shop.is_current);
    let attention = super::store::count_trouble(tx).await?;
    let address = state.address_for(headers);
    if let Some(shop) = own {
        let checked: Option<Timestamp> = shop.refused.max(shop.accepted);
        return Ok(Connection {
            state: match (shop.refused, shop.accepted) {
                (Some(_), _) => ConnectionState::Refused,
                (None, Some(_)) => ConnectionState::Works,
                (None, None) => ConnectionState::Unchecked,
            },
            source: Some(ConnectionSource::Own),
            shop: Some(shop.shop),
            test: shop.is_test,
            receipts: shop.fiscal.is_some(),
            tax_system: shop.fiscal.and_then(|fiscal| fiscal.tax_system),
            vat: shop.fiscal.map(|fiscal| fiscal.vat),
            webhook_url: Some(webhook::address(&address, Some((tenant, &shop.hook)))),
            checked_at: checked.map(now_text),
            attention,
        });
    }
    let serves = state.online.served(state).await? == Some(tenant);
    let shop = state.online.installation().filter(|_| serves);
    Ok(Connection {
        state: if shop.is_some() { ConnectionState::Unchecked } else { ConnectionState::None },
        source: shop.map(|_| ConnectionSource::Installation),
        shop: shop.map(|shop| shop.shop.clone()),
        test: None,
        receipts: false,
        tax_system: None,
        vat: None,
        webhook_url: shop.map(|_| webhook::address(&address, None)),
        checked_at: None,
        attention,
    })
}

fn not_connected(state: ConnectionState) -> Problem {
    Problem::new(ErrorCode::PaymentsNotConnected).details(json!({ "state": state }))
}

/// What a key is sealed for.
fn place(tenant: TenantId, shop: &str) -> String {
    format!("yookassa {shop} of {tenant}")
}

/// What nobody can guess.
fn new_hook() -> String {
    hex::encode(random_bytes::<16>())
}
