//! Rows that are visits, and rows that say that a visit was cancelled or missed.
//!
//! Part of the import room. A row without a time becomes a visit at 00:00 with `meta.timeUnknown`, which takes no hour.
//! A status is put on the booking that the row finds, as an event with an id that follows from the row; it answers
//! only what was planned, so what she recorded herself stands.

use domain::appointments::{self, AppointmentEdit, AppointmentRow, BookContext, Status};
use domain::documents::{Chunk, Collection, Document};
use domain::ids::AppointmentId;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::bookings::Sought;
use super::cells::Cells;
use super::identity::{author, event_id, row_hash};
use super::session::{Done, Session, Standing, Stop, service_json};
use super::{Kind, Outcome, Problem, Reason};

/// A row as it was read.
struct Visit {
    /// What the row says, as fields.
    said: Map<String, Json>,
    date: Date,
    /// What the file calls the service.
    service: Option<String>,
    status: Status,
    /// When the other program wrote it down, in seconds since 1970; 0 if it does not say.
    recorded: i64,
}

pub(super) fn import(session: &mut Session<'_>, cells: &Cells<'_>, key: &str) -> Result<Done, Stop> {
    let visit = Visit::read(session, cells)?;
    let puts_status = !session.plan.map.matching.is_empty();
    let file = if puts_status { visit.status.as_str() } else { "" };
    let id = session.id(Kind::Appointments, file, key);
    let done = |result, reason, id| Ok(Done { result, reason, id });
    match session.standing(Collection::Appointments, id)? {
        Standing::Removed => return done(Outcome::Skipped, Some(Reason::Removed), id),
        Standing::Here(Some(hash)) if hash != row_hash(&visit.said) => return visit.update(session, id, key),
        Standing::Here(_) => return done(Outcome::Skipped, Some(Reason::AlreadyThere), id),
        Standing::Absent => {}
    }
    if puts_status {
        let event = event_id(visit.status.as_str(), &session.plan.map.source, key);
        let booking = session.bookings.next(&visit.sought().only(&session.plan.map.matching));
        if session.bookings.has_event(&event) {
            return done(Outcome::Skipped, Some(Reason::AlreadyThere), booking.map_or(id, |id| id.0));
        }
        if let Some(AppointmentId(booking)) = booking {
            visit.put_event(session, booking, &event)?;
            session.bookings.put_event(event);
            return done(Outcome::Updated, None, booking);
        }
    }
    visit.create(session, id)?;
    done(Outcome::Created, visit.is_time_unknown().then_some(Reason::TimeUnknown), id)
}

impl Visit {
    fn read(session: &mut Session<'_>, cells: &Cells<'_>) -> Result<Self, Stop> {
        let (date, time) = match cells.datetime("starts")? {
            Some(starts) => (starts.date(), Some(starts.time())),
            None => (cells.date("date")?.ok_or(Problem::Missing("date"))?, cells.time("time")?),
        };
        let status = match cells.text("status") {
            Some(word) => Status::parse(&word).ok_or(Problem::UnknownStatus(word))?,
            None => Status::Booked,
        };
        let mut said = Map::new();
        let starts = date.to_datetime(time.unwrap_or(Time::midnight()));
        said.insert("startsAt".to_owned(), Json::from(starts.strftime("%Y-%m-%dT%H:%M").to_string()));
        for (field, column) in [("price", "price"), ("cost", "cost"), ("depositAmount", "deposit")] {
            if let Some(money) = cells.money(column)? {
                said.insert(field.to_owned(), Json::Number(money.to_json_number()));
            }
        }
        if let Some(note) = cells.text("note") {
            said.insert("note".to_owned(), Json::from(note));
        }
        let service = cells.text("service");
        let mut minutes = cells.minutes("duration")?;
        if let Some(code) = &service {
            let found = session.service(code)?;
            said.insert("serviceId".to_owned(), service_json(found.id));
            minutes = minutes.or_else(|| session.mapped_minutes(&[Some(code)]));
        }
        if let Some(minutes) = minutes {
            said.insert("durationMin".to_owned(), Json::from(minutes));
        }
        let recorded = cells.date("recorded")?.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        let recorded = recorded.map_or(0, |day| day.timestamp().as_second().max(0));
        if time.is_none() {
            said.insert("meta".to_owned(), json!({ "timeUnknown": true }));
        }
        // Last, because it may make the client.
        if let Some(code) = cells.text("client")
            && let Some(client) = session.client(&code)?
        {
            said.insert("clientId".to_owned(), Json::from(client.to_string()));
        }
        Ok(Self { said, date, service, status, recorded })
    }

