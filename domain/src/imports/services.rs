//! Rows that are services: asked of the server through the intent queue, and here at once.
//!
//! Part of the import room. The intent's id follows from the row, so two devices ask for one service once.

use crate::services::ServiceEdit;
use crate::sync::{Intent, IntentAction};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::base::{Base, Stop};
use super::cells::Cells;
use super::clients::readable;
use super::identity::{intent_id, row_hash};
use super::session::{Done, Import};
use super::undo::undo_intent;
use super::updates::service_mark;
use super::writes::marked;
use super::{Kind, Outcome, Problem, Reason};
use crate::dates::format_seconds;
use crate::documents::Hash;
use crate::ids::ServiceId;

pub(super) fn import<B: Base>(
    session: &mut Import<'_, B>,
    cells: &Cells<'_>,
    key: &str,
) -> Result<Done, Stop<B::Error>> {
    let said = read(session, cells, key)?;
    let hash = row_hash(&said);
    let body = marked(&said, "meta", &[("code", Json::from(readable(key)))]);
    let id = session.thing(Kind::Services, "", key);
    let done = |result, reason| Ok(Done { result, reason, id });
    let currency = session.business.currency;
    let (_, at) = session.base.author().map_err(Stop::All)?;
    let now = format_seconds(at).unwrap_or_default();
    let standing = session.services.get(&id);
    match standing.map(|service| service.meta.get("importHash").and_then(Json::as_str)) {
        Some(known) if known.is_none_or(|known| known == hash) => {
            done(Outcome::Skipped, Some(Reason::AlreadyThere))
        }
        Some(_) => {
            let body = standing.map_or_else(
                || body.clone(),
                |service| {
                    let (by, change) = service_mark(service, &body, session.id);
                    marked(&said, "meta", &[("code", Json::from(readable(key))), (by.as_str(), change)])
                },
            );
            let edit = ServiceEdit::patch_from_json(&body, currency).map_err(Problem::Fields)?;
            // Known by what it was edited from and to, so that two devices ask for it once.
            let before = standing.map(|service| service.updated_at.clone()).unwrap_or_default();
            let edited = standing.cloned().map(|service| edit.apply(service, &now));
            let mark = format!("{hash}{before}");
            ask(session, IntentAction::ServiceEdit, id, &mark, body, Vec::new())?;
            session.services.extend(edited.map(|service| (id, service)));
            done(Outcome::Updated, None)
        }
        None => {
            let body = session.originated(body, "meta");
            let edit = ServiceEdit::new_from_json(&body, currency).map_err(Problem::Fields)?;
            if !ask(session, IntentAction::ServiceAdd, id, &hash, body, Vec::new())? {
                return done(Outcome::Skipped, Some(Reason::Gone));
            }
            session.services.insert(id, edit.add(ServiceId(id), currency, &now));
            done(Outcome::Created, None)
        }
    }
}

/// Queues an intent, unless it was asked before. What was added and then undone may be asked for once more after each
/// undoing.
pub(super) fn ask<B: Base>(
    session: &mut Import<'_, B>,
    action: IntentAction,
    target: Uuid,
    hash: &str,
    body: Map<String, Json>,
    after: Vec<Hash>,
) -> Result<bool, Stop<B::Error>> {
    let mut mark = hash.to_owned();
    for undoing in 0.. {
        let id = intent_id(target, action.as_str(), &mark);
        if !session.base.was_asked(id).map_err(Stop::All)? {
            let action = action.as_str().to_owned();
            session.base.ask(&Intent { id, action, target, body, after, deadline: None })?;
            return Ok(true);
        }
        if !session.base.was_asked(undo_intent(target, undoing)).map_err(Stop::All)? {
            break;
        }
        mark = format!("{hash}{undoing}");
    }
    Ok(false)
}

fn read<B: Base>(
    session: &Import<'_, B>,
    cells: &Cells<'_>,
    key: &str,
) -> Result<Map<String, Json>, Problem> {
    let code = readable(key);
    let name = cells.text("name").unwrap_or_else(|| code.clone());
    let category = cells.text("category");
    let named = [Some(code.as_str()), Some(name.as_str()), category.as_deref(), Some("default")];
    let minutes = cells.minutes("duration")?.or_else(|| session.mapped_minutes(&named));
    let price = cells.money("price")?.ok_or(Problem::Missing("price"))?;
    let mut said = Map::new();
    said.insert("basePrice".to_owned(), Json::Number(price.to_json_number()));
    said.insert("durationMin".to_owned(), Json::from(minutes.ok_or(Problem::Missing("duration"))?));
    if let Some(cost) = cells.money("cost")? {
        said.insert("cost".to_owned(), Json::Number(cost.to_json_number()));
    }
    if let Some(active) = cells.flag("active") {
        said.insert("active".to_owned(), Json::from(active));
    }
    if let Some(category) = category {
        said.insert("category".to_owned(), Json::from(category));
    }
    said.insert("name".to_owned(), Json::from(name));
    Ok(said)
}
