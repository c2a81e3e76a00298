//! The front end for browsers: the files of `desktop/ui`, built beforehand and part of this program, at every address that is
//! no other room's.
//!
//! Asks no database, and of slices only where the storage of pictures is, which browsers are to be allowed: what the pages show they
//! ask `/api/v1` for, like everybody. A shared room.

mod site;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};

use crate::AppState;
use crate::http::Problem;
use site::Site;

/// Written by `build.rs`; empty where the front end was not built.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/front_end.rs"));

static SITE: LazyLock<Site> = LazyLock::new(|| Site::new(FILES.iter().copied()));

/// Answers what no route answers: a file, a page of the app, or that there is no such thing.
pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let pictures = state.gallery.origin().await.unwrap_or_else(|error| {
        // The app works without; the next page asks again.
        tracing::warn!(%error, "pages cannot show pictures of the storage");
        None
    });
    SITE.answer(request.method(), request.uri().path(), request.headers(), pictures)
        .unwrap_or_else(|| Problem::not_found().into_response())
}
