//! Free hours to offer: `GET /slots`. Owns nothing; asks other slices what it must know and `domain::slots` what follows.
//!
//! May use `appointments`, `services`, `settings` and `auth` (the tenant's zone).

mod list;
#[cfg(test)]
mod tests;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list::list_slots))
}
