//! `Idempotency-Key`: one effect for each key, however often, however parallel and through whatever crash it is sent
//! (rule D14, docs/adr/0009).
//!
//! A row for the key is made in a transaction of its own. The transaction of the effect locks that row before anything
//! else and writes the answer into it at its end. So a row that is locked is being worked on, a row with an answer is
//! done, and a row with neither belonged to an attempt that failed or died: the next one takes it over. No lease, no
//! clock: Postgres lets the lock go when the worker is gone.

use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::request::Parts;
use domain::errors::ErrorCode;
use domain::ids::{TenantId, UserId};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::reply::Reply;
use super::store;
use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::http::{Principal, Problem};

const HEADER: &str = "idempotency-key";
/// The longest key, in characters.
const MAX_KEY: usize = 255;
/// How long an answer is kept.
pub(super) const KEPT_HOURS: i64 = 48;
/// When to ask again while the first request is still running.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// A key with what it stands for.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) tenant: TenantId,
    pub(super) user: UserId,
    pub(super) route: String,
    pub(super) key: String,
    pub(super) fingerprint: [u8; 32],
}

/// What a claim leads to.
#[derive(Debug)]
pub(super) enum Claimed {
    /// The effect is ours to make, in this transaction.
    Ours(TenantTx, Claim),
    /// It was made.
    Done(Reply),
}

/// What is known of a key.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) fingerprint: Vec<u8>,
    pub(super) reply: Option<Reply>,
}

impl Claim {
    /// Reads the header; `None` without it.
    pub(super) fn of(parts: &Parts, principal: &Principal, body: &[u8]) -> Result<Option<Self>, Problem> {
        let mut keys = parts.headers.get_all(HEADER).iter();
        let Some(key) = keys.next() else { return Ok(None) };
        let readable = key.to_str().ok().filter(|key| (1..=MAX_KEY).contains(&key.len()));
        let (Some(key), None) = (readable, keys.next()) else {
            return Err(Problem::new(ErrorCode::BadRequest));
        };
        let template = parts.extensions.get::<MatchedPath>().map_or("none", MatchedPath::as_str);
        let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
        let fingerprint = Sha256::new().chain_update(path).chain_update([0]).chain_update(body).finalize();
        Ok(Some(Self {
            tenant: principal.tenant,
            user: principal.user,
            route: format!("{} {template}", parts.method),
            key: key.to_owned(),
            fingerprint: fingerprint.into(),
        }))
    }

    /// Asks whether the key is free, and takes it.
    pub(super) async fn begin(self, state: &AppState) -> Result<Claimed, Problem> {
        let now = state.now();
        if let Some(reply) = self.note(state, now).await? {
            return Ok(Claimed::Done(reply));
        }
        let mut tx = state.db.tenant(self.tenant).await?;
        match store::take(&mut tx, &self).await? {
            None => Err(Problem::new(ErrorCode::RequestRunning).after(ASK_AGAIN)),
            // Somebody was done between the two transactions.
            Some(known) if known.reply.is_some() => self.compare(known).map(|reply| match reply {
                Some(reply) => Claimed::Done(reply),
                None => Claimed::Ours(tx, self),
            }),
            Some(_) => Ok(Claimed::Ours(tx, self)),
        }
    }

    /// Makes the key's row if there is none, in a transaction of its own; the answer if there is one.
    async fn note(&self, state: &AppState, now: Timestamp) -> Result<Option<Reply>, Problem> {
        let mut tx = state.db.tenant(self.tenant).await?;
        store::sweep(&mut tx, now, store::MOST_ON_THE_WAY).await?;
        let known = store::note(&mut tx, self, now).await?;
        tx.commit().await?;
        known.map_or(Ok(None), |known| self.compare(known))
    }

    /// The answer that the key already has; an error if it was given to another request.
    fn compare(&self, known: Known) -> Result<Option<Reply>, Problem> {
        match known.reply {
            Some(reply) if known.fingerprint == self.fingerprint => {
                Ok(Some(Reply { is_replayed: true, ..reply }))
            }
            Some(_) => Err(Problem::new(ErrorCode::IdempotencyMismatch)),
            None => Ok(None),
        }
    }

    /// Keeps the answer beside its effect.
    pub(super) async fn keep(
        &self,
        tx: &mut TenantTx,
        reply: &Reply,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        store::keep(tx, self, reply, now).await
    }
}
