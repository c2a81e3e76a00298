//! Tokens of programs: personal ones and pairs that are refreshed. Given out for a password, listed, revoked.

mod create;
mod list;
mod refresh;
mod revoke;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

/// The routes of this room.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(refresh::refresh_token))
        .routes(routes!(create::create_token))
        .routes(routes!(list::list_tokens))
        .routes(routes!(revoke::revoke_token))
}
