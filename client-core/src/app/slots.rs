//! Free hours on this device: the server's function on this device's calendar.

use std::collections::BTreeMap;

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
        let wrong = |problem| AppError::Invalid(FieldErrors::one("to", problem));
        check_days(from, to).map_err(wrong)?;
        let services: BTreeMap<ServiceId, Service> =
            self.services()?.into_iter().map(|service| (service.id, service)).collect();
        let service = services.get(&service).ok_or(AppError::NotFound(service.0))?;
        let midnight = |date: Date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).map(Timestamp::as_second);
        let (Ok(first), Ok(last)) = (midnight(from), midnight(to)) else {
            return Err(wrong(domain::errors::FieldProblem::OutOfRange));
        };
        let near = self
            .store
            .read::<_, AppError>(|tx| Ok(tx.appointments_touching(first - REACH, last + REACH + REACH)?))?;
        let taken = Taken::by(near.iter().map(|entry| (AppointmentId(entry.id), &entry.row)), &services);
        let (hours, tenant) = (self.business_hours()?, self.tenant()?);
        let calendar = Calendar { hours: &hours, zone: &tenant.timezone, taken: &taken, now: self.now() };
        let found = slots::slots(&calendar, service, from, to).map_err(|error| wrong(error.into()))?;
        Ok(found.iter().map(Slot::show).collect())
    }
}
