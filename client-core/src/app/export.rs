//! Everything in one object, sorted, and nothing in it that differs between two devices in step.

use domain::appointments::Appointment;
use domain::clients::Client;
use domain::exports::Everything;
use domain::media::Media;
use domain::notes::Note;
use domain::payments::Payment;
use domain::services::Service;
use domain::sync::RecordKind;
use serde::Serialize;

use super::{App, AppError, Result, Span, Tenant};

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
    /// What is known of the pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
}

impl Export {
    /// As the exports of `domain` know it.
    pub fn everything(self) -> serde_json::Result<Everything> {
        let Self { tenant, clients, appointments, notes, services, payments, media } = self;
        let tenant = serde_json::to_value(tenant)?;
        Ok(Everything { tenant, clients, appointments, notes, services, payments, media })
    }
}

impl App {
    /// What is known of the pictures, as the server said last.
    pub fn media(&self) -> Result<Vec<Media>> {
        let records = self.store.read::<_, AppError>(|tx| Ok(tx.records(RecordKind::Media.as_str())?))?;
        // One of a later version that cannot be read is not shown, and stays.
        Ok(records.into_iter().filter_map(|record| serde_json::from_value(record.body).ok()).collect())
    }

    /// Exports everything.
    pub fn export(&self) -> Result<Export> {
        let mut export = Export {
            tenant: self.tenant()?,
            clients: self.clients(None)?,
            appointments: self.appointments(Span::default())?,
            notes: self.notes(None)?,
            services: self.services()?,
            payments: self.payments(None)?,
            media: self.media()?,
        };
        export.clients.sort_by_key(|client| client.id);
        export.appointments.sort_by_key(|appointment| appointment.id);
        export.services.sort_by_key(|service| service.id);
        export.payments.sort_by_key(|payment| payment.id);
        export.media.sort_by_key(|media| media.id);
        Ok(export)
    }
}
