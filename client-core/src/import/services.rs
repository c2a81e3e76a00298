//! Rows that are services: asked of the server through the intent queue, and here at once.
//!
//! Part of the import room. The intent's id follows from the row, so two devices ask for one service once.

use domain::services::ServiceEdit;
use domain::sync::{Intent, IntentAction};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::cells::Cells;
use super::clients::readable;
use super::identity::{intent_id, row_hash};
use super::session::{Done, Session, Stop};
use super::{Kind, Outcome, Problem, Reason};
use domain::documents::Hash;
use domain::ids::{IntentId, ServiceId};

pub(super) fn import(session: &mut Session<'_>, cells: &Cells<'_>, key: &str) -> Result<Done, Stop> {
    let said = read(session, cells, key)?;
    let hash = row_hash(&said);
    let body = Session::marked(&said, "meta", &[("code", Json::from(readable(key)))]);
    let id = session.id(Kind::Services, "", key);
    let done = |result, reason| Ok(Done { result, reason, id });
    let standing =
        session.services.get(&id).map(|service| service.meta.get("importHash").and_then(Json::as_str));
    match standing {
        Some(known) if known.is_none_or(|known| known == hash) => {
            done(Outcome::Skipped, Some(Reason::AlreadyThere))
        }
        Some(_) => {
            let service = session.app.edit_service(ServiceId(id), &body)?;
            session.services.insert(id, service);
            done(Outcome::Updated, None)
        }
        None => {
            let currency = session.tenant.currency;
            ServiceEdit::new_from_json(&body, currency).map_err(Problem::Fields)?;
            let intent = intent_id(id, IntentAction::ServiceAdd.as_str(), &hash);
            if !ask(session, intent, IntentAction::ServiceAdd, id, body, Vec::new())? {
                return done(Outcome::Skipped, Some(Reason::Gone));
            }
            session.services.insert(id, session.app.service(ServiceId(id))?);
            done(Outcome::Created, None)
        }
    }
}

/// Queues an intent, unless it was asked before.
pub(super) fn ask(
    session: &mut Session<'_>,
    id: IntentId,
    action: IntentAction,
    target: Uuid,
    body: Map<String, Json>,
    after: Vec<Hash>,
) -> Result<bool, Stop> {
    let at = session.app.now().as_second();
    let intent = Intent { id, action: action.as_str().to_owned(), target, body, after, deadline: None };
    session.app.store_mut().write(|tx| {
        if tx.intent(id)?.is_some() {
            return Ok(false);
        }
        tx.add_intent(&intent, at)?;
        Ok(true)
    })
}

fn read(session: &Session<'_>, cells: &Cells<'_>, key: &str) -> Result<Map<String, Json>, Problem> {
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
