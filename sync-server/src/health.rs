//! Whether the process lives and whether it can work: for supervisors and proxies, so without `/api/v1` and without keys.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::AppState;
use crate::http::Problem;

/// The routes of this room.
pub fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(live)).route("/readyz", get(ready))
}

/// It serves.
async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// It serves, and the database answers.
async fn ready(State(state): State<AppState>) -> Result<Json<Value>, Problem> {
    state.db.ping().await?;
    Ok(Json(json!({ "status": "ok" })))
}
