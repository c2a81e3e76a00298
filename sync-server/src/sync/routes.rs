//! HTTP of sync: read the message, one transaction, write the message. No rule lives here.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequest, Request, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use domain::audit::Door;
use domain::errors::ErrorCode;
use domain::sync::{
    Answer, Ask, BUCKETS, Compare, ContentType, IntentOutcome, LiveWord, MAX_REQUEST_BYTES, PARTS, PROTOCOL,
    PushOutcome, decode, encode,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tokio::sync::watch;
use tokio::time::interval;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{AskError, Context, answer};
use super::compare::compare;
use super::cursor::Cursor;
use super::sockets::Socket;
use super::store_said::{self, Said};
use super::tx::Tx as _;
use crate::http::{AnonymousErrors, Principal, Problem, read_body};
use crate::{AppState, billing};

/// So often a socket is asked whether anybody is there, and its key whether it still works.
const PING_EVERY: Duration = if cfg!(test) { Duration::from_millis(300) } else { Duration::from_secs(30) };
/// Changes older than this may be folded into their documents; a device that was away for longer gets those.
const FOLD_AFTER_DAYS: i32 = 30;
/// How many are folded with one push, so that no push waits long.
const FOLD_AT_ONCE: i64 = 200;

/// The routes of sync.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sync)).routes(routes!(sync_compare)).routes(routes!(sync_live))
}

/// Push and pull in one round trip.
///
/// The message is described field by field in `docs/sync-protocol.md`, as JSON and as CBOR.
#[utoipa::path(
    post, path = "/sync", tag = "sync", operation_id = "sync",
    request_body(content(
        (Object = "application/json", example = json!({ "protocol": 1, "schema": "1/2026e", "cursor": null })),
        (Vec<u8> = "application/cbor"),
    )),
    responses(
        (status = 200, description = "What became of the pushed changes, and what is new", body = Object,
         example = json!({ "epoch": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "head": 1, "cursor": "…", "more": false,
                           "serverTime": "2026-11-22T10:00:00Z" })),
        (status = 426, description = "Another version of the protocol: `unsupported_protocol`"),
        AnonymousErrors,
    ),
    security(("token" = []))
)]
async fn sync(
    State(state): State<AppState>,
    principal: Principal,
    message: SyncMessage<Ask>,
) -> Result<Response, Problem> {
    may_sync(&principal)?;
    let (answer_as, mut ask) = (message.answer_as, message.body);
    ask.unpack().map_err(|_| Problem::new(ErrorCode::BadRequest))?;
    if billing::is_due(principal.plan, principal.entitlement.as_deref(), state.now()) {
        billing::renew(&state.db, &state.billing.signer, principal.tenant, state.now()).await?;
    }
    // What a suspended business brings is not looked at: without a word about it, devices keep it and bring it again.
    let mut is_held = principal.is_suspended() && !(ask.push.is_empty() && ask.intents.is_empty());
    if is_held {
        ask.push.clear();
        ask.intents.clear();
    }
    // Packed columns are bytes and whole 64-bit numbers, which JSON has neither of.
    if let Some(scope) = &mut ask.scope {
        scope.packed &= answer_as == ContentType::Cbor;
    }
    let packs = ask.scope.as_ref().is_some_and(|scope| scope.packed);
    let brings_news = !ask.push.is_empty() || !ask.intents.is_empty();
    let tx = if brings_news {
        state.db.tenant(principal.tenant).await?
    } else {
        state.db.tenant_at_one_moment(principal.tenant).await?
    };
    let mut tx = tx.caused_by(principal.cause().through(Door::Sync));
    // She may have been suspended while this request waited for the lock.
    if brings_news {
        super::lock(&mut tx).await?;
        if crate::auth::is_suspended(&mut tx).await? {
            is_held = true;
            ask.push.clear();
            ask.intents.clear();
        }
    }
    let mut ids = state.ids.clone();
    let mut context = Context { now: state.now(), ids: &mut ids, device: principal.device };
    let (cursor, waits) = (ask.cursor.clone(), ask.pending);
    let mut answered = Box::pin(answer(&mut tx, ask, &mut context)).await?;
    let (others, heard) = store_said::heard(&mut tx, principal.device).await?;
    let said = Said {
        read_to: Some(Cursor::read_to(cursor.as_deref(), principal.tenant.0, answered.epoch)),
        pending: waits.map(|waits| waits.saturating_sub(done(&answered))).or(heard.pending),
    };
    let news = principal.device.filter(|_| said != heard);
    if brings_news {
        tx.fold(FOLD_AFTER_DAYS, FOLD_AT_ONCE).await?;
    }
    tx.commit().await?;
    answered.others = (!answered.more).then_some(others);
    // On its own: what only reads sees one moment, and could not write over what came since.
    if let Some(device) = news {
        let mut tx = state.begin(&principal).await?;
        store_said::keep(&mut tx, device, said).await?;
        tx.commit().await?;
    }
    // Who listens hears it only if the number is new.
    state.live.poke(principal.tenant, answered.head);
    if is_held {
        // Their sums differ for as long as it waits, and there is nothing to repair.
        answered.digest = None;
    }
    if packs {
        answered.pack();
    }
    Ok(write(&answered, answer_as))
}

