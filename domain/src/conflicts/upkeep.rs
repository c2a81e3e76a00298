//! Keeping the conflicts of a replica up to date: work in proportion to what an edit touches.
//!
//! Part of the conflicts room. Pure but for the [`Base`] it asks. After it, what the base keeps is what [`super::whole`] would
//! find, which a property test holds it to.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::base::{Base, Changed, Shared};
use super::conflict::{Conflict, Detail, Kind};
use super::rules::{self, Visit, service_of};
use crate::appointments::AppointmentRow;

/// Brings the kept conflicts up to date after these things have changed; they are in the base already.
pub fn refresh<B: Base>(base: &mut B, changed: &BTreeSet<Changed>) -> Result<(), B::Error> {
    let mut visits = BTreeSet::new();
    for change in changed {
        match change {
            Changed::Appointment(id) => {
                visits.insert(*id);
            }
            Changed::Service(id) => visits.extend(base.visits_of_service(*id)?),
            Changed::Client(id) => visits.extend(client(base, *id)?),
            Changed::Note(id) => note(base, *id)?,
        }
    }
    if visits.is_empty() {
        return Ok(());
    }
    let widest = base.widest_buffer()?;
    visits.into_iter().try_for_each(|id| visit(base, id, widest))
}

/// A visit: itself, what it names, and whom it meets.
fn visit<B: Base>(base: &mut B, id: Uuid, widest: i64) -> Result<(), B::Error> {
    let before = base.conflicts_about(id)?;
    let mut found = Vec::new();
    if let Some(row) = base.visit(id)? {
        let service = service_of(base, &row)?;
        let promises = base.promises(id)?;
        let one = Visit { id, row: &row, service: service.as_ref(), promises: promises.as_ref() };
        let client = match row.client_id {
            Some(client) if rules::standing(&row) => base.client(client.0)?.map(|row| (client.0, row)),
            _ => None,
        };
        found = rules::of_visit(one, client.as_ref().map(|(id, row)| (*id, row)));
        if let Some(span) = rules::reach(&row, service.as_ref(), widest) {
            let near: Vec<(Uuid, AppointmentRow)> = base.visits_near(span.from, span.until)?;
            for (other, row) in near.iter().filter(|(other, _)| *other != id) {
                let service = service_of(base, row)?;
                let other = Visit { id: *other, row, service: service.as_ref(), promises: None };
                found.extend(rules::overlap(one, other));
            }
        }
    }
    replace(base, &before, &found)
}

/// A client: itself, and those who share a number or address with what it was or is. Answers the visits to be looked at.
fn client<B: Base>(base: &mut B, id: Uuid) -> Result<BTreeSet<Uuid>, B::Error> {
    let row = base.client(id)?;
    let (mut own, mut values, mut visits) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for conflict in base.conflicts_about(id)? {
        match (conflict.kind, &conflict.detail) {
            (Kind::DuplicatePhone, Detail::Value { value }) => {
                values.insert((Shared::Phone, value.clone()));
            }
            (Kind::DuplicateEmail, Detail::Value { value }) => {
                values.insert((Shared::Email, value.clone()));
            }
            _ if conflict.home != id => visits.extend([conflict.home]),
            _ => own.push(conflict),
        }
    }
    let mut found = Vec::new();
    if let Some(row) = &row {
        found = rules::own(id, &row.facts, row.deleted_at, row.updated_at);
        values.extend(Shared::ALL.iter().filter_map(|by| Some((*by, by.of(row)?))));
        if row.deleted_at.is_some() || row.merged_into.is_some() {
            visits.extend(base.visits_of_client(id)?);
        }
    }
    replace(base, &own, &found)?;
    values.into_iter().try_for_each(|(by, value)| share(base, id, by, &value))?;
    Ok(visits)
}

/// Those who have one number or address.
fn share<B: Base>(base: &mut B, changed: Uuid, by: Shared, value: &str) -> Result<(), B::Error> {
    let same = base.clients_with(by, value)?;
    let kind = if by == Shared::Phone { Kind::DuplicatePhone } else { Kind::DuplicateEmail };
    let mut before: BTreeMap<Uuid, Conflict> = BTreeMap::new();
    for id in same.iter().map(|(id, _)| *id).chain([changed]) {
        let about = base.conflicts_about(id)?.into_iter();
        let is_it = |c: &Conflict| {
            c.kind == kind && matches!(&c.detail, Detail::Value { value: shared } if shared == value)
        };
        before.extend(about.filter(is_it).map(|conflict| (conflict.id, conflict)));
    }
    let found = rules::duplicates(by, value, &same);
    let before: Vec<Conflict> = before.into_values().collect();
    replace(base, &before, found.as_slice())
}

fn note<B: Base>(base: &mut B, id: Uuid) -> Result<(), B::Error> {
    let before = base.conflicts_about(id)?;
    let row = base.note(id)?;
    let found = row.map(|row| rules::own(id, &row.facts, row.deleted_at, row.updated_at));
    replace(base, &before, &found.unwrap_or_default())
}

/// Puts the conflicts found in place of those that were kept; what is the same is left alone.
fn replace<B: Base>(base: &mut B, before: &[Conflict], found: &[Conflict]) -> Result<(), B::Error> {
    for gone in before.iter().filter(|old| !found.iter().any(|new| new.id == old.id)) {
        base.forget(gone.id)?;
    }
    found.iter().filter(|new| !before.contains(new)).try_for_each(|new| base.keep(new))
}
