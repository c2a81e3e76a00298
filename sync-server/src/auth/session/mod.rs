//! Sign-ins of browsers: begun by `login`, listed, ended one by one or all at once. What makes a key is next door.

mod end;
mod list;
mod login;
mod logout;
mod logout_everywhere;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

/// The routes of this room.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(login::login))
        .routes(routes!(logout::logout))
        .routes(routes!(logout_everywhere::logout_everywhere))
        .routes(routes!(list::list_sessions))
        .routes(routes!(end::end_session))
}
