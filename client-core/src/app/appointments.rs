//! Appointments on this device.

use domain::Projection;
use domain::appointments::{
    self, Appointment, AppointmentEdit, AppointmentRow, BookContext, Busy, Status, Step, named_service,
    overlapping,
};
use domain::dates::VisitTime;
use domain::documents::Collection;
use domain::errors::{FieldErrors, FieldProblem};
use domain::ids::{AppointmentId, ClientId};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{App, AppError, Result};
use crate::store::{Between, Walk};

/// A booked or moved appointment, with those that share an hour with it. A warning, never a refusal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Booked {
    /// The appointment.
    #[serde(flatten)]
    pub appointment: Appointment,
    /// The others, by start and id; left out when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overlaps: Vec<AppointmentId>,
}

/// Starts from this instant on and before that one; `None` is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// Inclusive.
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
}

impl App {
    /// Books from the fields that REST takes. Duration and price come from the service when they are not given.
    pub fn book(&mut self, fields: &Map<String, Json>) -> Result<Booked> {
        let edit = self.with_context(fields, AppointmentEdit::new_from_json)?;
        self.check_names(&edit)?;
        self.book_as(&edit)
    }

    /// The same, read and looked over already.
    pub fn book_as(&mut self, edit: &AppointmentEdit) -> Result<Booked> {
        let id = AppointmentId(self.new_id());
        let row = self.create_document(id.0, |author, at, ids| {
            appointments::book(author, at, ids, edit, Status::Booked)
        })?;
        self.show_booked(id, row)
    }

    /// Edits an appointment, its time included; absent fields stay untouched.
    pub fn edit_appointment(&mut self, id: AppointmentId, fields: &Map<String, Json>) -> Result<Booked> {
        let edit = self.with_context(fields, AppointmentEdit::patch_from_json)?;
        self.check_names(&edit)?;
        self.edit_appointment_as(id, &edit)
    }

    /// The same, read and looked over already.
    pub fn edit_appointment_as(&mut self, id: AppointmentId, edit: &AppointmentEdit) -> Result<Booked> {
        let row = self.edit_document(Collection::Appointments, id.0, |document, author, at, ids| {
            appointments::edit(document, author, at, ids, edit)
        })?;
        self.show_booked(id, row)
    }

    /// Moves an appointment: `fields` says `startsAt`, `durationMin` or both, and perhaps `timezone`.
    pub fn move_appointment(&mut self, id: AppointmentId, fields: &Map<String, Json>) -> Result<Booked> {
        let edit = self.with_context(fields, AppointmentEdit::patch_from_json)?;
        let row = self.edit_document(Collection::Appointments, id.0, |document, author, at, _| {
            let standing = AppointmentRow::read(document).visit_time();
            let time = edit.time(standing.as_ref())?;
            appointments::reschedule(document, author, at, &time)
        })?;
        self.show_booked(id, row)
    }

    /// Moves an appointment to a time.
    pub fn move_appointment_to(&mut self, id: AppointmentId, time: &VisitTime) -> Result<Booked> {
        let row = self.edit_document(Collection::Appointments, id.0, |document, author, at, _| {
            appointments::reschedule(document, author, at, time)
        })?;
        self.show_booked(id, row)
    }

    /// What the document of an appointment says.
    pub fn appointment_row(&self, id: AppointmentId) -> Result<AppointmentRow> {
        self.store.read(|tx| tx.appointment(id.0)?.map(|entry| entry.row).ok_or(AppError::NotFound(id.0)))
    }

    /// The appointments that share any second with a span; `None` is open, and without both every appointment, also one
    /// whose time is not known.
    pub fn appointments_touching(&self, span: Span) -> Result<Vec<(AppointmentId, AppointmentRow)>> {
        let found = self.store.read::<_, AppError>(|tx| {
            Ok(match (span.from, span.until) {
                (None, None) => tx.appointments(Between::default())?,
                (from, until) => {
                    let from = from.unwrap_or(Timestamp::MIN).as_second();
                    tx.appointments_touching(from, until.unwrap_or(Timestamp::MAX).as_second())?
                }
            })
        })?;
        Ok(found.into_iter().map(|entry| (AppointmentId(entry.id), entry.row)).collect())
    }

    /// The same of one client, in the time that her own visits take.
    pub fn appointments_of(
        &self,
        client: ClientId,
        span: Span,
    ) -> Result<Vec<(AppointmentId, AppointmentRow)>> {
        let (from, until) = (span.from.map(Timestamp::as_second), span.until.map(Timestamp::as_second));
        let found = self.store.read::<_, AppError>(|tx| Ok(tx.appointments_of(client.0, from, until)?))?;
        Ok(found.into_iter().map(|entry| (AppointmentId(entry.id), entry.row)).collect())
    }

