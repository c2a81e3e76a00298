//! Conflicts: the list, one of them, settling one, merging clients.

use axum::Router;
use axum::routing::MethodFilter;
use domain::api::After;
use domain::conflicts::{read_merge, read_resolve};
use domain::ids::ClientId;
use domain::lang::Lang;

use super::request::{Ask, Takes, Write};
use super::{Answered, LocalApi, Reply, clients, read, write};
use crate::app::App;

pub(super) fn routes() -> Router<LocalApi> {
    Router::new()
        .route("/conflicts", read(list))
        .route("/conflicts/{id}", read(get))
        .route("/conflicts/{id}/resolve", write(MethodFilter::POST, Takes::Object, resolve))
        .route("/clients/{id}/merge", write(MethodFilter::POST, Takes::Object, merge))
}

fn list(app: &mut App, ask: &Ask, lang: Lang) -> Answered {
    let mut query = ask.query()?;
    let with_warnings = query.parsed::<bool>("warnings").unwrap_or(false);
    let (limit, cursor) = query.page("conflicts", &[&with_warnings])?;
    let mut found = app.conflicts(with_warnings, lang)?;
    found.sort_by_key(|told| told.id);
    let after = cursor.after().map(|after| after.1);
    found.retain(|told| after.is_none_or(|after| told.id > after));
    Reply::ok(&cursor.page(limit, found, |told| After(None, told.id), |told| told))
}

fn get(app: &mut App, ask: &Ask, lang: Lang) -> Answered {
    Reply::ok(&app.conflict(ask.path("id")?, lang)?)
}

fn resolve(app: &mut App, write: &mut Write<'_>) -> Answered {
    let (choice, facts) = read_resolve(&write.body)?;
    Reply::ok(&app.resolve_conflict(write.ask.path("id")?, &choice, facts)?)
}

fn merge(app: &mut App, write: &mut Write<'_>) -> Answered {
    let gone: ClientId = write.ask.path("id")?;
    let into = read_merge(&write.body)?;
    app.client(gone)?;
    clients::check_named(app, "into", Some(into))?;
    Reply::ok(&app.merge_clients(gone, into)?)
}
