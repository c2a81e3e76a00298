//! Finding conflicts, and all that is needed to tell one.

use std::collections::{BTreeMap, BTreeSet};

use domain::Projection;
use domain::conflicts::{Conflict, Names, Offer, Told, authors, standing, tell, warnings, whole};
use domain::dates::VisitTime;
use domain::ids::{AppointmentId, ServiceId};
use domain::lang::Lang;
use domain::services::Service;
use domain::slots::{Calendar, Slot, Taken, nearest, slots};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use uuid::Uuid;

use super::store;
use crate::db::TenantTx;
use crate::http::Problem;
use crate::{appointments, auth, devices, services, settings, sync};

/// How many free hours are offered for a visit.
const OFFERED: usize = 3;
/// How many days ahead of a visit free hours are looked for.
const DAYS: i64 = 7;
/// How far a visit or a buffer can reach into the asked days from outside.
const REACH: SignedDuration = SignedDuration::from_hours(48);

/// All that a tenant's conflicts are told from.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) services: BTreeMap<ServiceId, Service>,
    zone: String,
    now: Timestamp,
}

impl Desk {
    pub(super) async fn open(tx: &mut TenantTx, now: Timestamp) -> Result<Self, Problem> {
        let tenant = auth::find_tenant(tx).await?.ok_or_else(Problem::not_found)?;
        Ok(Self { services: services::all(tx).await?, zone: tenant.timezone, now })
    }

    /// All conflicts, those kept on purpose too.
    pub(super) async fn all(&self, tx: &mut TenantTx) -> Result<BTreeMap<Uuid, Conflict>, Problem> {
        let offered = |service: &&Service| service.active;
        let living: Vec<Uuid> = self.services.values().filter(offered).map(|service| service.id.0).collect();
        let widest = self.services.values().map(|s| s.buffer_before_min.max(s.buffer_after_min)).max();
        let promises = store::promises(tx).await?;
        let rows = store::candidates(tx, &living, 2 * 60 * i64::from(widest.unwrap_or_default())).await?;
        Ok(whole(rows.iter().map(|(id, row)| (*id, row)), &self.services, &promises))
    }

    /// The warnings about visits that are ahead.
    pub(super) async fn warnings(&self, tx: &mut TenantTx) -> Result<BTreeMap<Uuid, Conflict>, Problem> {
        let hours = settings::business_hours(tx).await?;
        let far = Timestamp::MAX - SignedDuration::from_hours(24 * 400);
        let ahead = appointments::touching(tx, self.now, far).await?;
        let visits = ahead.iter().map(|(id, row)| (id.0, row));
        Ok(warnings(visits, &hours, &self.zone, self.now.as_second()))
    }

    /// One conflict or warning.
    pub(super) async fn one(&self, tx: &mut TenantTx, id: Uuid) -> Result<Conflict, Problem> {
        if let Some(found) = self.all(tx).await?.remove(&id) {
            return Ok(found);
        }
        self.warnings(tx).await?.remove(&id).ok_or_else(Problem::not_found)
    }

    /// What there is to choose from.
    pub(super) async fn offer(&self, tx: &mut TenantTx, conflict: &Conflict) -> Result<Offer, Problem> {
        let rows = store::rows(tx, &conflict.mentions()).await?;
        let mut free = BTreeMap::new();
        for (id, row) in &rows {
            if let Projection::Appointments(row) = row
                && conflict.about.len() > 1
                && standing(row)
                && let Some(time) = row.visit_time()
            {
                let last = time.date().checked_add(DAYS.days()).unwrap_or(time.date());
                let days = (time.date(), last);
                let found = self.free(tx, AppointmentId(*id), row.service_id, &time, days).await?;
                free.insert(*id, nearest(&found, &time, OFFERED));
            }
        }
        Ok(Offer { rows, free })
    }

    /// The starts at which a visit could be instead, on these days.
    pub(super) async fn free(
        &self,
        tx: &mut TenantTx,
        id: AppointmentId,
        service: Option<ServiceId>,
        time: &VisitTime,
        (from, to): (Date, Date),
    ) -> Result<Vec<Slot>, Problem> {
        let hours = settings::business_hours(tx).await?;
        let midnight = |date: Date| VisitTime::parse_input(&format!("{date}T00:00"), "UTC", 1);
        let (Ok(first), Ok(last)) = (midnight(from), midnight(to)) else { return Ok(Vec::new()) };
        let (first, last) = (first.starts_at() - REACH, last.starts_at() + REACH + REACH);
        let mut near = appointments::touching(tx, first, last).await?;
        near.retain(|(other, _)| *other != id);
        let taken = Taken::by(near.iter().map(|(id, row)| (*id, row)), &self.services);
        let service = Service::of_visit(service.and_then(|id| self.services.get(&id)), time.duration_min());
        let calendar = Calendar { hours: &hours, zone: &self.zone, taken: &taken, now: self.now };
        slots(&calendar, &service, from, to).map_err(|error| Problem::internal(&error))
    }

    /// A conflict in words.
    pub(super) async fn tell(
        &self,
        tx: &mut TenantTx,
        conflict: &Conflict,
        lang: Lang,
    ) -> Result<Told, Problem> {
        let offer = self.offer(tx, conflict).await?;
        let mut called: BTreeMap<Uuid, String> =
            self.services.values().map(|service| (service.id.0, service.name.clone())).collect();
        let clients: BTreeSet<Uuid> = offer.rows.iter().filter_map(|(id, row)| row.client(*id)).collect();
        let clients: Vec<Uuid> = clients.into_iter().chain(conflict.about.iter().copied()).collect();
        for (id, row) in store::rows(tx, &clients).await? {
            if let Projection::Clients(row) = row {
                called.insert(id, row.name);
            }
        }
        let mut open = sync::open_all(tx, &conflict.about).await?;
        let written = authors(conflict, &mut open);
        Ok(tell(conflict, &offer, &Names { called, devices: devices::names(tx).await?, written }, lang))
    }
}
