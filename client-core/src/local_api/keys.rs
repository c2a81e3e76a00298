//! `Idempotency-Key` on a device: one effect for each key. The answer is kept in the transaction of the effect, so whatever is
//! cut, there are both or neither; and a device answers one request after the other, so none is ever on the way twice.

use axum::http::HeaderValue;
use domain::errors::ErrorCode;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use super::reply::Reply;
use super::request::Ask;
use crate::app::App;

const HEADER: &str = "idempotency-key";
/// The longest key, in characters.
const MAX_KEY: usize = 255;
/// How long an answer is kept, in seconds.
const KEPT: i64 = 48 * 60 * 60;

/// A key with what it stands for.
#[derive(Debug)]
pub(super) struct Claim {
    route: String,
    key: String,
    fingerprint: [u8; 32],
}

impl Claim {
    /// Reads the header; `None` without it.
    pub(super) fn of(ask: &Ask) -> Result<Option<Self>, Problem> {
        let mut keys = ask.headers.get_all(HEADER).iter();
        let Some(key) = keys.next() else { return Ok(None) };
        let readable = HeaderValue::to_str(key).ok().filter(|key| (1..=MAX_KEY).contains(&key.len()));
        let (Some(key), None) = (readable, keys.next()) else {
            return Err(Problem::new(ErrorCode::BadRequest));
        };
        let target = ask.uri.path_and_query().map_or("", |target| target.as_str());
        let fingerprint =
            Sha256::new().chain_update(target).chain_update([0]).chain_update(&ask.body).finalize();
        let route = format!("{} {}", ask.method, ask.route);
        Ok(Some(Self { route, key: key.to_owned(), fingerprint: fingerprint.into() }))
    }

    /// What was answered under the key; an error if it was given to another request.
    pub(super) fn known(&self, app: &mut App) -> Result<Option<Reply>, Problem> {
        let oldest = app.now().as_second() - KEPT;
        let kept = app.with_answers(|tx| {
            tx.forget_answers(oldest)?;
            tx.answer(&self.route, &self.key)
        })?;
        match kept {
            None => Ok(None),
            Some((fingerprint, reply)) if fingerprint == self.fingerprint => {
                Ok(Some(serde_json::from_str::<Reply>(&reply)?.replayed()))
            }
            Some(_) => Err(Problem::new(ErrorCode::IdempotencyMismatch)),
        }
    }

    /// Keeps the answer beside its effect.
    pub(super) fn keep(&self, app: &mut App, reply: &Reply, now: Timestamp) -> Result<(), Problem> {
        let text = serde_json::to_string(reply)?;
        let Self { route, key, fingerprint } = self;
        Ok(app.with_answers(|tx| tx.keep_answer(route, key, *fingerprint, &text, now.as_second()))?)
    }
}