/// How much of what waited on the device an answer has settled.
fn done(answer: &Answer) -> u64 {
    let kept = |outcome| matches!(outcome, PushOutcome::Stored | PushOutcome::Duplicate);
    let changes = answer.results.iter().filter(|result| kept(result.result)).count();
    let asked = answer.intents.iter().filter(|told| told.result != IntentOutcome::Waiting).count();
    (changes + asked) as u64
}

/// Where do a device and the server differ?
///
/// The device sends its sums of 256 buckets; the answer lists what the server has in those that differ.
#[utoipa::path(
    post, path = "/sync/compare", tag = "sync", operation_id = "syncCompare",
    request_body(content(
        (Object = "application/json", example = json!({ "protocol": 1, "part": "clients", "buckets": [] })),
        (Vec<u8> = "application/cbor"),
    )),
    responses(
        (status = 200, description = "The buckets that differ", body = Object,
         example = json!({ "head": 1, "differing": [] })),
        (status = 426, description = "Another version of the protocol: `unsupported_protocol`"),
        AnonymousErrors,
    ),
    security(("token" = []))
)]
async fn sync_compare(
    State(state): State<AppState>,
    principal: Principal,
    message: SyncMessage<Compare>,
) -> Result<Response, Problem> {
    may_sync(&principal)?;
    if message.body.protocol != PROTOCOL {
        return Err(Problem::new(ErrorCode::UnsupportedProtocol));
    }
    // Of a part that is none every bucket would seem to be missing here.
    if !PARTS.contains(&message.body.part.as_str()) || message.body.buckets.len() > BUCKETS {
        return Err(Problem::new(ErrorCode::BadRequest));
    }
    let mut tx = state.db.tenant_at_one_moment(principal.tenant).await?;
    let answered = compare(&mut tx, &message.body).await?;
    Ok(write(&answered, message.answer_as))
}

/// The live word: a WebSocket that says `{"head": N}` whenever the log has grown.
#[utoipa::path(
    get, path = "/sync/live", tag = "sync", operation_id = "syncLive",
    responses((status = 101, description = "The socket is open"), AnonymousErrors),
    security(("token" = []))
)]
async fn sync_live(
    State(state): State<AppState>,
    principal: Principal,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    may_sync(&principal)?;
    let place = state.live.enter(principal.tenant, principal.token_id);
    let place = place.ok_or_else(|| Problem::new(ErrorCode::Unavailable).after(PING_EVERY))?;
    let mut tx = state.begin(&principal).await?;
    // Listening begins before the head is read, so no word falls between the two.
    let news = state.live.listen(principal.tenant, 0);
    let head = tx.state().await?.head;
    drop(tx);
    Ok(upgrade.on_upgrade(move |socket| tell(socket, head, news, place, (state, principal))))
}

