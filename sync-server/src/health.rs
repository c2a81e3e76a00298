//! Whether the process lives and whether it can work: for supervisors and proxies, so without `/api/v1` and without keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::AppState;

/// What the parts of this process say of themselves. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Parts>);

#[derive(Debug, Default)]
struct Parts {
    draining: AtomicBool,
    worker: AtomicU8,
}

/// How the worker of this process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerHealth {
    /// There is none here.
    None,
    /// It works.
    Works,
    /// It fell over and has not risen yet.
    Fallen,
}

impl Health {
    /// From now on nothing new should come here.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Says how the worker is.
    pub fn note_worker(&self, health: WorkerHealth) {
        self.0.worker.store(health as u8, Ordering::Relaxed);
    }

    fn worker(&self) -> WorkerHealth {
        match self.0.worker.load(Ordering::Relaxed) {
            0 => WorkerHealth::None,
            1 => WorkerHealth::Works,
            _ => WorkerHealth::Fallen,
        }
    }
}

/// The routes of this room.
pub fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(live)).route("/readyz", get(ready))
}

/// It serves.
async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// It can work: the database answers and has all migrations, the worker works, and nobody has told us to end.
async fn ready(State(state): State<AppState>) -> Response {
    let newest = state.db.newest_migration().await;
    let database = newest.is_ok();
    let migrations = newest.is_ok_and(|newest| newest >= crate::db::our_newest_migration());
    let worker = state.health.worker();
    let draining = state.health.0.draining.load(Ordering::Relaxed);
    let is_ready = database && migrations && worker != WorkerHealth::Fallen && !draining;
    let word = |well| if well { "ok" } else { "fail" };
    let body = json!({
        "status": word(is_ready),
        "database": word(database),
        "migrations": word(migrations),
        "worker": match worker {
            WorkerHealth::None => "none",
            WorkerHealth::Works => "ok",
            WorkerHealth::Fallen => "fail",
        },
        "draining": draining,
    });
    if is_ready {
        Json(body).into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], Json(body)).into_response()
    }
}
