//! Services on this device. The server owns the price list: an edit here is an intent, shown at once through the
//! very functions with which the server will carry it out, and bookable before any sync.

use std::collections::BTreeMap;

use domain::dates::format_seconds;
use domain::documents::Hash;
use domain::ids::{IntentId, ServiceId};
use domain::money::Currency;
use domain::services::{Service, ServiceEdit};
use domain::sync::{Intent, IntentAction, RecordKind};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{App, AppError, Result};
use crate::store::{Result as StoreResult, StoredIntent, StoredRecord, Tx};

impl App {
    /// Adds a service from the fields that REST takes; it has its final id at once.
    pub fn add_service(&mut self, fields: &Map<String, Json>) -> Result<Service> {
        let id = ServiceId(self.new_id());
        self.add_service_with_id(id, fields)
    }

    /// The same under an id that comes from elsewhere, e.g. from an import.
    pub fn add_service_with_id(&mut self, id: ServiceId, fields: &Map<String, Json>) -> Result<Service> {
        let _ = ServiceEdit::new_from_json(fields, self.tenant()?.currency)?;
        if self.service(id).is_ok() {
            return Err(AppError::Exists(id.0));
        }
        self.ask(IntentAction::ServiceAdd, id.0, fields.clone(), Vec::new())?;
        self.service(id)
    }

    /// Edits a service; absent fields stay untouched.
    pub fn edit_service(&mut self, id: ServiceId, fields: &Map<String, Json>) -> Result<Service> {
        let _ = ServiceEdit::patch_from_json(fields, self.tenant()?.currency)?;
        self.service(id)?;
        self.ask(IntentAction::ServiceEdit, id.0, fields.clone(), Vec::new())?;
        self.service(id)
    }

    /// Removes a service; visits that name it keep their prices.
    pub fn remove_service(&mut self, id: ServiceId) -> Result<()> {
        self.service(id)?;
        self.ask(IntentAction::ServiceRemove, id.0, Map::new(), Vec::new()).map(drop)
    }

    /// One service.
    pub fn service(&self, id: ServiceId) -> Result<Service> {
        let currency = self.tenant()?.currency;
        self.store
            .read(|tx| price_list(tx, Some(id.0), currency)?.remove(&id.0).ok_or(AppError::NotFound(id.0)))
    }

    /// All services, by category, name and id.
    pub fn services(&self) -> Result<Vec<Service>> {
        let currency = self.tenant()?.currency;
        let all = self.store.read::<_, AppError>(|tx| Ok(price_list(tx, None, currency)?))?;
        let mut services: Vec<Service> = all.into_values().collect();
        services.sort_by(|a, b| (&a.category, &a.name, a.id).cmp(&(&b.category, &b.name, b.id)));
        Ok(services)
    }

    /// Queues something for the server to do; it is durable when this returns.
    pub(super) fn ask(
        &mut self,
        action: IntentAction,
        target: Uuid,
        body: Map<String, Json>,
        after: Vec<Hash>,
    ) -> Result<IntentId> {
        self.ask_until(None, action, target, body, after)
    }

    /// The same, to be done not later than a moment of the server's time, RFC 3339.
    pub(super) fn ask_until(
        &mut self,
        deadline: Option<String>,
        action: IntentAction,
        target: Uuid,
        body: Map<String, Json>,
        after: Vec<Hash>,
    ) -> Result<IntentId> {
        let id = IntentId(self.new_id());
        let at = self.now().as_second();
        let intent = Intent { id, action: action.as_str().to_owned(), target, body, after, deadline };
        self.store.write::<_, AppError>(|tx| Ok(tx.add_intent(&intent, at)?))?;
        Ok(id)
    }
}

/// The price list as it is shown here, or one entry of it.
pub(crate) fn price_list(
    tx: &Tx<'_>,
    only: Option<Uuid>,
    currency: Currency,
) -> StoreResult<BTreeMap<Uuid, Service>> {
    let mut asked = tx.unsettled_intents()?;
    let kind = RecordKind::Service.as_str();
    let records = match only {
        Some(id) => {
            asked.retain(|stored| stored.intent.target == id);
            tx.record(kind, id)?.into_iter().collect()
        }
        None => tx.records(kind)?,
    };
    Ok(overlaid(records, &asked, currency))
}

/// The records with the effect of what was asked but has not come back yet.
fn overlaid(
    records: impl IntoIterator<Item = StoredRecord>,
    intents: &[StoredIntent],
    currency: Currency,
) -> BTreeMap<Uuid, Service> {
    let parse = |record: StoredRecord| Some((record.id, serde_json::from_value(record.body).ok()?));
    let mut services: BTreeMap<Uuid, Service> = records.into_iter().filter_map(parse).collect();
    for StoredIntent { intent, created, .. } in intents {
        let now = format_seconds(*created).unwrap_or_default();
        match IntentAction::parse(&intent.action) {
            Some(IntentAction::ServiceAdd) => {
                if let Ok(edit) = ServiceEdit::new_from_json(&intent.body, currency) {
                    let fresh = || edit.add(ServiceId(intent.target), currency, &now);
                    services.entry(intent.target).or_insert_with(fresh);
                }
            }
            Some(IntentAction::ServiceEdit) => {
                if let Some(service) = services.remove(&intent.target) {
                    let edited = match ServiceEdit::patch_from_json(&intent.body, currency) {
                        Ok(edit) => edit.apply(service, &now),
                        Err(_) => service,
                    };
                    services.insert(intent.target, edited);
                }
            }
            Some(IntentAction::RecordOffer) => {
                if let Some(service) = offered::<Service>(RecordKind::Service, &intent.body) {
                    services.entry(intent.target).or_insert(service);
                }
            }
            Some(IntentAction::ServiceRemove) => {
                services.remove(&intent.target);
            }
            _ => {}
        }
    }
    services
}

/// The record that an intent offers back, if it is of this kind.
pub(super) fn offered<T: DeserializeOwned>(kind: RecordKind, body: &Map<String, Json>) -> Option<T> {
    let is_it = body.get("record").and_then(Json::as_str) == Some(kind.as_str());
    is_it.then(|| body.get("body").cloned()).flatten().and_then(|body| serde_json::from_value(body).ok())
}
