//! Services: `/services`. The server owns the price list: a change made here is shown at once, waits as an intent, and is done
//! by the server with the next sync.

use axum::Router;
use axum::routing::MethodFilter;
use domain::api::{Listing, Tag};
use domain::ids::ServiceId;
use domain::lang::Lang;
use domain::services::{LIST, Service};
use domain::sync::RecordKind;

use super::request::{Ask, Takes, Write};
use super::{Answered, LocalApi, Problem, Reply, read, write};
use crate::app::App;

pub(super) fn routes() -> Router<LocalApi> {
    Router::new()
        .route("/services", read(list).merge(write(MethodFilter::POST, Takes::Object, create)))
        .route(
            "/services/{id}",
            read(get).merge(write(MethodFilter::PATCH, Takes::Object, edit)).merge(write(
                MethodFilter::DELETE,
                Takes::Nothing,
                remove,
            )),
        )
}

fn list(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let listing = Listing::read(&LIST, ask.query()?, &app.tenant()?.timezone, &())?;
    Reply::ok(&listing.pick(app.services()?, |service| service.id.0)?)
}

fn get(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let service = app.service(ask.path("id")?)?;
    Ok(Reply::ok(&service)?.unless_known(ask, &tag(&service)?))
}

fn create(app: &mut App, write: &mut Write<'_>) -> Answered {
    let service = app.add_service(&write.body)?;
    Ok(Reply::created(&format!("services/{}", service.id), &service)?.tagged(&tag(&service)?))
}

fn edit(app: &mut App, write: &mut Write<'_>) -> Answered {
    let id: ServiceId = write.ask.path("id")?;
    write.changes(tag(&app.service(id)?)?);
    let service = app.edit_service(id, &write.body)?;
    Ok(Reply::ok(&service)?.tagged(&tag(&service)?))
}

fn remove(app: &mut App, write: &mut Write<'_>) -> Answered {
    let id: ServiceId = write.ask.path("id")?;
    write.changes(tag(&app.service(id)?)?);
    app.remove_service(id)?;
    Ok(Reply::no_content())
}

fn tag(service: &Service) -> Result<Tag, Problem> {
    Ok(Tag::of_body(RecordKind::Service, service.id.0, service)?)
}
