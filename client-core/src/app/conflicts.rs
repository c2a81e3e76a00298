//! Conflicts on this device: the list, one of them in her words, settling one as a single action.

use std::collections::{BTreeMap, BTreeSet};

use domain::Projection;
use domain::conflicts::{
    Choice, Conflict, Kind, Names, Offer, SettleError, Told, authors, choices, merge_client, settle,
    standing, tell, warnings,
};
use domain::dates::VisitTime;
use domain::documents::{Collection, Hash};
use domain::errors::{FieldErrors, FieldProblem};
use domain::ids::{AppointmentId, ClientId, IntentId};
use domain::lang::Lang;
use domain::slots::nearest;
use domain::sync::{IntentAction, RecordKind};
use jiff::ToSpan as _;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{App, AppError, Result};
use crate::bugs::{self, Bug};
use crate::conflicts;
use crate::replica;
use crate::store::{Between, Tx};

/// How many free hours are offered for a visit.
const OFFERED: usize = 3;
/// How many days ahead of a visit free hours are looked for.
const DAYS: i64 = 7;

/// A conflict that was settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settled {
    /// Which one.
    pub id: Uuid,
    /// By which choice.
    pub choice: String,
    /// The documents that were changed.
    pub changed: Vec<Uuid>,
    /// The message to the client that waits to be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<IntentId>,
}

impl App {
    /// The conflicts that wait for her, by id, and the warnings too if asked.
    pub fn conflicts(&self, with_warnings: bool, lang: Lang) -> Result<Vec<Told>> {
        let mut all = self.store.read::<_, AppError>(|tx| {
            if conflicts::is_stale(tx)? {
                let found = conflicts::found_anew(tx)?.into_values();
                return Ok(found.filter(|conflict| !conflict.kept).collect());
            }
            Ok(tx.open_conflicts()?)
        })?;
        if with_warnings {
            all.extend(self.warnings()?.into_values());
            all.sort_by_key(|conflict| conflict.id);
        }
        all.iter().map(|conflict| self.tell_conflict(conflict, lang)).collect()
    }

    /// One conflict, also one that she keeps on purpose.
    pub fn conflict(&self, id: Uuid, lang: Lang) -> Result<Told> {
        self.tell_conflict(&self.find_conflict(id)?, lang)
    }

    /// Settles a conflict by one of its choices. With `facts` only if they are still the same.
    pub fn resolve_conflict(&mut self, id: Uuid, choice: &str, facts: Option<Hash>) -> Result<Settled> {
        let conflict = self.find_conflict(id)?;
        if facts.is_some_and(|facts| facts != conflict.facts) {
            return Err(SettleError::Stale.into());
        }
        let chosen: Choice = choice.parse().map_err(|_| not_offered())?;
        self.check_offered(&conflict, &chosen)?;
        let mut needed: BTreeSet<Uuid> = conflict.about.iter().copied().chain([conflict.home]).collect();
        match &chosen {
            Choice::Merge { into } => {
                for gone in conflict.about.iter().filter(|gone| *gone != into) {
                    needed.extend(self.store.read(|tx| tx.naming_client(*gone))?);
                }
            }
            Choice::Book { visit } | Choice::Cancel { visit, .. } | Choice::Move { visit, .. } => {
                needed.insert(*visit);
            }
            _ => {}
        }
        // Once the visit should have begun, nobody needs to hear that it is off.
        let until = match &chosen {
            Choice::Cancel { visit, tell: true } => self.appointment(AppointmentId(*visit))?.starts_at,
            _ => None,
        };
        let mut named = None;
        let changes = self.change_together(&needed, |open, author, at, ids| {
            let edits = settle(&conflict, &chosen, open, (author, at), ids)?;
            named = edits.tell;
            Ok(edits.changes)
        })?;
        let message = match named {
            Some(named) => {
                let body =
                    json!({ "clientId": named.client, "appointmentId": named.visit, "about": "cancelled" });
                let body: Map<_, _> = body.as_object().cloned().unwrap_or_default();
                let after = changes.iter().map(|(_, hash)| *hash).collect();
                if bugs::planted(Bug::ResolutionTwice) {
                    let (again, body, after) = (self.new_id(), body.clone(), Vec::clone(&after));
                    self.ask_until(until.clone(), IntentAction::ClientTell, again, body, after)?;
                }
                let target = self.new_id();
                Some(self.ask_until(until, IntentAction::ClientTell, target, body, after)?)
            }
            None => None,
        };
        let documents: BTreeSet<Uuid> = changes.into_iter().map(|(id, _)| id).collect();
        Ok(Settled { id, choice: choice.to_owned(), changed: documents.into_iter().collect(), message })
    }

    /// Merges a client into another: who goes leads to who stays, visits and notes go over.
    pub fn merge_clients(&mut self, gone: ClientId, into: ClientId) -> Result<domain::clients::Client> {
        self.client(into)?;
        self.client(gone)?;
        let mut needed = BTreeSet::from([gone.0, into.0]);
        needed.extend(self.store.read(|tx| tx.naming_client(gone.0))?);
        self.change_together(&needed, |open, author, at, _| {
            let mut changes = merge_client(gone.0, into.0, open, (author, at))?.changes;
            if bugs::planted(Bug::RedirectLost) {
                changes.retain(|(id, _)| *id != gone.0);
            }
            Ok(changes)
        })?;
        self.client(into)
    }