    /// Walks through the appointments by start and id until so many were kept, or there are no more.
    pub fn walk_appointments(
        &self,
        walk: Walk,
        most: usize,
        mut is_kept: impl FnMut(&Appointment) -> serde_json::Result<bool>,
    ) -> Result<Vec<Appointment>> {
        let mut kept = Vec::new();
        self.store.read(|tx| {
            tx.walk_appointments(walk, |entry| {
                let shown = entry.row.show(AppointmentId(entry.id));
                if is_kept(&shown)? {
                    kept.push(shown);
                }
                Ok(kept.len() < most)
            })?;
            Ok::<_, AppError>(())
        })?;
        Ok(kept)
    }

    /// Records what happened to a visit.
    pub fn take_step(&mut self, id: AppointmentId, step: Step) -> Result<Appointment> {
        let row = self.edit_document(Collection::Appointments, id.0, |document, author, at, ids| {
            appointments::take_step(document, author, at, &ids.uuid().to_string(), step)
        })?;
        show(id, row)
    }

    /// Removes an appointment.
    pub fn remove_appointment(&mut self, id: AppointmentId) -> Result<()> {
        self.edit_document(Collection::Appointments, id.0, |document, author, at, _| {
            appointments::remove(document, author, at)
        })
        .map(drop)
    }

    /// One appointment.
    pub fn appointment(&self, id: AppointmentId) -> Result<Appointment> {
        self.store.read(|tx| {
            let entry = tx.appointment(id.0)?.ok_or(AppError::NotFound(id.0))?;
            Ok(entry.row.show(id))
        })
    }

    /// Appointments by start and id.
    pub fn appointments(&self, span: Span) -> Result<Vec<Appointment>> {
        let between = Between {
            from: span.from.map(Timestamp::as_second),
            until: span.until.map(Timestamp::as_second),
        };
        self.store.read(|tx| {
            Ok(tx
                .appointments(between)?
                .into_iter()
                .map(|entry| entry.row.show(AppointmentId(entry.id)))
                .collect())
        })
    }

    fn with_context(
        &self,
        fields: &Map<String, Json>,
        read: impl FnOnce(
            &Map<String, Json>,
            &BookContext<'_>,
        ) -> std::result::Result<AppointmentEdit, FieldErrors>,
    ) -> Result<AppointmentEdit> {
        let tenant = self.tenant()?;
        let service = match named_service(fields) {
            Some(id) => {
                Some(self.service(id).map_err(|_| FieldErrors::one("serviceId", FieldProblem::Unknown))?)
            }
            None => None,
        };
        let context = BookContext {
            zone: &tenant.timezone,
            currency: tenant.currency,
            service: service.as_ref(),
            source: "manual",
        };
        Ok(read(fields, &context)?)
    }

    fn check_names(&self, edit: &AppointmentEdit) -> Result<()> {
        match edit.client_id.value() {
            Some(id) => self.check_client("clientId", *id),
            None => Ok(()),
        }
    }

    /// A field that names a client names one that is here.
    pub(super) fn check_client(&self, field: &str, id: ClientId) -> Result<()> {
        let known = self.store.read::<_, AppError>(|tx| Ok(tx.client(id.0)?.is_some()))?;
        if known { Ok(()) } else { Err(FieldErrors::one(field, FieldProblem::Unknown).into()) }
    }

    fn show_booked(&self, id: AppointmentId, row: Projection) -> Result<Booked> {
        let Projection::Appointments(row) = row else { return Err(AppError::NotFound(id.0)) };
        let overlaps = match row.busy(id) {
            Some(busy) => self.overlaps(&busy)?,
            None => Vec::new(),
        };
        Ok(Booked { appointment: row.show(id), overlaps })
    }

    fn overlaps(&self, busy: &Busy) -> Result<Vec<AppointmentId>> {
        let (from, until) = (busy.from.as_second(), busy.until.as_second());
        let near = self.store.read::<_, AppError>(|tx| Ok(tx.appointments_touching(from, until)?))?;
        let calendar: Vec<Busy> =
            near.iter().filter_map(|entry| entry.row.busy(AppointmentId(entry.id))).collect();
        Ok(overlapping(&calendar, busy))
    }
}

fn show(id: AppointmentId, row: Projection) -> Result<Appointment> {
    match row {
        Projection::Appointments(row) => Ok(row.show(id)),
        _ => Err(AppError::NotFound(id.0)),
    }
}
