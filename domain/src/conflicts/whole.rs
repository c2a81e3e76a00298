//! All conflicts of a replica, found anew from all its rows: the yardstick of the upkeep, and what a server answers.
//!
//! Part of the conflicts room. Pure. Finds neighbours in its own way, by sweeping over time and sorting by value, so that
//! a mistake in an index shows.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Shared;
use super::conflict::Conflict;
use super::rules::{self, Visit};
use crate::Projection;
use crate::appointments::{AppointmentRow, Promises};
use crate::clients::ClientRow;
use crate::ids::{AppointmentId, ServiceId};
use crate::services::Service;
use crate::slots::buffers;

/// All conflicts among these rows, by id, those that are kept on purpose included. Rows of which none can be in a conflict
/// may be left out. `promises` are by visit.
#[must_use]
pub fn whole<'a>(
    rows: impl IntoIterator<Item = (Uuid, &'a Projection)>,
    services: &BTreeMap<ServiceId, Service>,
    promises: &BTreeMap<Uuid, Promises>,
) -> BTreeMap<Uuid, Conflict> {
    let mut clients: BTreeMap<Uuid, &ClientRow> = BTreeMap::new();
    let mut visits: Vec<(Uuid, &AppointmentRow)> = Vec::new();
    let mut found = Vec::new();
    for (id, row) in rows {
        match row {
            Projection::Clients(row) => {
                clients.insert(id, row);
            }
            Projection::Appointments(row) => visits.push((id, row)),
            Projection::Notes(row) => {
                found.extend(rules::own(id, &row.facts, row.deleted_at, row.updated_at));
            }
        }
    }
    let visits = visits.iter().map(|(id, row)| {
        let service = row.service_id.and_then(|service| services.get(&service));
        Visit { id: *id, row, service, promises: promises.get(id) }
    });
    for (id, row) in &clients {
        found.extend(rules::own(*id, &row.facts, row.deleted_at, row.updated_at));
    }
    for visit in visits.clone() {
        let client = visit.row.client_id.and_then(|id| Some((id.0, *clients.get(&id.0)?)));
        found.extend(rules::of_visit(visit, client));
    }
    for by in Shared::ALL {
        let mut groups: BTreeMap<String, Vec<(Uuid, ClientRow)>> = BTreeMap::new();
        for (id, row) in &clients {
            if let Some(value) = by.of(row) {
                groups.entry(value).or_default().push((*id, (*row).clone()));
            }
        }
        found.extend(groups.iter().filter_map(|(value, same)| rules::duplicates(by, value, same)));
    }
    found.extend(overlaps(visits));
    found.into_iter().map(|conflict| (conflict.id, conflict)).collect()
}

/// Sweeps over the visits by start, holding those that may still reach the next one.
fn overlaps<'a>(visits: impl Iterator<Item = Visit<'a>>) -> Vec<Conflict> {
    let mut stretched: Vec<(i64, i64, Visit<'a>)> = visits
        .filter_map(|visit| {
            let busy = visit.row.busy(AppointmentId(visit.id))?;
            let (before, after) = buffers(visit.service);
            Some((busy.from.as_second() - before, busy.until.as_second() + after, visit))
        })
        .collect();
    stretched.sort_by_key(|(from, until, visit)| (*from, *until, visit.id));
    let (mut open, mut found): (Vec<(i64, Visit<'a>)>, Vec<Conflict>) = (Vec::new(), Vec::new());
    for (from, until, visit) in stretched {
        open.retain(|(until, _)| *until > from);
        found.extend(open.iter().filter_map(|(_, other)| rules::overlap(*other, visit)));
        open.push((until, visit));
    }
    found
}
