//! Everything in one object, sorted, and nothing in it that differs between two devices in step.

use domain::appointments::Appointment;
use domain::clients::Client;
use domain::exports::Everything;
use domain::notes::Note;
use domain::payments::Payment;
use domain::services::Service;
use serde::Serialize;

use super::{App, Result, Span, Tenant};

/// All that she has, each list by id.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Export {
    /// The business.
    pub tenant: Tenant,
    /// Clients.
    pub clients: Vec<Client>,
    /// Appointments.
    pub appointments: Vec<Appointment>,
    /// Notes.
    pub notes: Vec<Note>,
    /// Services.
    pub services: Vec<Service>,
    /// Payments.
    pub payments: Vec<Payment>,
}

impl Export {
    /// As the exports of `domain` know it.
    pub fn everything(self) -> serde_json::Result<Everything> {
        let Self { tenant, clients, appointments, notes, services, payments } = self;
        let tenant = serde_json::to_value(tenant)?;
        Ok(Everything { tenant, clients, appointments, notes, services, payments })
    }
}

impl App {
    /// Exports everything.
    pub fn export(&self) -> Result<Export> {
        let mut export = Export {
            tenant: self.tenant()?,
            clients: self.clients(None)?,
            appointments: self.appointments(Span::default())?,
            notes: self.notes(None)?,
            services: self.services()?,
            payments: self.payments(None)?,
        };
        export.clients.sort_by_key(|client| client.id);
        export.appointments.sort_by_key(|appointment| appointment.id);
        export.services.sort_by_key(|service| service.id);
        export.payments.sort_by_key(|payment| payment.id);
        Ok(export)
    }
}
