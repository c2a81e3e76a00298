//! Rows that are visits, and rows that say that a visit was cancelled or missed.
//!
//! Part of the import room. A row without a time becomes a visit at 00:00 with `meta.timeUnknown`, which takes no hour.
//! A status is put on the booking that the row finds, as an event with an id that follows from the row; it answers
//! only what was planned, so what she recorded herself stands.

use crate::appointments::{self, AppointmentEdit, AppointmentRow, BookContext, Status};
use crate::documents::{Chunk, Collection, Document};
use crate::ids::AppointmentId;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::base::{Base, Stop};
use super::bookings::Sought;
use super::cells::Cells;
use super::identity::{author, event_id};
use super::session::{Done, Found, Import};
use super::updates::updated;
use super::writes::{RowIds, marked_as, service_json};
use super::{Kind, Outcome, Problem, Reason};

/// The fields as they are written, and what they mean.
type Edit = (Map<String, Json>, AppointmentEdit);

/// A row as it was read.
struct Visit {
    /// What the row says, as fields; whom and what it names comes later, see [`Visit::resolve`].
    said: Map<String, Json>,
    /// Of the row as the file says it.
    hash: String,
    date: Date,
    /// What the file calls the client, and the service.
    client: Option<String>,
    service: Option<String>,
    status: Status,
    /// When the other program wrote it down, in seconds since 1970; 0 if it does not say.
    recorded: i64,
}

pub(super) fn import<B: Base>(
    session: &mut Import<'_, B>,
    cells: &Cells<'_>,
    key: &str,
) -> Result<Done, Stop<B::Error>> {
    let mut visit = Visit::read(session, cells)?;
    let puts_status = !session.plan.map.matching.is_empty();
    let file = if puts_status { visit.status.as_str() } else { "" };
    let id = session.thing(Kind::Appointments, file, key);
    let done = |result, reason, id| Ok(Done { result, reason, id });
    match session.find(Collection::Appointments, id)? {
        Found::Removed => return done(Outcome::Skipped, Some(Reason::Removed), id),
        Found::Undone => {
            visit.resolve(session)?;
            session.bring_back(Collection::Appointments, id, |_| ())?;
            return done(Outcome::Created, None, id);
        }
        Found::Here(Some(hash)) if hash != visit.hash => {
            visit.resolve(session)?;
            return visit.update(session, id, key);
        }
        Found::Here(_) | Found::Merged(..) => return done(Outcome::Skipped, Some(Reason::AlreadyThere), id),
        Found::Absent => visit.resolve(session)?,
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
    fn read<B: Base>(session: &Import<'_, B>, cells: &Cells<'_>) -> Result<Self, Stop<B::Error>> {
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
        let client = cells.text("client");
        let named = [
            ("serviceId", Kind::Services, service.as_deref()),
            ("clientId", Kind::Clients, client.as_deref()),
        ];
        let hash = session.hash(&said, &named);
        Ok(Self { said, hash, date, client, service, status, recorded })
    }

    /// Finds whom and what the row names. Only for a row that is new or has changed: it may make the client, and she may
    /// have another name by now.
    fn resolve<B: Base>(&mut self, session: &mut Import<'_, B>) -> Result<(), Stop<B::Error>> {
        if let Some(code) = &self.service {
            self.said.insert("serviceId".to_owned(), service_json(session.service(code)?.id));
        }
        if let Some(code) = &self.client
            && let Some(client) = session.client(code)?
        {
            self.said.insert("clientId".to_owned(), Json::from(client.to_string()));
        }
        Ok(())
    }

    fn has_text(&self) -> bool {
        self.said.contains_key("note")
    }

    fn is_time_unknown(&self) -> bool {
        self.said.contains_key("meta")
    }

    fn sought(&self) -> Sought {
        let text = |field: &str| self.said.get(field).and_then(Json::as_str).map(str::to_owned);
        Sought { client: text("clientId"), service: text("serviceId"), date: Some(self.date) }
    }

    /// The fields as they are written: with the marks, and with what the service says where the row says nothing.
    fn edit<B: Base>(&self, session: &mut Import<'_, B>, is_new: bool) -> Result<Edit, Stop<B::Error>> {
        // An hour that the file has learnt by now takes the place of the mark.
        let mut marks = Vec::new();
        let by = updated(session.id);
        if !is_new {
            let (_, at) = session.base.author().map_err(Stop::All)?;
            marks.push((by.as_str(), Json::from(at)));
            if !self.is_time_unknown() {
                marks.push(("timeUnknown", Json::Null));
            }
        }
        let mut fields = marked_as(&self.said, &self.hash, "meta", &marks);
        if is_new && !self.has_text() {
            fields = session.originated(fields, "meta");
        }
        let service = self.service.as_deref().map(|code| session.service(code)).transpose()?;
        if is_new && !fields.contains_key("durationMin") {
            let minutes = service.map(|service| service.duration_min);
            let minutes = minutes.or_else(|| session.mapped_minutes(&[Some("default")])).unwrap_or(60);
            fields.insert("durationMin".to_owned(), Json::from(minutes));
        }
        let formats = &session.plan.map.formats;
        let context = BookContext {
            zone: formats.zone.as_deref().unwrap_or(&session.business.timezone),
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

    fn create<B: Base>(&self, session: &mut Import<'_, B>, id: Uuid) -> Result<(), Stop<B::Error>> {
        let (fields, edit) = self.edit(session, true)?;
        let content = json!({
            "fields": fields,
            "written": format!("{edit:?}"),
            "status": self.status,
            "at": self.recorded,
        });
        let author = author(id, &content);
        let (document, chunk) =
            appointments::import(&author, self.recorded, &mut RowIds::of(id), &edit, self.status);
        session.keep_new(id, self.recorded, document, chunk, self.has_text())
    }

    /// The row has changed since it was imported: an ordinary edit of this device.
    fn update<B: Base>(
        &self,
        session: &mut Import<'_, B>,
        id: Uuid,
        key: &str,
    ) -> Result<Done, Stop<B::Error>> {
        let (_, edit) = self.edit(session, false)?;
        let mut status = self.status;
        session.edit(Collection::Appointments, id, |document, author, at| {
            let chunk = appointments::edit(document, author, at, &mut RowIds::of(id), &edit);
            status = AppointmentRow::read(document).status();
            chunk
        })?;
        let event = event_id(self.status.as_str(), &session.plan.map.source, key);
        if status != self.status && self.status != Status::Booked {
            self.put_event(session, id, &event)?;
        }
        Ok(Done { result: Outcome::Updated, reason: None, id })
    }

    /// Puts the status on a booking. Whoever puts it on the same state of the booking writes the same change; on
    /// another state it is another change of the same entry, and they merge into one.
    fn put_event<B: Base>(
        &self,
        session: &mut Import<'_, B>,
        booking: Uuid,
        event: &str,
    ) -> Result<(), Stop<B::Error>> {
        let import = session.id;
        session.edit(Collection::Appointments, booking, |document, _, _| {
            self.write_event(document, booking, event, import)
        })
    }

    fn write_event(
        &self,
        document: &mut Document,
        booking: Uuid,
        event: &str,
        import: Uuid,
    ) -> Option<Chunk> {
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
        // The import's id is for its undoing.
        let entry = json!({
            "type": self.status, "at": self.recorded * 1000, "after": answered, "import": import.to_string()
        });
        let content =
            json!({ "event": event, "entry": entry, "heads": document.heads(), "at": self.recorded });
        document.edit(&author(booking, &content), self.recorded, "appointment.import", |w| {
            w.put_entry("events", event, &entry);
        })
    }
}
