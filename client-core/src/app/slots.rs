//! Free hours on this device: the server's function on this device's calendar.

use std::collections::BTreeMap;

use domain::dates::VisitTime;
use domain::errors::FieldErrors;
use domain::ids::{AppointmentId, ServiceId};
use domain::services::Service;
use domain::slots::{self, Calendar, ShownSlot, Slot, Taken, check_days};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{App, AppError, Result};

/// How far a visit or a buffer can reach into the asked days from outside, in seconds.
const REACH: i64 = 48 * 60 * 60;

impl App {
    /// The starts that can be offered for a service on these days, both inclusive.
    pub fn slots(&self, service: ServiceId, from: Date, to: Date) -> Result<Vec<ShownSlot>> {
        Ok(self.free_slots(service, from, to)?.iter().map(Slot::show).collect())
    }

    /// The same, not shown yet.
    pub fn free_slots(&self, service: ServiceId, from: Date, to: Date) -> Result<Vec<Slot>> {
        let wrong = |problem| AppError::Invalid(FieldErrors::one("to", problem));
        check_days(from, to).map_err(wrong)?;
        let services = self.price_list()?;
        let service = services.get(&service).ok_or(AppError::NotFound(service.0))?;
        self.free(&services, service, None, (from, to))
    }

    /// The starts at which a visit could be instead, on these days: as long as it is, with its own hour free.
    pub(super) fn slots_for_visit(
        &self,
        id: AppointmentId,
        service: Option<ServiceId>,
        time: &VisitTime,
        days: (Date, Date),
    ) -> Result<Vec<Slot>> {
        let services = self.price_list()?;
        let service = service.and_then(|service| services.get(&service));
        let service = Service::of_visit(service, time.duration_min());
        self.free(&services, &service, Some(id), days)
    }

    fn price_list(&self) -> Result<BTreeMap<ServiceId, Service>> {
        Ok(self.services()?.into_iter().map(|service| (service.id, service)).collect())
    }

    fn free(
        &self,
        services: &BTreeMap<ServiceId, Service>,
        service: &Service,
        without: Option<AppointmentId>,
        (from, to): (Date, Date),
    ) -> Result<Vec<Slot>> {
        let wrong = |problem| AppError::Invalid(FieldErrors::one("to", problem));
        let midnight = |date: Date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).map(Timestamp::as_second);
        let (Ok(first), Ok(last)) = (midnight(from), midnight(to)) else {
            return Err(wrong(domain::errors::FieldProblem::OutOfRange));
        };
        let near = self
            .store
            .read::<_, AppError>(|tx| Ok(tx.appointments_touching(first - REACH, last + REACH + REACH)?))?;
        let near = near.iter().map(|entry| (AppointmentId(entry.id), &entry.row));
        let taken = Taken::by(near.filter(|(id, _)| Some(*id) != without), services);
        let (hours, tenant) = (self.business_hours()?, self.tenant()?);
        let calendar = Calendar { hours: &hours, zone: &tenant.timezone, taken: &taken, now: self.now() };
        slots::slots(&calendar, service, from, to).map_err(|error| wrong(error.into()))
    }
}
