//! Free hours: `/slots`.

use axum::Router;
use domain::lang::Lang;
use domain::slots::{BEST, Slot, SlotQuery, best};
use serde_json::json;

use super::request::Ask;
use super::{Answered, LocalApi, Reply, read};
use crate::app::App;

pub(super) fn routes() -> Router<LocalApi> {
    Router::new().route("/slots", read(list))
}

fn list(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let SlotQuery { service, from, to, only_best } = SlotQuery::read(ask.query()?)?;
    let found = app.free_slots(service, from, to)?;
    let found = if only_best { best(&found, BEST) } else { found };
    let shown: Vec<_> = found.iter().map(Slot::show).collect();
    Reply::ok(&json!({ "data": shown }))
}
