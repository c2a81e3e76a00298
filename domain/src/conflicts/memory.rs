//! A replica in memory: rows with the indexes that upkeep needs. For the simulated world and for holding upkeep against the
//! full recomputation.
//!
//! Part of the conflicts room. Pure data.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use uuid::Uuid;

use super::base::{Base, Changed, Shared};
use super::{Conflict, refresh};
use crate::Projection;
use crate::appointments::{AppointmentRow, Promises};
use crate::clients::ClientRow;
use crate::dates::{MAX_DURATION_MIN, VisitTime};
use crate::ids::ServiceId;
use crate::notes::NoteRow;
use crate::services::Service;

/// The longest visit in seconds.
const LONGEST: i64 = MAX_DURATION_MIN as i64 * 60;

/// Rows, indexes and conflicts.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    rows: BTreeMap<Uuid, Projection>,
    services: BTreeMap<ServiceId, Service>,
    promises: BTreeMap<Uuid, Promises>,
    by_start: BTreeSet<(i64, Uuid)>,
    by_value: BTreeMap<(Shared, String), BTreeSet<Uuid>>,
    by_client: BTreeMap<Uuid, BTreeSet<Uuid>>,
    by_service: BTreeMap<Uuid, BTreeSet<Uuid>>,
    conflicts: BTreeMap<Uuid, Conflict>,
    by_thing: BTreeMap<Uuid, BTreeSet<Uuid>>,
}

impl Memory {
    /// Puts a row in place of what stands there, or takes it out, and brings the conflicts up to date.
    pub fn put(&mut self, id: Uuid, row: Option<Projection>) {
        let Some(kind) = row.as_ref().or_else(|| self.rows.get(&id)) else { return };
        let changed = match kind {
            Projection::Clients(_) => Changed::Client(id),
            Projection::Appointments(_) => Changed::Appointment(id),
            Projection::Notes(_) => Changed::Note(id),
        };
        if let Some(old) = self.rows.remove(&id) {
            self.index(id, &old, false);
        }
        if let Some(row) = row {
            self.index(id, &row, true);
            self.rows.insert(id, row);
        }
        let Ok(()) = refresh(self, &BTreeSet::from([changed]));
    }

    /// The same of an entry of the price list.
    pub fn put_service(&mut self, id: ServiceId, service: Option<Service>) {
        match service {
            Some(service) => self.services.insert(id, service),
            None => self.services.remove(&id),
        };
        let Ok(()) = refresh(self, &BTreeSet::from([Changed::Service(id.0)]));
    }

    /// The same of what went out about a visit.
    pub fn put_promises(&mut self, visit: Uuid, promises: Option<Promises>) {
        match promises {
            Some(promises) => self.promises.insert(visit, promises),
            None => self.promises.remove(&visit),
        };
        let Ok(()) = refresh(self, &BTreeSet::from([Changed::Appointment(visit)]));
    }

    /// What went out, by visit.
    #[must_use]
    pub const fn promises(&self) -> &BTreeMap<Uuid, Promises> {
        &self.promises
    }

    /// The rows.
    #[must_use]
    pub const fn rows(&self) -> &BTreeMap<Uuid, Projection> {
        &self.rows
    }

    /// The price list.
    #[must_use]
    pub const fn services(&self) -> &BTreeMap<ServiceId, Service> {
        &self.services
    }

    /// The conflicts, as upkeep has kept them.
    #[must_use]
    pub const fn conflicts(&self) -> &BTreeMap<Uuid, Conflict> {
        &self.conflicts
    }

    fn index(&mut self, id: Uuid, row: &Projection, add: bool) {
        match row {
            Projection::Clients(row) => {
                for by in Shared::ALL {
                    if let Some(value) = by.of(row) {
                        set(self.by_value.entry((by, value)).or_default(), id, add);
                    }
                }
            }
            Projection::Appointments(row) => {
                if let Some(start) = row.visit_time().as_ref().map(VisitTime::starts_at) {
                    set(&mut self.by_start, (start.as_second(), id), add);
                }
                if let Some(client) = row.client_id {
                    set(self.by_client.entry(client.0).or_default(), id, add);
                }
                if let Some(service) = row.service_id {
                    set(self.by_service.entry(service.0).or_default(), id, add);
                }
            }
            Projection::Notes(_) => {}
        }
    }

