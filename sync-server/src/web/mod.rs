//! The front end for browsers: the files of `desktop/ui`, built beforehand and part of this program, at every address that is
//! no other room's.
//!
//! Knows no slice and asks no database: what the pages show they ask `/api/v1` for, like everybody. A shared room.

mod site;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};

use crate::http::Problem;
use site::Site;

/// Written by `build.rs`; empty where the front end was not built.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/front_end.rs"));

static SITE: LazyLock<Site> = LazyLock::new(|| Site::new(FILES.iter().copied()));

/// Answers what no route answers: a file, a page of the app, or that there is no such thing.
pub async fn answer(request: Request) -> Response {
    SITE.answer(request.method(), request.uri().path(), request.headers())
        .unwrap_or_else(|| Problem::not_found().into_response())
}
