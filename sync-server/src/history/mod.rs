//! History over REST: what happened to a client, visit or note, or in the whole business, change by change; taking back a change or
//! all that a device did.
//!
//! May use `db`, `http`, `writes` and the door of `sync`. The rules are `domain::history`.

mod list;
mod newest;
mod store;
#[cfg(test)]
mod tests;
mod undo;
mod undo_device;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::client_changes))
        .routes(routes!(list::appointment_changes))
        .routes(routes!(list::note_changes))
        .routes(routes!(newest::all_changes))
        .routes(routes!(undo::undo_change))
        .routes(routes!(undo_device::undo_device))
}
