//! The conflicts of this device: brought up to date in the very transaction that moves a row, by `domain::conflicts`.
//!
//! Between the tables and the rules; knows no SQL and decides nothing. What comes in thousands (a first sync) is looked over
//! once, at its end, instead of visit by visit.

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::appointments::{AppointmentRow, Promises};
use domain::clients::ClientRow;
use domain::conflicts::{Base, Changed, Conflict, Shared, refresh, whole};
use domain::ids::ServiceId;
use domain::money::Currency;
use domain::notes::NoteRow;
use domain::services::Service;
use uuid::Uuid;

use crate::app::price_list;
use crate::bugs::{self, Bug};
use crate::store::{Result, StoreError, Tx};

/// More changes than this in one transaction are looked over at the end of the sync.
const AT_ONCE: usize = 300;
/// Whether the conflicts have to be found anew.
const STALE: &str = "conflicts_stale";
/// The most seconds that any service has ever kept free on one side.
const WIDEST: &str = "widest_buffer";

/// Brings the conflicts up to date with what this transaction has changed.
pub(crate) fn keep_up(tx: &Tx<'_>) -> Result<()> {
    let changed = tx.take_changed();
    if changed.is_empty() {
        return Ok(());
    }
    if changed.iter().any(|changed| matches!(changed, Changed::Service(_))) {
        widen(tx)?;
    }
    if changed.len() > AT_ONCE {
        return mark_stale(tx);
    }
    if bugs::planted(Bug::ConflictsNotKeptUp) {
        return Ok(());
    }
    refresh(&mut Shelf { tx, services: RefCell::default() }, &changed)
}

/// The conflicts are to be found anew when there is time for it.
pub(crate) fn mark_stale(tx: &Tx<'_>) -> Result<()> {
    tx.set_meta(STALE, &true)
}

/// Whether the conflicts have to be found anew.
pub(crate) fn is_stale(tx: &Tx<'_>) -> Result<bool> {
    Ok(tx.meta(STALE)?.unwrap_or_default())
}

/// Finds all conflicts anew, if that is due: because of what came before, or of what this transaction has changed so far.
pub(crate) fn catch_up(tx: &Tx<'_>) -> Result<()> {
    let changed = tx.take_changed();
    if changed.len() <= AT_ONCE && !is_stale(tx)? {
        for change in changed {
            tx.note_changed(change);
        }
        return Ok(());
    }
    if bugs::planted(Bug::ConflictsNotKeptUp) {
        return Ok(());
    }
    widen(tx)?;
    let found = found_anew(tx)?;
    let before: BTreeMap<Uuid, Conflict> =
        tx.all_conflicts()?.into_iter().map(|conflict| (conflict.id, conflict)).collect();
    for gone in before.keys().filter(|id| !found.contains_key(id)) {
        tx.remove_conflict(*gone)?;
    }
    for (_, conflict) in found.iter().filter(|(id, conflict)| before.get(id) != Some(conflict)) {
        tx.put_conflict(conflict)?;
    }
    tx.clear_meta(STALE)
}

/// All conflicts as the rows say, without looking at those that are kept.
pub(crate) fn found_anew(tx: &Tx<'_>) -> Result<BTreeMap<Uuid, Conflict>> {
    let services = services(tx)?;
    let is_offered = |id: Uuid| services.get(&ServiceId(id)).is_some_and(|service| service.active);
    let rows = tx.conflict_candidates(widest(&services), is_offered)?;
    Ok(whole(rows.iter().map(|(id, row)| (*id, row)), &services, &tx.all_promises()?))
}

fn services(tx: &Tx<'_>) -> Result<BTreeMap<ServiceId, Service>> {
    // No rule of conflicts looks at prices, so any currency will do.
    let list = price_list(tx, None, Currency::RUB)?;
    Ok(list.into_iter().map(|(id, service)| (ServiceId(id), service)).collect())
}

fn widest(services: &BTreeMap<ServiceId, Service>) -> i64 {
    let minutes = services.values().map(|s| s.buffer_before_min.max(s.buffer_after_min)).max();
    i64::from(minutes.unwrap_or_default()) * 60
}

/// Remembers the widest buffer. It never shrinks: looking a little further than needed does no harm.
fn widen(tx: &Tx<'_>) -> Result<()> {
    let (known, now): (Option<i64>, i64) = (tx.meta(WIDEST)?, widest(&services(tx)?));
    if known.is_none_or(|known| known < now) { tx.set_meta(WIDEST, &now) } else { Ok(()) }
}

/// The tables as the upkeep sees them.
struct Shelf<'a> {
    tx: &'a Tx<'a>,
    services: RefCell<BTreeMap<ServiceId, Option<Service>>>,
}

impl Base for Shelf<'_> {
    type Error = StoreError;

    fn client(&self, id: Uuid) -> Result<Option<ClientRow>> {
        self.tx.client_row(id)
    }

    fn visit(&self, id: Uuid) -> Result<Option<AppointmentRow>> {
        self.tx.visit_row(id)
    }

    fn note(&self, id: Uuid) -> Result<Option<NoteRow>> {
        self.tx.note_row(id)
    }

    fn service(&self, id: ServiceId) -> Result<Option<Service>> {
        if let Some(service) = self.services.borrow().get(&id) {
            return Ok(service.clone());
        }
        let service = price_list(self.tx, Some(id.0), Currency::RUB)?.remove(&id.0);
        self.services.borrow_mut().insert(id, service.clone());
        Ok(service)
    }

    fn promises(&self, visit: Uuid) -> Result<Option<Promises>> {
        self.tx.promises(visit)
    }

    fn widest_buffer(&self) -> Result<i64> {
        Ok(self.tx.meta(WIDEST)?.unwrap_or_default())
    }

    fn visits_near(&self, from: i64, until: i64) -> Result<Vec<(Uuid, AppointmentRow)>> {
        let near = self.tx.appointments_touching(from, until)?;
        Ok(near.into_iter().map(|entry| (entry.id, entry.row)).collect())
    }

    fn clients_with(&self, by: Shared, value: &str) -> Result<Vec<(Uuid, ClientRow)>> {
        self.tx.clients_with(by, value)
    }

    fn visits_of_client(&self, client: Uuid) -> Result<Vec<Uuid>> {
        self.tx.visits_of_client(client)
    }

    fn visits_of_service(&self, service: Uuid) -> Result<Vec<Uuid>> {
        self.tx.visits_of_service(service)
    }

    fn conflicts_about(&self, id: Uuid) -> Result<Vec<Conflict>> {
        self.tx.conflicts_about(id)
    }

    fn keep(&mut self, conflict: &Conflict) -> Result<()> {
        if bugs::planted(Bug::FirstWordStays) && self.tx.conflict(conflict.id)?.is_some() {
            return Ok(());
        }
        self.tx.put_conflict(conflict)
    }

    fn forget(&mut self, id: Uuid) -> Result<()> {
        self.tx.remove_conflict(id)
    }
}