async fn tell(
    mut socket: WebSocket,
    mut head: u64,
    mut news: watch::Receiver<u64>,
    mut place: Socket,
    (state, principal): (AppState, Principal),
) {
    // Counted from the beginning: whoever keeps talking does not put it off.
    let mut pings = interval(PING_EVERY);
    pings.reset();
    loop {
        let word = encode(&LiveWord { head }, ContentType::Json);
        let text = String::from_utf8(word).unwrap_or_default();
        if socket.send(Message::Text(text.into())).await.is_err() {
            return;
        }
        loop {
            tokio::select! {
                changed = news.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let newest = *news.borrow_and_update();
                    if newest > head {
                        head = newest;
                        break;
                    }
                    // A word without news: some key works no more.
                    if !is_still_welcome(&state, &principal).await {
                        return goodbye(&mut socket, close_code::POLICY, "revoked").await;
                    }
                }
                () = place.stopped() => {
                    return goodbye(&mut socket, close_code::AWAY, "stopping").await;
                }
                _ = pings.tick() => {
                    if !is_still_welcome(&state, &principal).await {
                        return goodbye(&mut socket, close_code::POLICY, "revoked").await;
                    }
                    if socket.send(Message::Ping(Bytes::new())).await.is_err() {
                        return;
                    }
                }
                message = socket.recv() => {
                    if !matches!(message, Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Text(_)))) {
                        return;
                    }
                }
            }
        }
        if !is_still_welcome(&state, &principal).await {
            return goodbye(&mut socket, close_code::POLICY, "revoked").await;
        }
    }
}

async fn goodbye(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
    // Whoever is gone already needs no goodbye.
    let _ = socket.send(Message::Close(Some(frame))).await;
}

/// A revoked token hears nothing more.
async fn is_still_welcome(state: &AppState, principal: &Principal) -> bool {
    crate::auth::is_valid(&state.db, principal, state.now()).await
}

fn may_sync(principal: &Principal) -> Result<(), Problem> {
    let may = principal.abilities.iter().any(|ability| ability == "*" || ability == "sync");
    if may { Ok(()) } else { Err(Problem::new(ErrorCode::Forbidden)) }
}

/// What every version of a message has: a number, of whatever form its encoding gives it.
#[derive(Deserialize)]
struct Version {
    protocol: Json,
}

impl Version {
    fn is_another(&self) -> bool {
        self.protocol.as_f64().is_some_and(|protocol| protocol.to_bits() != f64::from(PROTOCOL).to_bits())
    }
}

/// A message in either encoding, and the encoding that its answer should have.
struct SyncMessage<T> {
    body: T,
    answer_as: ContentType,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for SyncMessage<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let content = content_type(request.headers(), &CONTENT_TYPE)
            .ok_or_else(|| Problem::new(ErrorCode::UnsupportedMediaType))?;
        let answer_as = content_type(request.headers(), &ACCEPT).unwrap_or(content);
        let bytes = read_body(request.into_body(), MAX_REQUEST_BYTES).await?;
        let body = decode(&bytes, content).map_err(|_| {
            // A message of another version may look otherwise: then its version is what is wrong with it.
            let version = decode::<Version>(&bytes, content);
            Problem::new(match content {
                _ if version.is_ok_and(|version| version.is_another()) => ErrorCode::UnsupportedProtocol,
                ContentType::Json => ErrorCode::BadJson,
                ContentType::Cbor => ErrorCode::BadRequest,
            })
        })?;
        Ok(Self { body, answer_as })
    }
}

fn content_type(headers: &HeaderMap, name: &axum::http::HeaderName) -> Option<ContentType> {
    headers.get(name).and_then(|value| value.to_str().ok()).and_then(ContentType::parse)
}

fn write<T: Serialize>(message: &T, content: ContentType) -> Response {
    ([(CONTENT_TYPE, content.as_str())], encode(message, content)).into_response()
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::UnsupportedProtocol => Self::new(ErrorCode::UnsupportedProtocol),
            AskError::BadCursor => Self::new(ErrorCode::BadCursor),
            AskError::Revoked => Self::new(ErrorCode::DeviceRevoked),
            AskError::Store(cause) => cause.into(),
        }
    }
}
