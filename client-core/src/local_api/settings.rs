//! Settings: `/settings`. The server owns them: a section that is replaced here is shown at once and waits as an intent that
//! says which version it saw.

use axum::Router;
use axum::routing::MethodFilter;
use domain::api::Tag;
use domain::lang::Lang;
use domain::settings::{Section, Setting};
use domain::sync::RecordKind;
use serde_json::json;
use uuid::Uuid;

use super::request::{Ask, Takes, Write};
use super::{Answered, LocalApi, Problem, Reply, read, write};
use crate::app::App;

pub(super) fn routes() -> Router<LocalApi> {
    Router::new()
        .route("/settings", read(list))
        .route("/settings/{section}", read(get).merge(write(MethodFilter::PUT, Takes::Object, put)))
}

fn list(app: &mut App, _: &Ask, _: Lang) -> Answered {
    Reply::ok(&json!({ "data": app.settings()? }))
}

fn get(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let setting = app.setting(ask.path("section")?)?;
    Ok(Reply::ok(&setting)?.unless_known(ask, &tag(&setting)?))
}

fn put(app: &mut App, write: &mut Write<'_>) -> Answered {
    let section: Section = write.ask.path("section")?;
    write.changes(tag(&app.setting(section)?)?);
    let setting = app.put_setting(section, &write.body)?;
    Ok(Reply::ok(&setting)?.tagged(&tag(&setting)?))
}

fn tag(setting: &Setting) -> Result<Tag, Problem> {
    Ok(Tag::of_body(RecordKind::Settings, Uuid::nil(), &setting.to_record()?)?)
}
