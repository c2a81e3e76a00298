//! History over REST: what happened to a client, visit or note, change by change.
//!
//! May use `db`, `http` and the door of `sync`. The rules are `domain::history`.

mod list;
mod store;
#[cfg(test)]
mod tests;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::client_changes))
        .routes(routes!(list::appointment_changes))
        .routes(routes!(list::note_changes))
}
