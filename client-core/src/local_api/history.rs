//! History: the changes of a record, and taking them back.

use axum::Router;
use axum::routing::MethodFilter;
use domain::api::After;
use domain::documents::{Collection, Hash};
use domain::history::{read_undo, read_undo_device};
use domain::lang::Lang;
use uuid::Uuid;

use super::request::{Ask, Takes, Write};
use super::{Answered, LocalApi, Problem, Reply, read, write};
use crate::app::App;

pub(super) fn routes() -> Router<LocalApi> {
    let post = |act| write(MethodFilter::POST, Takes::Object, act);
    Router::new()
        .route("/clients/{id}/changes", read(|app, ask, _: Lang| changes(app, ask, Collection::Clients)))
        .route("/appointments/{id}/changes", read(|app, ask, _| changes(app, ask, Collection::Appointments)))
        .route("/notes/{id}/changes", read(|app, ask, _| changes(app, ask, Collection::Notes)))
        .route("/history/undo", post(undo_change))
        .route("/history/undo-device", post(undo_device))
}

fn changes(app: &mut App, ask: &Ask, collection: Collection) -> Answered {
    let id: Uuid = ask.path("id")?;
    let mut query = ask.query()?;
    let field = query.text("field");
    let (limit, cursor) = query.page("changes", &[&id, &field])?;
    if app.collection_of(id)? != Some(collection) {
        return Err(Problem::not_found());
    }
    let after: Option<Hash> = cursor.after().and_then(|after| after.0.as_deref()?.parse().ok());
    let most = usize::try_from(limit.and_one()).unwrap_or(usize::MAX);
    let found = app.history(id, after, most, field.as_deref())?;
    Reply::ok(&cursor.page(limit, found, |change| After(Some(change.id.to_string()), id), |change| change))
}

fn undo_change(app: &mut App, write: &mut Write<'_>) -> Answered {
    let (document, change) = read_undo(&write.body)?;
    Reply::ok(&app.undo_change(document, change)?)
}

fn undo_device(app: &mut App, write: &mut Write<'_>) -> Answered {
    let (device, since) = read_undo_device(&write.body)?;
    Reply::ok(&app.undo_device(&device, since)?)
}
