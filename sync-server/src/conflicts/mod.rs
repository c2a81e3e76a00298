//! Conflicts over REST: the list, one of them, settling one, merging clients. Found out of the rows whenever somebody asks,
//! by the rules of `domain::conflicts`, so they are the very ones that devices keep.
//!
//! May use `db`, `http`, `auth` (the tenant's zone), `appointments`, `services`, `settings` (hours for what is offered)
//! and the door of `sync`. All SQL is in `store`.

mod find;
mod get;
mod list;
mod merge;
mod resolve;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use store::naming;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list_conflicts))
        .routes(routes!(get::get_conflict))
        .routes(routes!(resolve::resolve_conflict))
        .routes(routes!(merge::merge_client))
}
