//! Imports over REST: upload a file, look at the guessed map and at what would become of each row, run it, undo it.
//!
//! The rules are `domain::imports`; this slice brings transactions along and keeps the upload. May use `db`, `http`,
//! `auth` (zone and currency) and the door of `sync`. A run is 250 rows to a transaction, so others get their turn in
//! between; a server that is killed midway leaves what it has done, and running again goes on.

mod base;
mod create;
mod delete;
mod edit;
mod get;
mod jobs;
mod list;
mod preview;
mod rows;
mod run;
mod store;
mod take_out;
#[cfg(test)]
mod tests;
mod undo;
mod views;
mod work;

use domain::imports::MAX_FILE_BYTES;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use jobs::DropFiles;

use crate::AppState;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_import, list::list_imports))
        .routes(routes!(get::get_import, edit::edit_import, delete::delete_import))
        .routes(routes!(rows::list_import_rows))
        .routes(routes!(run::run_import))
        .routes(routes!(undo::undo_import))
        // The limit of this room is kept where the body is read, with an answer of its own.
        .layer(axum::extract::DefaultBodyLimit::max(MAX_FILE_BYTES + 1))
}