    fn of(index: &BTreeMap<Uuid, BTreeSet<Uuid>>, key: Uuid) -> Vec<Uuid> {
        index.get(&key).into_iter().flatten().copied().collect()
    }
}

fn set<T: Ord>(index: &mut BTreeSet<T>, entry: T, add: bool) {
    if add {
        index.insert(entry);
    } else {
        index.remove(&entry);
    }
}

impl Base for Memory {
    type Error = Infallible;

    fn client(&self, id: Uuid) -> Result<Option<ClientRow>, Infallible> {
        Ok(match self.rows.get(&id) {
            Some(Projection::Clients(row)) => Some((**row).clone()),
            _ => None,
        })
    }

    fn visit(&self, id: Uuid) -> Result<Option<AppointmentRow>, Infallible> {
        Ok(match self.rows.get(&id) {
            Some(Projection::Appointments(row)) => Some((**row).clone()),
            _ => None,
        })
    }

    fn note(&self, id: Uuid) -> Result<Option<NoteRow>, Infallible> {
        Ok(match self.rows.get(&id) {
            Some(Projection::Notes(row)) => Some((**row).clone()),
            _ => None,
        })
    }

    fn service(&self, id: ServiceId) -> Result<Option<Service>, Infallible> {
        Ok(self.services.get(&id).cloned())
    }

    fn promises(&self, visit: Uuid) -> Result<Option<Promises>, Infallible> {
        Ok(self.promises.get(&visit).cloned())
    }

    fn widest_buffer(&self) -> Result<i64, Infallible> {
        let minutes = self.services.values().map(|s| s.buffer_before_min.max(s.buffer_after_min));
        Ok(i64::from(minutes.max().unwrap_or_default()) * 60)
    }

    fn visits_near(&self, from: i64, until: i64) -> Result<Vec<(Uuid, AppointmentRow)>, Infallible> {
        let ids = self.by_start.range((from - LONGEST, Uuid::nil())..(until, Uuid::nil()));
        ids.filter_map(|(_, id)| Ok(Some((*id, self.visit(*id).ok()??))).transpose()).collect()
    }

    fn clients_with(&self, by: Shared, value: &str) -> Result<Vec<(Uuid, ClientRow)>, Infallible> {
        let ids = self.by_value.get(&(by, value.to_owned())).into_iter().flatten();
        ids.filter_map(|id| Ok(Some((*id, self.client(*id).ok()??))).transpose()).collect()
    }

    fn visits_of_client(&self, client: Uuid) -> Result<Vec<Uuid>, Infallible> {
        Ok(Self::of(&self.by_client, client))
    }

    fn visits_of_service(&self, service: Uuid) -> Result<Vec<Uuid>, Infallible> {
        Ok(Self::of(&self.by_service, service))
    }

    fn conflicts_about(&self, id: Uuid) -> Result<Vec<Conflict>, Infallible> {
        let ids = self.by_thing.get(&id).into_iter().flatten();
        Ok(ids.filter_map(|id| self.conflicts.get(id).cloned()).collect())
    }

    fn keep(&mut self, conflict: &Conflict) -> Result<(), Infallible> {
        for thing in &conflict.about {
            self.by_thing.entry(*thing).or_default().insert(conflict.id);
        }
        self.conflicts.insert(conflict.id, conflict.clone());
        Ok(())
    }

    fn forget(&mut self, id: Uuid) -> Result<(), Infallible> {
        for thing in self.conflicts.remove(&id).into_iter().flat_map(|conflict| conflict.about) {
            self.by_thing.entry(thing).or_default().remove(&id);
        }
        Ok(())
    }
}