    /// The messages to clients that the server knows of, by id, with what became of each.
    pub fn messages(&self) -> Result<Vec<Json>> {
        let found = self.store.read::<_, AppError>(|tx| Ok(tx.records(RecordKind::Message.as_str())?))?;
        Ok(found.into_iter().map(|record| record.body).collect())
    }

    fn find_conflict(&self, id: Uuid) -> Result<Conflict> {
        let found = self.store.read::<_, AppError>(|tx| {
            if conflicts::is_stale(tx)? {
                return Ok(conflicts::found_anew(tx)?.remove(&id));
            }
            Ok(tx.conflict(id)?)
        })?;
        match found {
            Some(found) => Ok(found),
            None => self.warnings()?.remove(&id).ok_or(AppError::NotFound(id)),
        }
    }

    fn warnings(&self) -> Result<BTreeMap<Uuid, Conflict>> {
        let (hours, tenant, now) = (self.business_hours()?, self.tenant()?, self.now().as_second());
        // A visit that began before and still goes on began at most two weeks ago.
        let between = Between { from: Some(now - 15 * 86_400), until: None };
        let visits = self.store.read::<_, AppError>(|tx| Ok(tx.appointments(between)?))?;
        let visits = visits.iter().map(|entry| (entry.id, &entry.row));
        Ok(warnings(visits, &hours, &tenant.timezone, now))
    }

    fn tell_conflict(&self, conflict: &Conflict, lang: Lang) -> Result<Told> {
        let offer = self.offer(conflict)?;
        let mut called = BTreeMap::new();
        self.store.read::<_, AppError>(|tx| {
            let clients = offer.rows.iter().filter_map(|(id, row)| row.client(*id));
            for id in clients.chain(conflict.about.iter().copied()) {
                called.extend(tx.client_row(id)?.map(|row| (id, row.name)));
            }
            Ok(())
        })?;
        called.extend(self.services()?.into_iter().map(|service| (service.id.0, service.name)));
        let written = self.store.read::<_, AppError>(|tx| {
            let mut open = BTreeMap::new();
            for id in conflict.about.iter().filter(|id| offer.rows.contains_key(id)) {
                if let Some(document) = replica::look(tx, *id)? {
                    open.insert(*id, document);
                }
            }
            Ok(authors(conflict, &mut open))
        })?;
        Ok(tell(conflict, &offer, &Names { called, devices: self.device_names()?, written }, lang))
    }

    /// What devices are called, as far as this one knows: itself.
    pub(super) fn device_names(&self) -> Result<BTreeMap<String, String>> {
        Ok(self.device()?.map(|device| (device.short_name(), device.name)).into_iter().collect())
    }

    /// What there is to choose from.
    fn offer(&self, conflict: &Conflict) -> Result<Offer> {
        let rows = self.store.read::<_, AppError>(|tx| rows(tx, conflict))?;
        let mut free = BTreeMap::new();
        for (id, row) in &rows {
            if let Projection::Appointments(row) = row
                && conflict.about.len() > 1
                && standing(row)
                && let Some(time) = row.visit_time()
            {
                free.insert(*id, self.free_near(AppointmentId(*id), row.service_id, &time)?);
            }
        }
        Ok(Offer { rows, free })
    }

    /// The free hours nearest to a visit, today at the earliest.
    fn free_near(
        &self,
        id: AppointmentId,
        service: Option<domain::ids::ServiceId>,
        time: &VisitTime,
    ) -> Result<Vec<domain::slots::Slot>> {
        let last = time.date().checked_add(DAYS.days()).unwrap_or(time.date());
        let found = self.slots_for_visit(id, service, time, (time.date(), last))?;
        Ok(nearest(&found, time, OFFERED))
    }

    fn check_offered(&self, conflict: &Conflict, chosen: &Choice) -> Result<()> {
        let offer = self.offer(conflict)?;
        let offered = choices(conflict, &offer);
        // The hour that was promised is hers to give again, whatever her calendar says of it by now.
        if let Choice::Move { visit, to } = chosen
            && conflict.kind != Kind::ChangedAfterPromise
        {
            // Any free hour will do, not only the few that were shown.
            let Some(Projection::Appointments(row)) = offer.rows.get(visit) else {
                return Err(not_offered());
            };
            let time = row.visit_time().filter(|_| standing(row)).ok_or_else(not_offered)?;
            let wanted = time.moved_to(to).map_err(|_| not_offered())?;
            let day = wanted.date();
            let free = self.slots_for_visit(AppointmentId(*visit), row.service_id, &time, (day, day))?;
            let is_free = free.iter().any(|slot| slot.time.starts_at() == wanted.starts_at());
            return if is_free { Ok(()) } else { Err(AppError::SlotTaken) };
        }
        if offered.contains(chosen) { Ok(()) } else { Err(not_offered()) }
    }
}

fn not_offered() -> AppError {
    FieldErrors::one("choice", FieldProblem::Unknown).into()
}

/// The rows of the documents that a conflict is about, and of those that its choices name.
fn rows(tx: &Tx<'_>, conflict: &Conflict) -> Result<BTreeMap<Uuid, Projection>> {
    let mut rows = BTreeMap::new();
    for id in conflict.mentions() {
        for collection in Collection::ALL {
            if let Some(json) = tx.row(collection, id)? {
                rows.insert(id, Projection::from_json(collection, &json).map_err(crate::StoreError::from)?);
            }
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests;
