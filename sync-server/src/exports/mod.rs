//! The full export over REST, on every plan: `GET /export`. The forms are `domain::exports`.
//!
//! May use `db`, `http` and `auth` (the business). Reads one moment of the database, whole.

mod export;
mod store;
#[cfg(test)]
mod tests;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export::export_everything))
}
