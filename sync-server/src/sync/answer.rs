//! One round trip: check the cursor, take in, run intents, give out.
//!
//! Stateless and idempotent: any ask may be lost, repeated or cut; the same ask again gives the same end.

use std::collections::BTreeSet;

use domain::documents::Hash;
use domain::ids::{DeviceId, Ids};
use domain::sync::{Answer, Ask, DEFAULT_PAGE_BYTES, PROTOCOL, PushOutcome, RecordKind};
use jiff::Timestamp;
use serde_json::Value as Json;
use uuid::Uuid;

use super::bugs::{self, Bug};
use super::cursor::{Cursor, First, Point};
use super::intents;
use super::pull::{Page, pull};
use super::push::push;
use super::session::Session;
use super::tx::{LogState, Tx};
use crate::db::StoreError;

/// A log that is no longer than this is replayed rather than sent in phases.
const SHORT_LOG: u64 = 16;

/// What an ask does not say of itself.
pub struct Context<'a> {
    /// The server's clock.
    pub now: Timestamp,
    /// Where a new epoch comes from.
    pub ids: &'a mut dyn Ids,
    /// Who asks.
    pub device: Option<DeviceId>,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("now", &self.now)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// Why an ask is not answered. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Another version of the protocol.
    #[error("this server speaks protocol {PROTOCOL}")]
    UnsupportedProtocol,
    /// Not a cursor of this tenant.
    #[error("the cursor is not one of ours")]
    BadCursor,
    /// The device was disconnected, perhaps while its ask waited for its turn.
    #[error("the device was revoked")]
    Revoked,
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers an ask within one transaction, which the caller commits. An ask that pushes nothing must see one moment
/// (REPEATABLE READ), or its digest would not fit its page; one that pushes holds the tenant's lock.
pub async fn answer<T: Tx>(tx: &mut T, ask: Ask, context: &mut Context<'_>) -> Result<Answer, AskError> {
    if ask.protocol != PROTOCOL {
        return Err(AskError::UnsupportedProtocol);
    }
    let tenant = tx.tenant();
    let cursor = match &ask.cursor {
        None => None,
        Some(text) => Some(Cursor::read(text, tenant.0).ok_or(AskError::BadCursor)?),
    };
    let writes = !ask.push.is_empty() || !ask.intents.is_empty();
    let known = match &cursor {
        None => Some(0),
        Some(cursor) => last_common_point(tx, cursor).await?,
    };
    let restored = cursor.is_some() && known != Some(0);
    if (writes || restored) && !bugs::on(Bug::CursorWithoutLock) {
        tx.lock().await?;
    }
    // Its key was looked at before the lock, and revoking takes the lock: what is asked here holds until the commit.
    if let Some(device) = context.device
        && !bugs::on(Bug::RevokedIsServed)
        && tx.is_revoked(device).await?
    {
        return Err(AskError::Revoked);
    }
    let (mut results, mut outcomes) = (Vec::new(), Vec::new());
    let head_before;
    let state = if writes || restored {
        let mut session = Session::begin(tx, context.device).await?;
        head_before = session.state().head;
        let epoch_is_old = cursor.as_ref().is_some_and(|cursor| cursor.epoch == session.state().epoch);
        if restored && epoch_is_old {
            session.renew(context.ids.uuid());
        }
        // On the heap: it is large, and most asks push nothing.
        results = Box::pin(push(&mut session, &ask.push)).await?;
        for intent in &ask.intents {
            outcomes.push(intents::run(&mut session, intent, context.now).await?);
        }
        session.close().await?
    } else {
        let state = tx.state().await?;
        head_before = state.head;
        state
    };
    let mut cursor = match (cursor, known) {
        (Some(mut cursor), Some(index)) => {
            cursor.points.drain(..index);
            cursor.first = cursor.first.filter(|_| index == 0);
            cursor
        }
        // The first device of a business brings its work along and must not get all of it back.
        (None, _) if writes && head_before <= SHORT_LOG => {
            let points = vec![Point { seq: 0, chain: Hash([0; 32]) }];
            Cursor { tenant: tenant.0, epoch: state.epoch, points, first: None }
        }
        // A first sync, or nothing in common: from the beginning.
        _ => first_cursor(tx, tenant.0, &state, context.now).await?,
    };
    cursor.epoch = state.epoch;
    let skip: BTreeSet<(Uuid, Hash)> = results
        .iter()
        .filter(|result| matches!(result.result, PushOutcome::Stored | PushOutcome::Duplicate))
        .map(|result| (result.doc, result.hash))
        .collect();
    let page = Page {
        max_bytes: ask.max_bytes.unwrap_or(DEFAULT_PAGE_BYTES).clamp(1, 8 * DEFAULT_PAGE_BYTES),
        rows: ask.scope.unwrap_or_default().rows,
        skip: &skip,
    };
    let (items, caught_up) = pull(tx, &state, &mut cursor, &ask.want, &page).await?;
    Ok(Answer {
        epoch: state.epoch,
        head: state.head,
        cursor: cursor.write(),
        more: !caught_up,
        results,
        durable: None,
        intents: outcomes,
        items,
        packed: None,
        digest: caught_up.then_some(state.digest),
        server_time: context.now.to_string(),
        others: None,
    })
}

/// The first of a cursor's points that the log still knows; `None` if it knows none.
async fn last_common_point<T: Tx>(tx: &mut T, cursor: &Cursor) -> Result<Option<usize>, StoreError> {
    for (index, point) in cursor.points.iter().enumerate() {
        let chain = if point.seq == 0 { Some(Hash([0; 32])) } else { tx.chain_at(point.seq).await? };
        if chain == Some(point.chain) {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

async fn first_cursor<T: Tx>(
    tx: &mut T,
    tenant: Uuid,
    state: &LogState,
    now: Timestamp,
) -> Result<Cursor, StoreError> {
    let body = tx.records(&[tenant]).await?.into_iter().find(|r| r.kind == RecordKind::Tenant.as_str());
    let zone =
        body.and_then(|r| r.body).and_then(|b| b.get("timezone").and_then(Json::as_str).map(str::to_owned));
    let since = start_of_day(now, zone.as_deref().unwrap_or("Europe/Moscow"));
    let first = Some(First { phase: 0, after: Uuid::nil(), since });
    let points = vec![Point { seq: state.head, chain: state.chain }];
    Ok(Cursor { tenant, epoch: state.epoch, points, first })
}

/// The first second of the day at `now` in a zone; a day earlier if the zone is unknown here.
fn start_of_day(now: Timestamp, zone: &str) -> i64 {
    jiff::tz::TimeZoneDatabase::bundled()
        .get(zone)
        .ok()
        .and_then(|zone| now.to_zoned(zone).start_of_day().ok())
        .map_or(now.as_second() - 86_400, |start| start.timestamp().as_second())
}
