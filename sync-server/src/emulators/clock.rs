//! The time in the house: that of the machine, moved forward by whoever wants to see a hold run out. Never moves back.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use domain::ids::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::steer::{Steering, Told};

/// As far as anybody may move it at once: a year.
const FARTHEST: i64 = 366 * 24 * 3600;

/// A clock that can be moved. Clones move together.
#[derive(Clone)]
pub(super) struct HouseClock {
    base: Arc<dyn Clock>,
    ahead: Arc<AtomicI64>,
}

impl HouseClock {
    pub(super) fn new(base: Arc<dyn Clock>) -> Self {
        Self { base, ahead: Arc::default() }
    }

    fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for HouseClock {
    fn now(&self) -> Timestamp {
        let now = self.base.now();
        let ahead = SignedDuration::from_secs(self.ahead.load(Ordering::SeqCst));
        // At the end of time it stands still.
        now.checked_add(ahead).unwrap_or(now)
    }
}

impl fmt::Debug for HouseClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HouseClock").field("ahead", &self.ahead).finish_non_exhaustive()
    }
}

pub(super) fn routes(clock: HouseClock) -> Router {
    Router::new().route("/control/clock/advance", post(advance)).with_state(clock)
}

/// `{"seconds": 3600}`: the house is an hour later.
async fn advance(State(clock): State<HouseClock>, steering: Steering) -> Told {
    let seconds = steering.number("seconds").filter(|seconds| (0..=FARTHEST).contains(seconds));
    let Some(seconds) = seconds else {
        return Told::bad("seconds: a number from 0 to a year");
    };
    clock.advance(seconds);
    Told::done(&steering, Json(json!({ "now": clock.now().to_string() })))
}