    fn is_time_unknown(&self) -> bool {
        self.said.contains_key("meta")
    }

    fn sought(&self) -> Sought {
        let text = |field: &str| self.said.get(field).and_then(Json::as_str).map(str::to_owned);
        Sought { client: text("clientId"), service: text("serviceId"), date: Some(self.date) }
    }

    /// The fields as they are written: with the marks, and with what the service says where the row says nothing.
    fn edit(
        &self,
        session: &Session<'_>,
        is_new: bool,
    ) -> Result<(Map<String, Json>, AppointmentEdit), Stop> {
        // An hour that the file has learnt by now takes the place of the mark.
        let learnt: &[(&str, Json)] =
            if is_new || self.is_time_unknown() { &[] } else { &[("timeUnknown", Json::Null)] };
        let mut fields = Session::marked(&self.said, "meta", learnt);
        let service = self.service.as_deref().map(|code| session.service(code)).transpose()?;
        if is_new && !fields.contains_key("durationMin") {
            let minutes = service.map(|service| service.duration_min);
            let minutes = minutes.or_else(|| session.mapped_minutes(&[Some("default")])).unwrap_or(60);
            fields.insert("durationMin".to_owned(), Json::from(minutes));
        }
        let formats = &session.plan.map.formats;
        let context = BookContext {
            zone: formats.zone.as_deref().unwrap_or(&session.tenant.timezone),
            currency: session.plan.currency,
            service: service.filter(|_| session.plan.map.service_prices),
            source: "import",
        };
        let edit = if is_new {
            AppointmentEdit::new_from_json(&fields, &context)
        } else {
            AppointmentEdit::patch_from_json(&fields, &context)
        };
        Ok((fields, edit.map_err(Problem::Fields)?))
    }

    fn create(&self, session: &mut Session<'_>, id: Uuid) -> Result<(), Stop> {
        let (fields, edit) = self.edit(session, true)?;
        let content = json!({
            "fields": fields,
            "written": format!("{edit:?}"),
            "status": self.status,
            "at": self.recorded,
        });
        let author = author(id, &content);
        session.app.create_document(id, |_, _, ids| {
            appointments::import(&author, self.recorded, ids, &edit, self.status)
        })?;
        Ok(())
    }

    /// The row has changed since it was imported: an ordinary edit of this device.
    fn update(&self, session: &mut Session<'_>, id: Uuid, key: &str) -> Result<Done, Stop> {
        let (_, edit) = self.edit(session, false)?;
        session.app.edit_document(Collection::Appointments, id, |document, author, at, ids| {
            appointments::edit(document, author, at, ids, &edit)
        })?;
        let row = session.app.appointment(AppointmentId(id))?;
        let event = event_id(self.status.as_str(), &session.plan.map.source, key);
        if row.status != self.status && self.status != Status::Booked {
            self.put_event(session, id, &event)?;
        }
        Ok(Done { result: Outcome::Updated, reason: None, id })
    }

    /// Puts the status on a booking. Whoever puts it on the same state of the booking writes the same change; on
    /// another state it is another change of the same entry, and they merge into one.
    fn put_event(&self, session: &mut Session<'_>, booking: Uuid, event: &str) -> Result<(), Stop> {
        session.app.edit_document(Collection::Appointments, booking, |document, _, _, _| {
            self.write_event(document, booking, event)
        })?;
        Ok(())
    }

    fn write_event(&self, document: &mut Document, booking: Uuid, event: &str) -> Option<Chunk> {
        let row = AppointmentRow::read(document);
        let is_plan = |kind: &str| matches!(Status::parse(kind), Some(Status::Requested | Status::Booked));
        let imported = |id: &str| id.starts_with("import-");
        let from_import = row.events.iter().any(|e| is_plan(&e.kind) && imported(&e.id));
        let answered: Map<String, Json> = row
            .events
            .iter()
            .filter(|e| is_plan(&e.kind) && (!from_import || imported(&e.id)))
            .map(|e| (e.id.clone(), Json::Bool(true)))
            .collect();
        let entry = json!({ "type": self.status, "at": self.recorded * 1000, "after": answered });
        let content =
            json!({ "event": event, "entry": entry, "heads": document.heads(), "at": self.recorded });
        document.edit(&author(booking, &content), self.recorded, "appointment.import", |w| {
            w.put_entry("events", event, &entry);
        })
    }
}
